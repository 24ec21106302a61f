"""What the pages of sharing know."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Disclosed, Picture


class NewSharePage(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is about to share; `what` names it for the form."""

    what: str
    title: str
    picture: Picture
    price: Money | None
    back_url: str


class SharePage(msgspec.Struct, frozen=True, kw_only=True):
    """The ways of sharing one object: a link, a text for any chat, a code to scan, a picture.

    scene: what a mini-program's code passes on. is_shops: whoever comes may become this person's shop's customer.
    expires_at: None for links that stay. days: for how many other links of the same can be made.
    """

    code: str
    title: str
    words: str
    picture: Picture
    price: Money | None
    url: str
    word: str
    scene: str
    qr_url: str
    poster_url: str
    back_url: str
    is_shops: bool
    what: str
    expires_at: datetime | None
    days: list[str]
    disclosed: Disclosed | None
    """What whoever comes by it reads, where this person's shop may be paid."""
