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

    def why_not_buy(self, sets: int) -> Refusal | None:
        """Whether so many sets are sold at once now."""
        if not self.is_open:
            return BundleOver()
        return None if 1 <= sets <= self.per_order else BundleUneven(most=self.per_order)

    def set_minor(self, list_minor: Mapping[UUID, int]) -> int:
        """What one set costs: its price, and never more than its parts at list prices."""
        return min(self.price_minor, sum(list_minor[sku] * units for sku, units in self.lines))

    def prices(self, sets: int, list_minor: Mapping[UUID, int]) -> dict[int, CampaignPrice]:
        """What each line of so many sets costs, by its place among them: split by what the lines cost at list prices."""
        parts = [list_minor[sku] * units for sku, units in self.items(sets)]
        amounts = split(self.set_minor(list_minor) * sets, parts)
        return {
            place: CampaignPrice(Reason.BUNDLE_PRICE, amount, self.id, self.bearer, self.stacks_with)
            for place, amount in enumerate(amounts)
        }
