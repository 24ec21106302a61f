"""What is on offer: pure words of the catalog."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Any, NewType
from uuid import UUID

from tuan.goods.catalog.errors import CustomsInvalid, FreightInvalid, PriceInvalid, ProductInvalid, ProductOff
from tuan.kit import ids
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant

ProductId = NewType("ProductId", UUID)
SkuId = NewType("SkuId", UUID)
CategoryId = NewType("CategoryId", UUID)
FreightId = NewType("FreightId", UUID)

PRODUCT: ids.IdKind[ProductId] = ids.IdKind("prod")
SKU: ids.IdKind[SkuId] = ids.IdKind("sku")
CATEGORY: ids.IdKind[CategoryId] = ids.IdKind("cat")
FREIGHT: ids.IdKind[FreightId] = ids.IdKind("frt")

FULFILMENTS = ("shipped", "picked_up", "address_later", "digital")
AGREED = "agreed"
RETURN_EXCEPTIONS = ("made_to_order", "perishable", "opened_digital", "newspaper", AGREED)
"""What is not taken back without a reason (PRC Consumer Protection Law, art. 25): the law's own four, and other goods whose
nature forbids it, of which the buyer must have said at the purchase that he knows."""
TITLE_MAX = 120
STORY_MAX = 4000
OPTIONS_MAX = 60
SKUS_MAX = 40
"""Of one product."""
PICTURES_MAX = 9
PER_MILLE_MAX = 10_000
"""A price may be raised to eleven times in one go; more is a slip of the finger."""
FREIGHT_NAME_MAX = 40
FREIGHTS_MAX = 20
"""Templates of one supplier."""
FREIGHT_RULES_MAX = 20
REGIONS_MAX = 400
"""Of one rule; there are some 340 cities."""
REGION_MAX = 60
MEASURE_MAX = 10_000_000
"""Grams or cubic centimetres of one piece: ten tons, ten cubic metres."""
UNITS_PER_PERSON_MAX = 1_000_000
HS_LENGTHS = (6, 8, 10)
"""Digits of a kind of goods: six everywhere (Harmonized System), eight or ten where a country tells them further apart."""
TAX_PERMYRIAD_MAX = 10_000
PERMYRIAD = 10_000


class ShelfState(StrEnum):
    """A draft was never for sale; what is off has been."""

    DRAFT = "draft"
    LISTED = "listed"
    OFF = "off"


class PriceStep(StrEnum):
    """How a bulk edit changes a price: to an amount, by an amount, or by thousandths of itself."""

    TO = "to"
    BY = "by"
    PER_MILLE = "per_mille"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """value: minor units, or thousandths of the price; negative ones lower it."""

    step: PriceStep
    value: int


def repriced(price_minor: int, rule: PriceRule) -> int | Refusal:
    """A price after the rule, half a minor unit rounded up; refused outside 1 to 10^13 minor units."""
    if rule.step is PriceStep.TO:
        after = rule.value
    elif rule.step is PriceStep.BY:
        after = price_minor + rule.value
    else:
        after = (price_minor * (1000 + rule.value) * 2 + 1000) // 2000
    is_sane = rule.step is not PriceStep.PER_MILLE or abs(rule.value) <= PER_MILLE_MAX
    return after if is_sane and 0 < after <= AMOUNT_MINOR_MAX else PriceInvalid(most=AMOUNT_MINOR_MAX)


@dataclass(frozen=True, slots=True)
class ProductText:
    """What an operator writes about a product."""

    title: str
    story: str
    category_id: UUID
    fulfilment: str
    return_exception: str = ""
    """One of RETURN_EXCEPTIONS, or nothing: it is taken back within seven days without a reason."""


def why_not_write(text: ProductText) -> Refusal | None:
    """The first field that does not fit, by name."""
    wrong = {
        "title": not 0 < len(text.title.strip()) <= TITLE_MAX,
        "story": len(text.story) > STORY_MAX,
        "fulfilment": text.fulfilment not in FULFILMENTS,
        "return_exception": text.return_exception not in ("", *RETURN_EXCEPTIONS),
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return ProductInvalid(field=field) if field else None


def why_not_offer(skus: Sequence[tuple[str, int]], options_there: Sequence[str] = ()) -> Refusal | None:
    """SKUs as (options, price in minor units) to be added to those there: named, each name once, priced within bounds."""
    names = [*options_there, *(options.strip() for options, _ in skus)]
    if len(names) > SKUS_MAX or len(set(names)) < len(names):
        return ProductInvalid(field="options")
    if any(len(name) > OPTIONS_MAX or (not name and len(names) > 1) for name in names):
        return ProductInvalid(field="options")
    if any(not 0 < price <= AMOUNT_MINOR_MAX for _, price in skus):
        return PriceInvalid(most=AMOUNT_MINOR_MAX)
    return None


@dataclass(frozen=True, slots=True)
class PricePoint:
    """From `since` on the SKU costs this much, until the next point."""

    since: Instant
    price_minor: int


def lowest_price(history: Sequence[PricePoint], begins: Instant, ends: Instant) -> int | None:
    """The lowest price that stood at some time between two instants (the second excluded), in minor units.

    `history` is ordered by time; None where nothing was on sale then.
    """
    stood = [
        point.price_minor
        for point, following in zip_longest(history, history[1:])
        if point.since < ends and (following is None or following.since > begins)
    ]
    return min(stood, default=None)


class Measure(StrEnum):
    """按件, 按重, 按体积: what the steps of a freight rule count."""

    PIECES = "pieces"
    WEIGHT = "weight"
    VOLUME = "volume"


MEASURES = tuple(Measure)


@dataclass(frozen=True, slots=True)
class FreightRule:
    """What sending into some regions costs: the first pieces (grams, cubic centimetres), then each further step begun.

    regions: as an address writes them, of any level (浙江省, 浙江省 杭州市); empty means everywhere else.
    free_above_minor: from so many goods on it costs nothing.
    """

    regions: frozenset[str] = frozenset()
    delivers: bool = True
    first_units: int = 1
    first_minor: int = 0
    next_units: int = 1
    next_minor: int = 0
    free_above_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Freight:
    """A supplier's template."""

    rules: tuple[FreightRule, ...]
    measure: str = Measure.PIECES

    def rule_for(self, region: str) -> FreightRule | None:
        """That of the smallest place which holds this one: the district's before the city's before the province's."""
        words = region.split()
        for length in range(len(words), 0, -1):
            place = " ".join(words[:length])
            if found := next((rule for rule in self.rules if place in rule.regions), None):
                return found
        return next((rule for rule in self.rules if not rule.regions), None)


