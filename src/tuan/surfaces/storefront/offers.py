"""What products cost and how many units there are, alone and in a team: batched for every page that shows goods."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.value import promotions
from tuan.value.promotions.model import Bundle, PriceNow

LOW_UNITS = 10
"""At most so many left is worth saying."""
HOUR = 3600


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """One option. `team_price_minor` is None where no campaign sells it; units are what can be bought right now."""

    sku: UUID
    options: str
    price_minor: int
    team_price_minor: int | None
    units_alone: int
    units_team: int
    now: PriceNow | None = None
    """The price that stands for a while, where it is below the single one."""

    @property
    def alone_minor(self) -> int:
        """What one costs that is bought alone now."""
        return self.now.unit_minor if self.now else self.price_minor

    @property
    def is_sold_out(self) -> bool:
        return max(self.units_alone, self.units_team) <= 0


@dataclass(frozen=True, slots=True)
class ProductOffer:
    """A product's options in the seller's order, and its running campaign where there is one."""

    skus: list[SkuOffer]
    campaign: Any | None
    bundles: tuple[Bundle, ...] = ()

    @property
    def is_sold_out(self) -> bool:
        return all(sku.is_sold_out for sku in self.skus)

    @property
    def cheapest(self) -> SkuOffer:
        """The option to show first: one that can be bought, then the cheapest in a team, then alone."""
        return min(self.skus, key=lambda s: (s.is_sold_out, s.team_price_minor is None, s.team_price_minor or 0,
                                             s.alone_minor))  # fmt: skip

    def find(self, sku: UUID) -> SkuOffer | None:
        return next((one for one in self.skus if one.sku == sku), None)


async def offers_of(work: Work, products: Collection[UUID], *, with_bundles: bool = False) -> dict[UUID, ProductOffer]:
    """Offers by product, in six or seven statements however many products there are. with_bundles: of one product."""
    skus = await catalog.skus_of(work, products)
    all_skus = [row["id"] for rows in skus.values() for row in rows]
    free = await supply.free_units(work, all_skus)
    standing = await promotions.standing(work, all_skus, with_bundles=with_bundles)
    campaigns = await groupbuy.campaigns_of(work, products)
    prices, units = await team_terms(work, [row["id"] for row in campaigns.values()], free)
    found = {}
    for product, rows in skus.items():
        campaign = campaigns.get(product)
        terms = prices.get(campaign["id"], {}) if campaign else {}
        left = units.get(campaign["id"], {}) if campaign else {}
        found[product] = ProductOffer(
            [
                SkuOffer(row["id"], row["options"], row["price_minor"], terms.get(row["id"]),
                         free.get(row["id"], 0), left.get(row["id"], 0), _now(standing.prices.get(row["id"]), row))
                for row in rows
            ],
            campaign,
            standing.bundles,
        )  # fmt: skip
    return found


def _now(price: PriceNow | None, sku: Any) -> PriceNow | None:
    """One that is not below the single price is none."""
    return price if price is not None and price.unit_minor < sku["price_minor"] else None


async def team_terms(
    work: Work, campaigns: Collection[UUID], free: dict[UUID, int]
) -> tuple[dict[UUID, dict[UUID, int]], dict[UUID, dict[UUID, int]]]:
    """Team prices and units left by campaign and SKU; units come from the allotment where one was set aside."""
    if not campaigns:
        return {}, {}
    prices = await groupbuy.prices_of(work, campaigns)
    allotments = await groupbuy.allotments_of(work, campaigns)
    pools = {pool for by_sku in allotments.values() for pool in by_sku.values()}
    left = await supply.free_allotted(work, pools) if pools else {}
    units = {
        campaign: {
            sku: left.get(allotments[campaign][sku], 0) if sku in allotments[campaign] else free.get(sku, 0)
            for sku in by_sku
        }
        for campaign, by_sku in prices.items()
    }
    return prices, units


def hours(seconds: int) -> int:
    """Whole hours within which it has certainly happened."""
    return -(-seconds // HOUR)
