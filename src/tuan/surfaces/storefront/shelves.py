"""Shelves of the market as pages show them: a tile of one shared picture for those that a grocer knows."""

from typing import Any

from tuan.goods import catalog
from tuan.platform.work import Work
from tuan.surfaces.storefront.parts import Category
from tuan.surfaces.web.visits import Visit

TILES = ("fruit", "vegetables", "pantry", "bakery", "seafood", "tea", "home", "paper")
"""Slugs in the order of the tiles in goods/shelves.avif; a shelf of another name shows its first letter."""


async def shelves(work: Work, visit: Visit, chosen: str | None) -> list[Category]:
    """Every shelf, with the address that narrows the feed to it, or widens it again."""
    return [_shelf(visit, row, chosen) for row in await catalog.categories(work)]


def _shelf(visit: Visit, row: Any, chosen: str | None) -> Category:
    slug = row["slug"]
    return Category(
        category=slug,
        name=row["name"],
        url="/" if slug == chosen else f"/?category={slug}",
        tile=TILES.index(slug) if slug in TILES else None,
        is_chosen=slug == chosen,
    )
