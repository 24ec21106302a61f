"""What a cart shows."""

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import GoodsLine, MoneyLine, Picture


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `why_not` says why it cannot be bought as it stands; `units_max` of 0 that it cannot be bought at all."""

    goods: GoodsLine
    url: str
    units_max: int
    is_ticked: bool
    why_not: str
    units_key: str
    out_key: str


class CartSet(msgspec.Struct, frozen=True, kw_only=True):
    """Sets of a bundle, as one line: what each has, its price now, and in `was` what it cost when it was put in, where that differs.

    `why_not` and `sets_max` say of sets what a line's say of units; `key` makes changing once, `out_key` taking out.
    """

    bundle: str
    name: str
    url: str
    page_url: str
    picture: Picture
    goods: list[str]
    price: Money
    was: Money | None
    sets: int
    sets_max: int
    is_ticked: bool
    why_not: str
    units_key: str
    out_key: str


class CartGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier would send."""

    supplier: str
    name: str
    lines: list[CartLine]


class CartPage(msgspec.Struct, frozen=True, kw_only=True):
    """A cart: sets of bundles, lines by supplier, what is no longer for sale apart, and what is ticked costs now.

    `total` is None where nothing is ticked, or where `sum_note` says why there is none. `saves`: what the best choice of the
    viewer's coupons would take off.
    """

    sets: list[CartSet] = []
    groups: list[CartGroup]
    gone: list[CartLine]
    gone_sets: list[CartSet] = []
    price_lines: list[MoneyLine] = []
    total: Money | None = None
    sum_note: str = ""
    saves: Money | None = None
    has_freight: bool = False
    ticked: int = 0


class NewLinePage(msgspec.Struct, frozen=True, kw_only=True):
    """What would be put in: for who had to sign in first."""

    goods: GoodsLine
    key: str
