"""What the office shows of levels and seasons."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.tables import TablePage


class LevelCount(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    shops: int
    rose: int
    fell: int


class LeagueSum(msgspec.Struct, frozen=True, kw_only=True):
    """A league of a season: how many shops, what they sold together, how many rose into the one above and fell."""

    number: int
    shops: int
    score: Money
    rose: int
    fell: int


class LeaguesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Seasons, how many shops stand on each level and moved in the last thirty days, who moved in the last season."""

    table: TablePage
    levels: list[LevelCount]
    last: str
    last_url: str
    sums: list[LeagueSum]
    insight_url: str
    may_edit: bool


class LevelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A level as it stands in the form; rights and benefits apart by spaces."""

    number: int
    name: str = ""
    sales: str = ""
    service: str = ""
    rights: str = ""
    benefits: str = ""


class LevelsPage(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    days: int
    rows: list[LevelRow]
    benefits: list[tuple[str, str]]
    may_edit: bool
    key: str


class TypedSeason(msgspec.Struct, frozen=True, kw_only=True):
    """A season as it was typed; benefits apart by spaces."""

    name: str = ""
    starts_at: str = ""
    ends_at: str = ""
    settling_days: str = "15"
    size: str = "20"
    moved: str = "3"
    benefits: str = ""


class League(msgspec.Struct, frozen=True, kw_only=True):
    """A league as a season would have it: its shops in order, with what they kept before."""

    number: int
    shops: list[str]
    count: int
    most: Money
    least: Money


class NewSeasonPage(msgspec.Struct, frozen=True, kw_only=True):
    """The terms, then the leagues that would come of them now."""

    typed: TypedSeason
    benefits: list[tuple[str, str]]
    leagues: list[League] = []
    is_ready: bool = False
    refused: str = ""
    key: str = ""


class SeasonPage(msgspec.Struct, frozen=True, kw_only=True):
    """A season with its ranking; of a planned one the leagues as they would be now."""

    name: str
    url: str
    state: str
    state_words: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    size: int
    moved: int
    benefits: list[str]
    sums: list[LeagueSum]
    leagues: list[League]
    table: TablePage
    may_edit: bool
    may_close: bool
    keys: dict[str, str]
