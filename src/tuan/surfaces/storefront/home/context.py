"""What the home page shows."""

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Category, Face, ForNow, Picture, TeamCard


class ProductCard(msgspec.Struct, frozen=True, kw_only=True):
    """A product in the feed. `kept_count` counts orders really kept, and is None when it says nothing yet."""

    product: str
    name: str
    url: str
    picture: Picture
    single_price: Money
    team_price: Money | None = None
    team_size: int | None = None
    open_faces: list[Face] = []
    kept_count: int | None = None
    is_sold_out: bool = False
    for_now: ForNow | None = None
    """`single_price` stands until then."""


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """`almost_there` holds teams with one seat left, `ending_soon` those whose time runs out first of the others.

    `next_page` is the key of the following page; `comes_by_itself` when it is fetched as soon as it is scrolled to.
    """

    almost_there: list[TeamCard]
    ending_soon: list[TeamCard]
    categories: list[Category]
    products: list[ProductCard]
    comes_by_itself: bool = False
    query: str = ""
    category: str | None = None
    next_page: str | None = None
    next_url: str | None = None
