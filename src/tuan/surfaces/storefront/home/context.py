"""What the home page shows."""

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Face, Picture, TeamCard


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf of the market; the chosen one narrows the feed."""

    category: str
    name: str
    url: str
    picture: Picture | None = None
    is_chosen: bool = False


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


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """`almost_there` holds teams with one seat left; `next_page` is the key of the following page."""

    almost_there: list[TeamCard]
    categories: list[Category]
    products: list[ProductCard]
    query: str = ""
    category: str | None = None
    next_page: str | None = None
    next_url: str | None = None
