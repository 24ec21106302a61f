"""All SQL that writes loyalty."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.play.loyalty import tables
from tuan.play.loyalty.model import CheckIn

LADDER_SQL = "SELECT rewards FROM loyalty.ladders WHERE market_id = $1 ORDER BY id DESC LIMIT 1"
LAST_SQL = (
    "SELECT id, person_id, day, streak, points FROM loyalty.check_ins WHERE market_id = $1 AND person_id = $2 "
    "ORDER BY day DESC LIMIT 1"
)
INSERT_LADDERS = bulk.insert(tables.ladders, "id", "rewards", "set_at")
INSERT_CHECK_INS_SQL = (
    "INSERT INTO loyalty.check_ins (market_id, at, id, person_id, day, streak, points) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
FORGET_SQL = "DELETE FROM loyalty.check_ins WHERE market_id = $1 AND person_id = $2"


@dataclass(slots=True)
class LadderRow:
    id: UUID
    rewards: Sequence[int]
    set_at: Any


async def load_ladder(work: Work) -> list[int]:
    """What each day in a row gives; empty where nothing is given."""
    found: list[int] = await work.fetch_value(LADDER_SQL) or []
    return found


async def add_ladder(work: Work, rewards: Sequence[int]) -> None:
    """The ladder from now on."""
    await work.write(INSERT_LADDERS, [LadderRow(new_uuid(), rewards, work.now)])


async def last_of(work: Work, person: UUID) -> CheckIn | None:
    """When this person checked in last."""
    row = await work.fetch_one(LAST_SQL, person)
    return None if row is None else CheckIn(*row.values())


async def add_check_in(work: Work, made: CheckIn) -> None:
    """One per person and day: the key says so."""
    await work.execute(INSERT_CHECK_INS_SQL, work.now, made.id, made.person_id, made.day, made.streak, made.points)


async def forget(work: Work, person: UUID) -> int:
    """All days of this person; how many."""
    return await work.execute(FORGET_SQL, person)
