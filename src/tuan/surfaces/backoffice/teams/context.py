"""What the pages of teams know."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.tables import TablePage


class TeamsPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage


class SeatRow(msgspec.Struct, frozen=True, kw_only=True):
    """A seat and whose it is, masked. `order_url` is empty for whoever may not see orders."""

    name: str
    leads: bool
    state: str
    state_words: str
    held_at: datetime
    taken_at: datetime | None
    order: str
    order_url: str


class TeamPage(msgspec.Struct, frozen=True, kw_only=True):
    """One team with its seats, the oldest first."""

    title: str
    state: str
    state_words: str
    size: int
    held: int
    taken: int
    opened_at: datetime
    deadline: datetime | None
    ended_at: datetime | None
    is_promise: bool
    campaign_url: str
    shop_url: str
    seats: list[SeatRow]
