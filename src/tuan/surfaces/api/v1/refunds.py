"""Money on its way back, giving whole orders back, and what suppliers owe buyers beside their money; for the whole market."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import PERSON
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import presale
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money, OrderId, PageQuery, PersonId, Reason
from tuan.surfaces.api.v1.aftersales import GoesBack
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.backoffice.refunds import giving
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import REFUND_ID

RefundId = Annotated[
    str,
    Meta(
        description="Money on its way back.",
        pattern="^refund_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["refund_01kb3v6h2ne5x8q4r7t9w0y1z3"],
    ),
]
RefundState = Literal["due", "done", "stuck"]


class RefundQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: RefundState | None = None


class MarketRefund(Struct, frozen=True, kw_only=True):
    """Money on its way back. `stuck`: the provider did not take it. `order` is null of what came too much."""

    refund: RefundId
    order: OrderId | None
    amount: Money
    reason: Annotated[str, Meta(examples=["cancelled"])]
    state: RefundState
    provider: Annotated[str, Meta(examples=["sandbox"])]
    transaction: Annotated[str, Meta(examples=["sb-0001"])]
    tries: Annotated[int, Meta(examples=[1])]
    asked_at: datetime
    done_at: datetime | None


class RefundRetry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class GivingBack(Struct, frozen=True, kw_only=True):
    """Exactly what would come back of an order, to which payments, and what else it does."""

    total: Money
    backs: list[GoesBack]
    frees_stock: bool
    leaves_team: bool


class NewGivingBack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`shown_minor`: what the preview said would come back; anything else is refused."""

    shown_minor: Annotated[int, Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[1990])]
    reason: Reason


class OwedToBuyer(Struct, frozen=True, kw_only=True):
    """Earnest money is given back twice where the supplier does not deliver; the second half is paid by hand."""

    order: OrderId
    person: PersonId
    amount: Money
    since: datetime


class OwedPaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reference`: by what the payment can be found again."""

    reference: Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL, examples=["bank 2026-11-22 0042"])]
    reason: Reason


@operation("GET", "/refunds", scope="refunds.read")
async def list_market_refunds(visit: Visit, query: RefundQuery) -> Listing[MarketRefund]:
    """Money on its way back and what has arrived, the newest first."""
    wanted = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await payments.refunds(work, wanted, states=[query.state] if query.state else [])
    return Listing([_refund(visit, row) for row in found.items], found.next_key)


def _refund(visit: Visit, row: Any) -> MarketRefund:
    same = ("reason", "state", "provider", "transaction", "tries", "asked_at", "done_at")
    return MarketRefund(
        refund=REFUND_ID.show(row["id"]), order=ORDER_ID.show(row["order_id"]) if row["order_id"] else None,
        amount=money(visit, row["amount_minor"]), **{name: row[name] for name in same},
    )  # fmt: skip


@operation("POST", "/refunds/{refund}/retry", scope="refunds.write", status=204)
async def retry_refund(visit: Visit, refund: RefundId, data: RefundRetry, key: str) -> Refusal | None:
    """Ask the provider again, now, with the same key: it gives back once, however often it is asked."""
    found = read_id(REFUND_ID, refund)

    async def act(work: Work) -> Refusal | None:
        return await payments.retry_refund(work, found, reason=data.reason)

    return await acted(visit, "api.retry_refund", key, data.reason, refund, act)


@operation("GET", "/market-orders/{order}/giving-back", scope="refunds.read")
async def preview_giving_back(visit: Visit, order: OrderId) -> GivingBack | Refusal:
    """What giving this order back would do; nothing is done."""
    async with visit.reading() as work:
        row = await orders.access_any_order(work, read_id(ORDER_ID, order))
        foreseen = await giving.foresee(work, row)
    if isinstance(foreseen, Refusal):
        return foreseen
    return GivingBack(
        total=money(visit, sum(minor for _, minor in foreseen)),
        backs=[GoesBack(provider=one["provider"], amount=money(visit, minor)) for one, minor in foreseen],
        frees_stock=giving.frees_stock(row),
        leaves_team=giving.waits_in_team(row),
    )


@operation("POST", "/market-orders/{order}/giving-back", scope="refunds.write", status=204)
async def give_order_back(visit: Visit, order: OrderId, data: NewGivingBack, key: str) -> Refusal | None:
    """Give the order back whole, if what would come back is still what the preview showed."""
    found = read_id(ORDER_ID, order)

    async def act(work: Work) -> Refusal | None:
        return await giving.give_back(work, found, data.shown_minor, data.reason)

    return await acted(visit, "api.give_back", key, data.reason, f"{order} {data.shown_minor}", act)


@operation("GET", "/owed-to-buyers", scope="refunds.read")
async def list_owed_to_buyers(visit: Visit) -> Listing[OwedToBuyer]:
    """Who is owed something beside his money, the longest first; two hundred at most."""
    async with visit.reading() as work:
        rows = await presale.owed(work)
    return Listing([
        OwedToBuyer(order=ORDER_ID.show(row["order_id"]), person=PERSON.show(row["person_id"]),
                    amount=money(visit, row["owed_minor"]), since=row["owed_at"])
        for row in rows
    ])  # fmt: skip


@operation("POST", "/owed-to-buyers/{order}/payment", scope="refunds.write", status=204)
async def settle_owed_to_buyer(visit: Visit, order: OrderId, data: OwedPaid, key: str) -> Refusal | None:
    """Say that it was paid, and by what that can be found again."""
    found = read_id(ORDER_ID, order)

    async def act(work: Work) -> Refusal | None:
        return await presale.settle_owed(work, found, data.reference, reason=data.reason)

    return await acted(visit, "api.settle_owed", key, data.reason, f"{order} {data.reference}", act)


HANDLERS = (
    list_market_refunds, retry_refund, preview_giving_back, give_order_back, list_owed_to_buyers, settle_owed_to_buyer,
)  # fmt: skip
