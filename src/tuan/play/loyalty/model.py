"""The ladder of checking in: which day of a row of days gives how many points. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.play.loyalty.errors import LadderInvalid

DAYS_MAX = 31
REWARD_MAX = 10_000

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One tap of one person on one day of the market: the how-manieth day in a row, and what it gave."""

    id: UUID
    person_id: UUID
    day: date
    streak: int
    points: int


def why_not_ladder(rewards: Sequence[int]) -> Refusal | None:
    """A ladder without days gives nothing: checking in is closed then."""
    if len(rewards) <= DAYS_MAX and all(1 <= reward <= REWARD_MAX for reward in rewards):
        return None
    return LadderInvalid(days_most=DAYS_MAX, most=REWARD_MAX)


def reward_for(rewards: Sequence[int], streak: int) -> int:
    """What the how-manieth day in a row gives; after the last day the ladder begins anew."""
    return rewards[(streak - 1) % len(rewards)]


def streak_on(day: date, last: CheckIn | None) -> int:
    """The how-manieth day in a row this would be; a day left out begins anew."""
    return last.streak + 1 if last is not None and last.day == day - A_DAY else 1
