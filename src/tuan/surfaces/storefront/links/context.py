"""What links' cards and lists know."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Disclosed, Picture


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An object that a link may be of: its name, picture and price, as everybody may see them."""

    title: str
    words: str
    picture: Picture
    price: Money | None = None
    alone: Money | None = None
    team_size: int | None = None


class LinkCard(Shown, frozen=True, kw_only=True):
    """What a link is of, before anybody goes there: also what fetchers of previews read.

    url: where it leads on. shop: who recommends it, "" where no shop does. disclosed: where somebody may be paid for what is bought.
    """

    code: str
    kind: str
    url: str
    shop: str = ""
    disclosed: Disclosed | None = None


class OwnLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that somebody made, and how it was visited. is_open: it still leads on, and can be taken back."""

    code: str
    kind: str
    title: str
    channel: str
    campaign: str
    made_at: datetime
    expires_at: datetime | None
    is_open: bool
    visits: int
    visitors: int
    bots: int


class OwnLinksPage(msgspec.Struct, frozen=True, kw_only=True):
    """One's links, the newest first, and the sums of what is shown."""

    links: list[OwnLink]
    visits: int
    visitors: int
