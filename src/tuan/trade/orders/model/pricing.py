"""From what somebody wants to buy to its quote: lines, campaign prices, coupons. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tuan.goods.catalog.model import Freight, Offer, Offers
from tuan.goods.supply.model import AllotmentId, Hold, Stock
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.trade.orders.errors import ImportLimit, PersonLimit, UnitsInvalid
from tuan.trade.orders.model.words import IMPORT_LIMITS, LINES_MAX, PlaceOrder, why_not_units
from tuan.value.points.model import OFF, Lots, Terms
from tuan.value.promotions.model import (
    NO_COUPONS,
    Bundle,
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
    """Lines to be quoted, each with its offer and the pool its units come from (None: the free stock).

    A SKU may stand in several lines: by itself, and in each bundle that has it. `sets`: how many of each bundle are among them.
    """

    offers: list[Offer]
    lines: list[QuoteLine]
    pools: list[AllotmentId | None]
    campaigns: dict[int, CampaignPrice]
    prices: Prices
    tier: str = ""
    sets: Mapping[UUID, int] = field(default_factory=dict)

    def quote(
        self, coupons: Sequence[CouponTerms] = (), points: int = 0, terms: Terms = OFF, region: str | None = None
    ) -> Quote | Refusal:
        """`region`: where it is sent to, None while nobody has said so."""
        part = Points(points, terms.hundred_minor, terms.spend_permyriad)
        return quote(self.lines, self.prices, self.tier, coupons, self.campaigns, region, part)

    def why_not_hold(self, stock: Stock) -> Refusal | None:
        drawn: Counter[tuple[UUID, AllotmentId | None]] = Counter()  # lines of one SKU draw on one stock
        for line, pool in zip(self.lines, self.pools, strict=True):
            drawn[line.sku, pool] += line.units
        for (sku, pool), units in drawn.items():
            if refusal := stock.why_not_hold(sku, units, pool):
                return refusal
        return None

    def hold(self, stock: Stock) -> list[Hold]:
        return [stock.hold(line.sku, line.units, pool) for line, pool in zip(self.lines, self.pools, strict=True)]


class Bought:
    """How many units of limited SKUs persons have bought alone or in teams and not given back, with those of this batch.

    counted: by (person, SKU), read under the lock of these persons.
    """

    def __init__(
        self, counted: Mapping[tuple[UUID, UUID], int] | None = None, imported: Mapping[UUID, int] | None = None
    ) -> None:
        self._units = dict(counted or {})
        self._imported = dict(imported or {})

    def why_not_buy(self, person: UUID, basket: Basket) -> Refusal | None:
        units: Counter[UUID] = Counter()
        for offer, line in zip(basket.offers, basket.lines, strict=True):
            units[line.sku] += line.units
            most, has = offer.units_per_person_max, self._units.get((person, line.sku), 0)
            if most is not None and has + units[line.sku] > most:
                return PersonLimit(most=most, left=max(most - has, 0))
        return None

    def why_not_import(self, person: UUID, basket: Basket, quoted: Quote, currency: str) -> Refusal | None:
        """Where the market's law bounds it: what comes from abroad at once, and what came to this person within the year."""
        most = IMPORT_LIMITS.get(currency)
        amount = imported_minor(basket, quoted)
        if most is None or not amount:
            return None
        once, year = most
        left = min(once, year - self._imported.get(person, 0))
        return ImportLimit(once_minor=once, year_minor=year, left_minor=max(left, 0)) if amount > left else None

    def bring_in(self, person: UUID, basket: Basket, quoted: Quote) -> None:
        self._imported[person] = self._imported.get(person, 0) + imported_minor(basket, quoted)

    def buy(self, person: UUID, basket: Basket) -> None:
        for line in basket.lines:
            self._units[person, line.sku] = self._units.get((person, line.sku), 0) + line.units


def is_declared(offers: Iterable[Offer], currency: str) -> bool:
    """Whether customs are told for whom these goods are: where the market's law bounds what comes from abroad, it asks that too."""
    return currency in IMPORT_LIMITS and any(offer.tax_permyriad is not None for offer in offers)


