"""Money that came, and notices that were put aside because they are not what had been agreed; for the whole market."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AttemptId, Listing, Money, OrderId, PageQuery, PayableId, Reason
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import ASIDE_ID, ATTEMPT_ID, PAYABLE

NoticeId = Annotated[
    str,
    Meta(
        description="A notice that was put aside.",
        pattern="^aside_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["aside_01kb3v6h2ne5x8q4r7t9w0y1z3"],
    ),
]
Resolution = Literal["returned", "settled", "no_money"]
SAID_MAX = 200


class Capture(Struct, frozen=True, kw_only=True):
    """Money that came. `applied`: what of it paid what was owed; `order`: the first one that it paid."""

    provider: Annotated[str, Meta(examples=["sandbox"])]
    transaction: Annotated[str, Meta(examples=["sb-0001"])]
    payable: PayableId
    order: OrderId | None
    amount: Money
    applied: Money
    given_back: Money
    received_at: datetime


class NoticeQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those that wait for somebody, or those that were settled."""

    state: Literal["open", "resolved"] = "open"


class NoticeField(Struct, frozen=True, kw_only=True):
    """A field as the notice says it, beside what had been agreed; null where no attempt of ours is named."""

    field: Annotated[str, Meta(examples=["amount_minor"])]
    said: Annotated[str, Meta(examples=["1"])]
    agreed: Annotated[str, Meta(examples=["1990"])] | None


class Notice(Struct, frozen=True, kw_only=True):
    """A notice that books nothing, whatever it says: what is not as it was agreed is never "paid"."""

    notice: NoticeId
    why: Literal[
        "unknown_attempt", "wrong_amount", "wrong_currency", "wrong_merchant", "wrong_provider", "reused_transaction"
    ]
    provider: Annotated[str, Meta(examples=["sandbox"])]
    transaction: Annotated[str, Meta(examples=["sb-0001"])]
    attempt: AttemptId | None
    order: OrderId | None
    fields: list[NoticeField]
    at: datetime
    resolution: Resolution | None
    resolved_at: datetime | None


class NoticeResolution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Returned: given back at the provider. Settled: with the buyer. No money: none ever came. It books nothing."""

    settled_by: Resolution
    reason: Reason


@operation("GET", "/captures", scope="payments.read")
async def list_captures(visit: Visit, query: PageQuery) -> Listing[Capture]:
    """Money that came, the newest first."""
    async with visit.reading() as work:
        found = await payments.captures(work, Wanted(after=query.after, size=query.size))
        firsts = await orders.first_of_payables(work, {row["payable_id"] for row in found.items})
    return Listing([_capture(row, firsts.get(row["payable_id"])) for row in found.items], found.next_key)


def _capture(row: Any, order: Any) -> Capture:
    amount, applied, back = (Money(row[f"{name}_minor"], row["currency"]) for name in ("amount", "applied", "refunded"))
    return Capture(
        provider=row["provider"], transaction=row["transaction"], payable=PAYABLE.show(row["payable_id"]),
        order=ORDER_ID.show(order) if order else None, amount=amount, applied=applied, given_back=back,
        received_at=row["received_at"],
    )  # fmt: skip


@operation("GET", "/quarantine", scope="payments.read")
async def list_quarantine(visit: Visit, query: NoticeQuery) -> Listing[Notice]:
    """Notices that were put aside, the newest first."""
    async with visit.reading() as work:
        wanted = Wanted(after=query.after, size=query.size)
        found = await payments.quarantine(work, wanted, is_open=query.state == "open")
        payables = {row["payable_id"] for row in found.items if row["payable_id"]}
        firsts = await orders.first_of_payables(work, payables)
    return Listing([_notice(row, firsts.get(row["payable_id"])) for row in found.items], found.next_key)


def _notice(row: Any, order: Any) -> Notice:
    is_known = row["attempt_id"] is not None
    agreed = {"amount_minor": row["amount_minor"], "currency": row["currency"], "provider": row["agreed_provider"],
              "merchant": row["merchant"], "app": row["app"]}  # fmt: skip
    return Notice(
        notice=ASIDE_ID.show(row["id"]), why=row["reason"], provider=row["provider"], transaction=row["transaction"],
        attempt=ATTEMPT_ID.show(row["attempt_id"]) if is_known else None, order=ORDER_ID.show(order) if order else None,
        fields=[
            NoticeField(field=name, said=_said(row["notice"].get(name)), agreed=_said(value) if is_known else None)
            for name, value in agreed.items()
        ],
        at=row["at"], resolution=row["resolution"], resolved_at=row["resolved_at"],
    )  # fmt: skip


def _said(value: Any) -> str:
    """The notice is whatever was posted to us."""
    return "" if value is None else str(value)[:SAID_MAX]


@operation("POST", "/quarantine/{aside}/resolution", scope="payments.write", status=204)
async def resolve_quarantine(visit: Visit, aside: NoticeId, data: NoticeResolution, key: str) -> Refusal | None:
    """Say how somebody has settled a notice."""
    found = read_id(ASIDE_ID, aside)

    async def act(work: Work) -> Refusal | None:
        return await payments.resolve_quarantine(work, found, data.settled_by, reason=data.reason)

    return await acted(visit, "api.resolve_quarantine", key, data.reason, f"{aside} {data.settled_by}", act)


HANDLERS = (list_captures, list_quarantine, resolve_quarantine)
