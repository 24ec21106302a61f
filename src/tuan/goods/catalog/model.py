"""What is on offer: pure words of the catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import NewType
from uuid import UUID

from tuan.goods.catalog.errors import PriceInvalid, ProductInvalid, ProductOff
from tuan.kit import ids
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant

ProductId = NewType("ProductId", UUID)
SkuId = NewType("SkuId", UUID)
CategoryId = NewType("CategoryId", UUID)

PRODUCT: ids.IdKind[ProductId] = ids.IdKind("prod")
SKU: ids.IdKind[SkuId] = ids.IdKind("sku")
CATEGORY: ids.IdKind[CategoryId] = ids.IdKind("cat")

FULFILMENTS = ("shipped", "picked_up", "address_later", "digital")
TITLE_MAX = 120
STORY_MAX = 4000
OPTIONS_MAX = 60
SKUS_MAX = 40
"""Of one product."""
PICTURES_MAX = 9
PER_MILLE_MAX = 10_000
"""A price may be raised to eleven times in one go; more is a slip of the finger."""


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


def why_not_write(text: ProductText) -> Refusal | None:
    """The first field that does not fit, by name."""
    wrong = {
        "title": not 0 < len(text.title.strip()) <= TITLE_MAX,
        "story": len(text.story) > STORY_MAX,
        "fulfilment": text.fulfilment not in FULFILMENTS,
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


class Offers:
    """The offers a batch of commands asks for."""

    def __init__(self, rows: dict[UUID, Offer]) -> None:
        self._rows = rows

    def get(self, sku: UUID) -> Offer:
        return self._rows[sku]

    def why_not_sell(self, sku: UUID) -> Refusal | None:
        offer = self._rows.get(sku)
        if offer is None:
            return NotFound()
        return None if offer.listed else ProductOff()