def imported_minor(basket: Basket, quoted: Quote) -> int:
    """What is paid for the goods from abroad among these, freight included."""
    lines = zip(basket.offers, quoted.lines, strict=True)
    return sum(line.amount_minor for offer, line in lines if offer.tax_permyriad is not None)


@dataclass(frozen=True, slots=True)
class Purse:
    """What buyers of a batch may pay with besides money, locked: coupons (with who has bought before) and points."""

    coupons: Coupons = NO_COUPONS
    old_customers: Collection[UUID] = ()
    terms: Terms = OFF
    lots: Lots | None = None

    def why_not_pay_by(self, points: int, quoted: Quote, person: UUID, now: Instant) -> Refusal | None:
        return why_not_pay_by(points, quoted, self.terms, self.wallet, person, now) if points else None

    @property
    def wallet(self) -> Lots:
        return self.lots or Lots([], [])


NO_PURSE = Purse()


def line_of(offer: Offer, units: int) -> QuoteLine:
    return QuoteLine(offer.sku_id, units, offer.product_id, offer.category_id, offer.supplier_id, offer.fulfilment,
                     offer.weight_grams, offer.volume_cm3)  # fmt: skip


def fill(
    items: Iterable[tuple[UUID, int]],
    offers: Offers,
    rules: Rules,
    stock: Stock,
    *,
    person: UUID | None = None,
    sets: Iterable[tuple[UUID, int]] = (),
) -> Basket | Refusal:
    """The basket of (sku, units) pairs at what stands now, or why these goods cannot be had in such numbers.

    Where a flash session has enough units left, its price counts; else the goods cost what they cost without it. `person`:
    whose tier counts. `sets`: (bundle, how many) pairs; their lines follow those of the items, each its part of the bundle's price.
    """
    bundles = whole_sets(sets, rules)
    if isinstance(bundles, Refusal):
        return bundles
    parts = [part for bundle, count in bundles for part in bundle.items(count)]
    wanted: dict[UUID, int] = {}
    for sku, units in items:
        if refusal := why_not_units(units) or offers.why_not_sell(sku):
            return refusal
        wanted[sku] = wanted.get(sku, 0) + units  # two lines on one SKU draw on one stock
    for sku, units in parts:
        if refusal := why_not_units(units) or offers.why_not_sell(sku):
            return refusal
    if not 0 < len(wanted) + len(parts) <= LINES_MAX:
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
    lines = [line_of(offers.get(sku), units) for sku, units in (*wanted.items(), *parts)]
    found = [offers.get(line.sku) for line in lines]
    listed: dict[UUID, int] = {offer.sku_id: offer.price_minor for offer in found}
    for bundle, count in bundles:  # from the free stock
        campaigns |= {len(pools) + at: price for at, price in bundle.prices(count, listed).items()}
        pools += [None] * len(bundle.lines)
    freight: dict[UUID, Freight] = {offer.sku_id: offer.freight for offer in found if offer.freight is not None}
    tier = rules.tier_of.get(person, "") if person else ""
    counts: dict[UUID, int] = {bundle.id: count for bundle, count in bundles}
    return Basket(found, lines, pools, campaigns, rules.prices(listed, freight), tier, counts)


def whole_sets(sets: Iterable[tuple[UUID, int]], rules: Rules) -> list[tuple[Bundle, int]] | Refusal:
    """The bundles with how many sets of each, or why they are not sold so; the same bundle named twice is counted together."""
    counts: Counter[UUID] = Counter()
    for bundle, count in sets:
        if bundle not in rules.bundles:
            return NotFound()
        counts[bundle] += count
        if refusal := rules.bundles[bundle].why_not_buy(counts[bundle]):
            return refusal
    return [(rules.bundles[bundle], count) for bundle, count in counts.items()]


def skus_of(command: PlaceOrder, rules: Rules) -> set[UUID]:
    """Whatever this buys, by itself or in sets; of a bundle that there is not, nothing."""
    inside = (rules.bundles[bundle].lines for bundle, _ in command.sets if bundle in rules.bundles)
    return {sku for some in (command.items, *inside) for sku, _ in some}


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
