"""The words of a quote: lines, prices, scopes, discounts. Pure, and without persons: same tier, same price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.goods.catalog.model import Freight
from tuan.kit import ids

CouponId = NewType("CouponId", UUID)

COUPON: ids.IdKind[CouponId] = ids.IdKind("coup")

PERMYRIAD = 10_000
BEARERS = ("supplier", "shop", "market", "organisation")
"""Who pays for a discount."""
SUPPLIERS_OWN = ("supplier", "shop")
"""Whoever bears a coupon of the seller's; these are taken before those of the market."""


class Stacking(StrEnum):
    """The class of a discount: what a campaign's price goes with is said in these."""

    PRICE = "price"
    REWARD = "reward"
    COUPON = "coupon"
    POINTS = "points"


class Reason(StrEnum):
    """Where an allocation comes from."""

    TEAM_PRICE = "team_price"
    FLASH_PRICE = "flash_price"
    BUNDLE_PRICE = "bundle_price"
    LIMITED_PRICE = "limited_price"
    TIER_PRICE = "tier_price"
    REWARD = "reward"
    COUPON = "coupon"
    POINTS = "points"
    PRESALE_PRICE = "presale_price"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """So many units of one SKU. What a scope may name of it are its SKU, product, category and supplier."""

    sku: UUID
    units: int
    product: UUID
    category: UUID
    supplier: UUID
    fulfilment: str = "shipped"
    weight_grams: int = 0
    """Of one unit, as the volume is."""
    volume_cm3: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines a discount is for: those of its supplier (if it has one), named in `include` (empty: all), not in `exclude`."""

    include: frozenset[UUID] = frozenset()
    exclude: frozenset[UUID] = frozenset()
    supplier: UUID | None = None

    def takes(self, line: QuoteLine) -> bool:
        if self.supplier is not None and line.supplier != self.supplier:
            return False
        named = (line.sku, line.product, line.category, line.supplier)
        if self.exclude and not self.exclude.isdisjoint(named):
            return False
        return not self.include or not self.include.isdisjoint(named)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """A price of one unit that stands for a while or for a tier, and who bears what it is below the list price."""

    unit_minor: int
    bearer: str = "supplier"
    source: UUID | None = None


@dataclass(frozen=True, slots=True)
class CampaignPrice:
    """A line that is bought in a campaign: what all its units cost there, and which classes go with that price."""

    reason: Reason
    amount_minor: int
    source: UUID
    bearer: str = "supplier"
    stacks_with: frozenset[str] = frozenset((Stacking.POINTS,))


@dataclass(frozen=True, slots=True)
class Reward:
    """满减: from a threshold on so much off, the highest threshold reached counts. Steps: (threshold, off) in minor units."""

    id: UUID
    steps: tuple[tuple[int, int], ...]
    scope: Scope = EVERYTHING
    bearer: str = "supplier"


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """A coupon as the quote sees it: an amount off, or a share (of 10,000) with a cap. Never whose it is."""

    id: CouponId
    off_minor: int = 0
    off_permyriad: int = 0
    cap_minor: int | None = None
    threshold_minor: int = 0
    scope: Scope = EVERYTHING
    bearer: str = "market"
    stacks: bool = True

    def worth(self, amount_minor: int) -> int:
        """What it takes from an amount, never more than all of it; a share is rounded down."""
        off = self.off_minor or amount_minor * self.off_permyriad // PERMYRIAD
        return min(off, amount_minor if self.cap_minor is None else min(self.cap_minor, amount_minor))


@dataclass(frozen=True, slots=True)
class Points:
    """Points as part payment: how many, what a hundred are worth, and the most they may pay of the goods (of 10,000)."""

    units: int
    minor_per_hundred: int = 100
    cap_permyriad: int = PERMYRIAD


@dataclass(frozen=True, slots=True)
class Prices:
    """All that sellers ask: list prices by SKU, prices for a while by SKU, prices by tier and SKU, rewards, freight by SKU."""

    list_minor: Mapping[UUID, int]
    limited: Mapping[UUID, PriceOffer] = field(default_factory=dict)
    by_tier: Mapping[tuple[str, UUID], PriceOffer] = field(default_factory=dict)
    rewards: Sequence[Reward] = ()
    freight: Mapping[UUID, Freight] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of one discount on one line, and who bears it. `source`: the coupon, reward or campaign it comes from."""

    line: int
    reason: Reason
    source: UUID | None
    bearer: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the explanation of a line: a code and its data; the words are chosen at the face."""

    code: str
    amount_minor: int
    data: Mapping[str, int | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """amount = list price × units − discount + freight. Discounts are the allocations, points among them."""

    sku: UUID
    units: int
    list_minor: int
    discount_minor: int
    freight_minor: int
    amount_minor: int
    allocations: tuple[Allocation, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What is paid and why. points_units: how many of the offered points are used."""

    lines: tuple[PricedLine, ...]
    total_minor: int
    points_units: int = 0

    @property
    def goods_minor(self) -> int:
        """At list prices."""
        return sum(line.list_minor * line.units for line in self.lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def freight_minor(self) -> int:
        return sum(line.freight_minor for line in self.lines)

    def taken(self) -> dict[tuple[Reason, UUID | None], int]:
        """What each discount takes in all, by reason and source."""
        sums: dict[tuple[Reason, UUID | None], int] = {}
        for line in self.lines:
            for one in line.allocations:
                sums[one.reason, one.source] = sums.get((one.reason, one.source), 0) + one.amount_minor
        return sums
