"""What a shop sees of its league."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.desks.shop.context import ShopFrame


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A shop in a league. band: the lower edge of what others see of its score; score: one's own, exactly.
    zone: up, stay or down, by where it stands now."""

    rank: int
    name: str
    band: Money
    score: Money | None
    zone: str
    is_own: bool


class Season(msgspec.Struct, frozen=True, kw_only=True):
    """One of the shop's seasons in a list."""

    url: str
    name: str
    state: str
    league: int
    rank: int
    score: Money
    result: str
    ends_at: datetime


class LeaguePage(ShopFrame, frozen=True, kw_only=True):
    """A season of the shop: its league's ranking. Without one `season` is empty and `coming` says when one begins."""

    season: str = ""
    state: str = ""
    league: int = 0
    leagues: int = 0
    ends_at: datetime | None = None
    closes_at: datetime | None = None
    is_over: bool = False
    rank: int = 0
    result: str = ""
    rising: int = 0
    falling: int = 0
    ranking: list[Ranked] = msgspec.field(default_factory=list)
    benefits: list[str] = msgspec.field(default_factory=list)
    earlier: list[Season] = msgspec.field(default_factory=list)
    coming: str = ""
    coming_at: datetime | None = None
