"""What the market's showcase shows."""

import msgspec

from tuan.surfaces.storefront.parts import Picture


class ShownShop(msgspec.Struct, frozen=True, kw_only=True):
    """A shop that has won its place there."""

    shop: str
    name: str
    url: str
    words: str
    cover: Picture | None
    has_badge: bool


class ShowcasePage(msgspec.Struct, frozen=True, kw_only=True):
    """The shops that have won a place, each day in another order."""

    shops: list[ShownShop]
    next_url: str | None = None
