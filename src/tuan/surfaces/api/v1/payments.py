"""Paying what a checkout owes."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.platform.gateways.payment import Invocation, QrCode, Redirect
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AttemptId, Money, OrderId, PayableId
from tuan.surfaces.storefront.payment.beginning import begin, provider_of, ways_of
from tuan.surfaces.storefront.payment.routes import ask_provider, state_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.model import ATTEMPT_ID, PAYABLE, AttemptState


class PayableQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether to ask the provider first about an attempt whose outcome is unknown."""

    ask: Annotated[Literal["0", "1"], Meta(examples=["1"])] = "0"


class Payable(Struct, frozen=True, kw_only=True):
    """What a checkout owes. While it is `confirming` nobody knows yet whether money was taken: ask again, do not pay again.

    `returned`: it was paid, and all of its orders ended. `is_declined`: the last attempt was; nothing was taken.
    """

    payable: PayableId
    state: Literal["open", "confirming", "paid", "returned", "closed"]
    is_declined: bool
    amount: Money
    orders: list[OrderId]
    providers: Annotated[list[str], Meta(description="Ways to pay.", examples=[["sandbox"]])]
    pay_by: datetime
    attempt: AttemptId | None


class NewAttempt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which provider to pay. `payer`: the payer's id there, which a mini-program knows (WeChat's openid)."""

    provider: Annotated[str, Meta(max_length=40, examples=["sandbox"])]
    payer: Annotated[str, Meta(max_length=128, pattern=r"\A[!-~]*\Z", examples=[""])] = ""


class Attempt(Struct, frozen=True, kw_only=True):
    """A started attempt: send the buyer to `url`. `is_told` is false where the provider did not answer; it is asked again.

    qr: what a page shows for the provider's app to scan. invocation: what a mini-program calls the provider with.
    """

    attempt: AttemptId
    url: Annotated[str, Meta(examples=["https://market.example.com/sandbox/try_01kb3v6h2ne5x8q4r7t9w0y1z3"])]
    is_told: bool
    qr: Annotated[str | None, Meta(examples=[None])]
    invocation: Annotated[dict[str, str] | None, Meta(examples=[None])]


@operation("GET", "/payables/{payable}", scope="orders.read")
async def show_payable(visit: Visit, payable: PayableId, query: PayableQuery) -> Payable:
    """What is owed, until when, and whether it was paid; `ask=1` asks the provider first."""
    found = read_id(PAYABLE, payable)
    if query.ask == "1":
        await ask_provider(visit, found)
    async with visit.reading() as work:
        row = await payments.access_payable(work, found, visit.person)
        covered = await orders.of_payable(work, found)
        state = state_of(row, covered, work.now)
    pending = row["pending_attempt"]
    return Payable(
        payable=payable, state=state,  # type: ignore[arg-type]
        is_declined=state == "open" and row["last_state"] == AttemptState.DECLINED,
        amount=Money(row["amount_minor"], row["currency"]),
        orders=[ORDER_ID.show(order["id"]) for order in covered], providers=ways_of(visit),
        pay_by=row["pay_by"], attempt=ATTEMPT_ID.show(pending) if pending else None,
    )  # fmt: skip


@operation("POST", "/payables/{payable}/attempts", scope="orders.write", status=201)
async def start_attempt(visit: Visit, payable: PayableId, data: NewAttempt, key: str) -> Attempt | Refusal:
    """Start paying. The provider's notice, or asking him, says how it ended; this answer does not."""
    found = read_id(PAYABLE, payable)
    provider, account = provider_of(visit, data.provider)
    command = StartAttempt(visit.person, key, found, provider.name, account.merchant, account.app)
    outcome = await visit.submit(payments.start_attempts, command)
    if isinstance(outcome, Refusal):
        return outcome
    shown = await begin(visit, provider, outcome, data.payer)
    url = shown.url if isinstance(shown, Redirect) else f"/pay/{payable}"
    return Attempt(
        attempt=ATTEMPT_ID.show(outcome), url=url if not url.startswith("/") else f"{visit.origin}{url}",
        is_told=shown is not None, qr=shown.content if isinstance(shown, QrCode) else None,
        invocation=dict(shown.parameters) if isinstance(shown, Invocation) else None,
    )  # fmt: skip


HANDLERS = (show_payable, start_attempt)
