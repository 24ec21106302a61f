"""Bundles 套餐: so many units of several SKUs at one price, split over the lines like every discount. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tuan.kit.money import split
from tuan.kit.refusals import Refusal
from tuan.value.promotions.errors import BundleOver, BundleUneven
from tuan.value.promotions.model.words import CampaignPrice, Reason

LINES_MAX = 10
UNITS_MAX = 99


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one set has, (SKU, units), and costs; how many sets may be bought at once, and whether it is sold now."""

    id: UUID
    name: str
    price_minor: int
    lines: tuple[tuple[UUID, int], ...]
    per_order: int
    bearer: str = "supplier"
    stacks_with: frozenset[str] = frozenset()
    is_open: bool = True

    def items(self, sets: int) -> tuple[tuple[UUID, int], ...]:
        """The units of so many sets."""
        return tuple((sku, units * sets) for sku, units in self.lines)

    def sets_of(self, wanted: Mapping[UUID, int]) -> int:
        """How many whole sets these units make; 0 where they are none, or something else beside."""
        sku, units = self.lines[0]
        sets = wanted.get(sku, 0) // units
        return sets if dict(self.items(sets)) == wanted else 0

    def why_not_buy(self, wanted: Mapping[UUID, int]) -> Refusal | None:
        if not self.is_open:
            return BundleOver()
        return None if 1 <= self.sets_of(wanted) <= self.per_order else BundleUneven(most=self.per_order)

    def prices(self, wanted: Mapping[UUID, int], list_minor: Mapping[UUID, int]) -> dict[int, CampaignPrice]:
        """What each line costs, by its place among the wanted, which make whole sets.

        The price is split by what the lines cost at list prices, and never passes that: a bundle is not dearer than its parts.
        """
        parts = [list_minor[sku] * units for sku, units in wanted.items()]
        amounts = split(min(self.price_minor * self.sets_of(wanted), sum(parts)), parts)
        return {
            place: CampaignPrice(Reason.BUNDLE_PRICE, amount, self.id, self.bearer, self.stacks_with)
            for place, amount in enumerate(amounts)
        }
