"""From what somebody wants to buy to its quote: lines, campaign prices, coupons. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer, Offers
from tuan.goods.supply.model import AllotmentId, Hold, Stock
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.trade.orders.errors import UnitsInvalid
from tuan.trade.orders.model.words import LINES_MAX, why_not_units
from tuan.value.points.model import OFF, Lots, Terms
from tuan.value.promotions.model import (
    CampaignPrice,
    CouponHold,
    Coupons,
    CouponTerms,
    Flash,
    Points,
    Prices,
    Quote,
    QuoteLine,
    Reason,
    Rules,
    quote,
)


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines to be quoted, each with its offer and the pool its units come from (None: the free stock)."""

    offers: list[Offer]
    lines: list[QuoteLine]
    pools: list[AllotmentId | None]
    campaigns: dict[int, CampaignPrice]
    prices: Prices

    def quote(self, coupons: Sequence[CouponTerms] = (), points: int = 0, terms: Terms = OFF) -> Quote | Refusal:
        part = Points(points, terms.hundred_minor, terms.spend_permyriad)
        return quote(self.lines, self.prices, "", coupons, self.campaigns, points=part)

    def why_not_hold(self, stock: Stock) -> Refusal | None:
        for line, pool in zip(self.lines, self.pools, strict=True):
            if refusal := stock.why_not_hold(line.sku, line.units, pool):
                return refusal
        return None

    def hold(self, stock: Stock) -> list[Hold]:
        return [stock.hold(line.sku, line.units, pool) for line, pool in zip(self.lines, self.pools, strict=True)]


def line_of(offer: Offer, units: int) -> QuoteLine:
    return QuoteLine(offer.sku_id, units, offer.product_id, offer.category_id, offer.supplier_id, offer.fulfilment)


def fill(items: Iterable[tuple[UUID, int]], offers: Offers, rules: Rules, stock: Stock) -> Basket | Refusal:
    """The basket of (sku, units) pairs at what stands now, or why these goods cannot be had in such numbers.

    Where a flash session has enough units left, its price counts; else the goods cost what they cost without it.
    """
    wanted: dict[UUID, int] = {}
    for sku, units in items:
        if refusal := why_not_units(units) or offers.why_not_sell(sku):
            return refusal
        wanted[sku] = wanted.get(sku, 0) + units  # two lines on one SKU draw on one stock
    if not 0 < len(wanted) <= LINES_MAX:
        return UnitsInvalid(most=LINES_MAX)
    pools: list[AllotmentId | None] = []
    campaigns: dict[int, CampaignPrice] = {}
    for place, (sku, units) in enumerate(wanted.items()):
        if refusal := why_not_units(units):
            return refusal
        flash = rules.flash.get(sku)
        if flash is not None and _takes(flash, sku, units, stock):
            campaigns[place] = flash.price(units)
            pools.append(AllotmentId(flash.allotment_id))
        else:
            pools.append(None)
    found = [offers.get(sku) for sku in wanted]
    listed: dict[UUID, int] = {offer.sku_id: offer.price_minor for offer in found}
    lines = [line_of(offer, wanted[offer.sku_id]) for offer in found]
    return Basket(found, lines, pools, campaigns, rules.prices(listed))


def _takes(flash: Flash, sku: UUID, units: int, stock: Stock) -> bool:
    """Whether the session is still open and has so many units."""
    pool = AllotmentId(flash.allotment_id)
    is_open = stock.pool(pool) is not None and pool in stock.allotments
    return is_open and units <= flash.per_order and stock.why_not_hold(sku, units, pool) is None


def why_not_use(
    chosen: Sequence[UUID], coupons: Coupons, person: UUID, now: Instant, old_customers: Collection[UUID]
) -> Refusal | None:
    """The first coupon that cannot be used; naming one twice is using it twice."""
    for place, coupon in enumerate(chosen):
        if refusal := coupons.why_not_use(coupon, person, now, old_customers):
            return refusal
        if coupon in chosen[:place]:
            return coupons.spent()
    return None


def hold_coupons(quoted: Quote, coupons: Coupons, payable: UUID) -> list[CouponHold]:
    """Keep each coupon for this checkout, with the number of lines it takes from."""
    lines: dict[UUID, int] = {}
    for line in quoted.lines:
        for part in line.allocations:
            if part.reason is Reason.COUPON and part.source is not None:
                lines[part.source] = lines.get(part.source, 0) + 1
    return [coupons.hold(coupon, payable, count) for coupon, count in lines.items()]


def why_not_pay_by(points: int, quoted: Quote, terms: Terms, lots: Lots, person: UUID, now: Instant) -> Refusal | None:
    """Why this person may not use so many points here; None also for none."""
    if not points:
        return None
    paid = quoted.taken().get((Reason.POINTS, None), 0)
    return lots.why_not_hold(person, points, now) or terms.why_not_spend(points, paid, quoted.points_units)