@dataclass(frozen=True, slots=True)
class NewFreight:
    """A template to be kept. is_usual: it is for all goods of its supplier that name no other."""

    name: str
    freight: Freight
    is_usual: bool = False


def why_not_keep_freight(new: NewFreight) -> Refusal | None:
    """The first field that does not fit, by name. No place stands in two rules, and one rule is for everywhere else."""
    rules = new.freight.rules
    places = Counter(place for rule in rules for place in rule.regions)
    amounts = [a for r in rules for a in (r.first_minor, r.next_minor)]
    wrong = {
        "name": not 0 < len(new.name.strip()) <= FREIGHT_NAME_MAX,
        "measure": new.freight.measure not in MEASURES,
        "rules": not 0 < len(rules) <= FREIGHT_RULES_MAX or sum(not rule.regions for rule in rules) > 1,
        "regions": any(len(rule.regions) > REGIONS_MAX for rule in rules)
        or any(count > 1 or place != " ".join(place.split()) or not 0 < len(place) <= REGION_MAX
               for place, count in places.items()),
        "steps": any(not 0 < step <= MEASURE_MAX for r in rules for step in (r.first_units, r.next_units)),
        "amounts": any(not 0 <= amount <= AMOUNT_MINOR_MAX for amount in amounts),
        "free_above": any(a is not None and not 0 < a <= AMOUNT_MINOR_MAX for a in (r.free_above_minor for r in rules)),
    }  # fmt: skip
    field = next((name for name, bad in wrong.items() if bad), None)
    return FreightInvalid(field=field) if field else None


