"""Reads of loyalty."""

from typing import Any
from uuid import UUID

import msgspec

from tuan.kit.time import day_of
from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.play.loyalty import model, store

DAYS_SQL = "SELECT day, streak, points FROM loyalty.check_ins WHERE market_id = $1 AND person_id = $2 ORDER BY day DESC LIMIT $3"
HISTORY_MAX = 3660

GIVEN_SQL = invariant(
    "I35d",
    "a check-in gave the points that it says",
    "SELECT 'check-in ' || c.id FROM loyalty.check_ins c LEFT JOIN points.lots l ON l.market_id = c.market_id "
    "AND l.source = 'check_in' AND l.about = c.id WHERE c.market_id = $1 AND c.points <> coalesce(l.units, 0)",
)


class Ladder(msgspec.Struct, frozen=True):
    """How a person stands: the rewards of the days of the ladder, which day is next (or was today's, then `is_done`),
    and how many days in a row it makes."""

    rewards: list[int]
    streak: int
    is_done: bool
    given: int | None = None
    """What today gave, once it is done."""

    @property
    def step(self) -> int:
        """The place of today on the ladder, from 0."""
        return (self.streak - 1) % len(self.rewards) if self.rewards else 0


async def ladder(work: Work) -> list[int]:
    """What each day in a row gives; empty where nothing is given."""
    return await store.load_ladder(work)


async def ladder_of(work: Work, person: UUID) -> Ladder:
    """Today as this person sees it."""
    rewards, last = await store.load_ladder(work), await store.last_of(work, person)
    today = day_of(work.now, work.market.time_zone)
    if last is not None and last.day == today:
        return Ladder(rewards, last.streak, True, last.points)
    return Ladder(rewards, model.streak_on(today, last), False)


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person."""
    return [dict(row) for row in await work.fetch(DAYS_SQL, person, HISTORY_MAX)]
