"""What a shop of somebody shows to everybody."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Disclosed, Picture


class ShopGoods(msgspec.Struct, frozen=True, kw_only=True):
    """A product that the shop has chosen, with what only this shop says of it. `price` is the team's where there is one."""

    product: str
    name: str
    url: str
    picture: Picture
    price: Money
    words: str = ""
    team_size: int | None = None
    is_sold_out: bool = False


class ShopCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon of the shop, taken for its code."""

    name: str
    off: Money
    threshold: Money
    code: str
    left: int
    until: datetime


class ShopPage(msgspec.Struct, frozen=True, kw_only=True):
    """A shop: its words, what it shows first today, all its goods, and its coupons. `code`: of this page's own link."""

    shop: str
    url: str
    name: str
    words: str
    cover: Picture | None
    today: list[ShopGoods]
    goods: list[ShopGoods]
    coupons: list[ShopCoupon]
    followers: int
    is_following: bool = False
    is_own: bool = False
    has_badge: bool = False
    code: str = ""
    key: str = ""
    disclosed: Disclosed | None = None
