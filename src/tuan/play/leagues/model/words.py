"""The words of leagues: sales, service, levels, seasons. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from tuan.kit import ids, states
from tuan.kit.time import Instant

SeasonId = NewType("SeasonId", UUID)
SEASON_ID: ids.IdKind[SeasonId] = ids.IdKind("season")


class SeasonState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


S = SeasonState
SEASON = states.table(
    {S.PLANNED: {S.RUNNING, S.CALLED_OFF}, S.RUNNING: {S.CLOSED}, S.CLOSED: (), S.CALLED_OFF: ()}, start=S.PLANNED
)


class Result(StrEnum):
    """What became of a shop at the end of a season."""

    PROMOTED = "promoted"
    STAYED = "stayed"
    RELEGATED = "relegated"


@dataclass(frozen=True, slots=True)
class Sales:
    """Of one shop in one stretch of time, in minor units. kept_at, reached_at: when the last sale was paid that counts
    into what is kept, and into all of it."""

    kept_minor: int = 0
    coming_minor: int = 0
    kept_at: Instant | None = None
    reached_at: Instant | None = None

    @property
    def all_minor(self) -> int:
        return self.kept_minor + self.coming_minor


@dataclass(frozen=True, slots=True)
class Service:
    """Of one shop: orders that were paid, those that ended with a fault of the seller, and asks that nobody answered in time."""

    orders: int = 0
    faults: int = 0
    unanswered: int = 0


class Level(msgspec.Struct, frozen=True):
    """What it takes, and what it gives. service: in thousandths; rights: words that a pass of training unlocks."""

    name: str
    sales_minor: int = 0
    service: int = 0
    rights: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()


class LevelTable(msgspec.Struct, frozen=True):
    """The levels from the lowest, and over how many days sales and service are counted."""

    levels: tuple[Level, ...]
    days: int = 90


class Lack(msgspec.Struct, frozen=True):
    """Something that the next level asks for. kind: sales, service or right; for a right `word` says which."""

    kind: str
    need: int = 0
    have: int = 0
    word: str = ""

    @property
    def is_met(self) -> bool:
        return self.have >= self.need


@dataclass(frozen=True, slots=True)
class NewSeason:
    """A season as it is planned. size: about so many shops in a league; moved: so many rise and fall at most."""

    name: str
    starts_at: Instant
    ends_at: Instant
    settling_days: int = 15
    size: int = 20
    moved: int = 3
    benefits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seed:
    """A shop with what it sold and buyers kept before the season."""

    shop_id: UUID
    kept_minor: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A shop in a season: its league (1 is the strongest), its score, and when it had reached it."""

    shop_id: UUID
    league: int
    score_minor: int = 0
    reached_at: Instant | None = None
