"""What the day of a shop shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.desks.shop.context import Birthday, Change, ComingTerms, Pick, ShopFrame


class DayEarned(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised of one line to which something happened today: how it stands, and why."""

    number: str
    goods: str
    kept: Money
    promised: Money
    state: str
    words: str
    at: datetime
    matures_at: datetime | None
    reasons: list[str]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """Today's earnings: promised today and pending or held, become the shop's today, gone back today; line by line."""

    pending: Money
    held: Money
    matured: Money
    lowered: Money
    earned: list[DayEarned]
    next_url: str | None = None


class TodayPage(msgspec.Struct, frozen=True, kw_only=True):
    """The day of a shop. `birthdays`: the first of those whose day is within a week; more_birthdays: whether there are others."""

    frame: ShopFrame
    day: Day
    customers: int
    seen: int
    followers: int
    today: list[Pick]
    changes: list[Change]
    birthdays: list[Birthday]
    more_birthdays: bool
    coming: list[ComingTerms]
