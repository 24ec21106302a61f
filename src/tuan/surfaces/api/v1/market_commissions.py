"""Commissions of the whole market, and what somebody decides of those that are held, for whoever keeps the market's rules."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people.parties.model import SHOP
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import COMMISSION_ID, PLAN_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import CommissionId, Listing, Money, OrderNumber, PageQuery, PlanId, Reason
from tuan.surfaces.api.v1.distribution import CommissionState, HeldFor
from tuan.surfaces.api.v1.shops import ShopId
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import number_of


class MarketCommissionQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state, and of which shop; without them all."""

    state: CommissionState | None = None
    shop: ShopId | None = None


class MarketCommission(Struct, frozen=True, kw_only=True):
    """What a shop is promised of a line, why it is held, and what the shop says of it."""

    commission: CommissionId
    shop: ShopId
    order_number: OrderNumber
    level: Literal[1, 2]
    title: Annotated[str, Meta(examples=["赣南脐橙"])]
    state: CommissionState
    promised: Money
    left: Money
    plan: PlanId
    version: Annotated[int, Meta(examples=[1])]
    held_for: HeldFor | None
    appeal: str | None
    appealed_at: datetime | None
    answer: str | None
    promised_at: datetime
    matures_at: datetime | None


class Held(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody looks at it."""

    reason: Reason


class HeldDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Released: it was a real sale, and goes on. Void: it was none. The shop reads the reason."""

    after: Literal["released", "void"]
    reason: Reason


@operation("GET", "/market-commissions", scope="plans.read")
async def list_market_commissions(visit: Visit, query: MarketCommissionQuery) -> Listing[MarketCommission]:
    """What shops were promised, the latest first."""
    shop = read_id(SHOP, query.shop) if query.shop else None
    states = [query.state] if query.state else []
    async with visit.reading() as work:
        wanted = Wanted(after=query.after, size=query.size)
        found = await distribution.commissions(work, wanted, shop=shop, states=states)
    return Listing([_commission(visit, row) for row in found.items], found.next_key)


def _commission(visit: Visit, row: Any) -> MarketCommission:
    same = ("title", "state", "version", "held_for", "appeal", "appealed_at", "answer", "matures_at")
    return MarketCommission(
        commission=COMMISSION_ID.show(row["id"]), shop=SHOP.show(row["shop_id"]), order_number=number_of(row["order_id"]),
        level=row["depth"], promised=Money(row["amount_minor"], visit.market.currency),
        left=Money(row["kept_minor"], visit.market.currency), plan=PLAN_ID.show(row["plan_id"]),
        promised_at=row["accrued_at"], **{name: row[name] for name in same},
    )  # fmt: skip


@operation("GET", "/market-commissions/{commission}", scope="plans.read")
async def show_market_commission(visit: Visit, commission: CommissionId) -> MarketCommission:
    """One of them."""
    async with visit.reading() as work:
        return _commission(visit, await distribution.access_commission(work, read_id(COMMISSION_ID, commission)))


@operation("POST", "/market-commissions/{commission}/hold", scope="plans.write", status=204)
async def hold_commission(visit: Visit, commission: CommissionId, data: Held, key: str) -> Refusal | None:
    """Look at one before it is paid."""
    return await _decided(visit, "api.hold_commission", commission, key, data.reason, distribution.hold)


@operation("POST", "/market-commissions/{commission}/decision", scope="plans.write", status=204)
async def decide_commission(visit: Visit, commission: CommissionId, data: HeldDecision, key: str) -> Refusal | None:
    """One that is held was a real sale, or was none."""
    verb = distribution.release if data.after == "released" else distribution.void
    return await _decided(visit, f"api.{data.after}_commission", commission, key, data.reason, verb)


async def _decided(
    visit: Visit, name: str, commission: str, key: str, reason: str, verb: Callable[..., Awaitable[Refusal | None]]
) -> Refusal | None:
    found = read_id(COMMISSION_ID, commission)

    async def act(work: Work) -> Refusal | None:
        return await verb(work, found, reason=reason)

    return await once(visit, name, key, f"{commission} {reason}", act)


HANDLERS = (list_market_commissions, show_market_commission, hold_commission, decide_commission)
