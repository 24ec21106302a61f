"""What the coupon centre and one's own coupons show."""

from datetime import datetime
from typing import Literal

import msgspec

CouponState = Literal["free", "locked", "offered", "held", "used", "over"]


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon that can be taken; `friends` have to take theirs before it opens (0: it is open at once)."""

    template: str
    name: str
    worth: str
    limits: str
    until: datetime
    friends: int
    is_taken: bool


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """One of the viewer's coupons. `share_url` leads friends to theirs while it is locked, where that may be passed on."""

    coupon: str
    name: str
    worth: str
    limits: str
    state: CouponState
    until: datetime
    friends_missing: int
    share_url: str = ""
    open_until: datetime | None = None
    """Until when friends may open it, where that is sooner than it ends."""
    gift_url: str = ""
    """Where a gift of it waits to be shared or taken back."""
    may_give: bool = False


class CouponsPage(msgspec.Struct, frozen=True, kw_only=True):
    """`friend`: the coupon of whoever sent the link, where one did; `friend_of` is what it is called. `shut_by`: the article by
    which the owner of the place forbids coupons that friends open; empty elsewhere."""

    key: str
    offered: list[Offered]
    mine: list[Mine]
    friend: str = ""
    friend_of: str = ""
    friend_template: str = ""
    shut_by: str = ""


class GiftPage(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon that somebody gives on; `is_mine` for the giver, who may share its `link` or take it back."""

    code: str
    key: str
    name: str
    worth: str
    limits: str
    until: datetime
    state: Literal["open", "taken", "withdrawn"]
    is_mine: bool
    link: str