def write_rules(freight: Freight) -> list[dict[str, Any]]:
    """Rules as they are kept in JSON."""
    return [
        {name: sorted(rule.regions) if name == "regions" else getattr(rule, name) for name in rule.__slots__}
        for rule in freight.rules
    ]


def read_freight(measure: str, rules: Sequence[dict[str, Any]]) -> Freight:
    return Freight(tuple(FreightRule(**{**rule, "regions": frozenset(rule["regions"])}) for rule in rules), measure)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one piece of a SKU weighs and takes up, and how many of it one person may buy alone (None: any number)."""

    weight_grams: int = 0
    volume_cm3: int = 0
    units_per_person_max: int | None = None

    def why_not_keep(self) -> Refusal | None:
        wrong = {
            "weight_grams": not 0 <= self.weight_grams <= MEASURE_MAX,
            "volume_cm3": not 0 <= self.volume_cm3 <= MEASURE_MAX,
            "units_per_person_max": self.units_per_person_max is not None
            and not 0 < self.units_per_person_max <= UNITS_PER_PERSON_MAX,
        }
        field = next((name for name, bad in wrong.items() if bad), None)
        return FreightInvalid(field=field) if field else None


@dataclass(frozen=True, slots=True)
class Customs:
    """What customs ask of goods that come from abroad 海淘: the number of their kind (HS), where they are from (ISO 3166), what one
    piece is declared at, and the tax on them in ten-thousandths, which is within the price."""

    hs_code: str
    origin: str
    declared_minor: int
    tax_permyriad: int

    def why_not_keep(self) -> Refusal | None:
        wrong = {
            "hs_code": not (self.hs_code.isascii() and self.hs_code.isdigit() and len(self.hs_code) in HS_LENGTHS),
            "origin": not (
                len(self.origin) == 2 and self.origin.isascii() and self.origin.isalpha() and self.origin.isupper()
            ),
            "declared": not 0 < self.declared_minor <= AMOUNT_MINOR_MAX,
            "tax": not 0 <= self.tax_permyriad <= TAX_PERMYRIAD_MAX,
        }
        field = next((name for name, bad in wrong.items() if bad), None)
        return CustomsInvalid(field=field) if field else None


def tax_within(amount_minor: int, tax_permyriad: int | None) -> int:
    """The tax that is within a price, rounded down; nothing of goods that are here already."""
    return amount_minor * tax_permyriad // (PERMYRIAD + tax_permyriad) if tax_permyriad else 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU as it is on offer right now; an order freezes what it needs of it."""

    sku_id: SkuId
    product_id: ProductId
    supplier_id: UUID
    title: str
    options: str
    picture: str
    price_minor: int
    fulfilment: str
    listed: bool
    category_id: CategoryId
    weight_grams: int = 0
    volume_cm3: int = 0
    units_per_person_max: int | None = None
    """Of one person who buys alone; a campaign has limits of its own."""
    freight: Freight | None = None
    """None where sending it costs nothing, whereto ever."""
    return_exception: str = ""
    tax_permyriad: int | None = None
    """Of goods that come from abroad; None of all others."""


class Offers:
    """The offers a batch of commands asks for."""

    def __init__(self, rows: dict[UUID, Offer]) -> None:
        self._rows = rows

    def get(self, sku: UUID) -> Offer:
        return self._rows[sku]

    def imported(self) -> set[UUID]:
        """The SKUs that come from abroad."""
        return {sku for sku, offer in self._rows.items() if offer.tax_permyriad is not None}

    def limited(self) -> set[UUID]:
        """The SKUs of which one person may buy so many only."""
        return {sku for sku, offer in self._rows.items() if offer.units_per_person_max is not None}

    def why_not_sell(self, sku: UUID) -> Refusal | None:
        offer = self._rows.get(sku)
        if offer is None:
            return NotFound()
        return None if offer.listed else ProductOff()
