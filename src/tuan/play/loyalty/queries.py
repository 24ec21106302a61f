"""Reads of loyalty."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tuan.kit.time import day_of, start_of
from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.play.loyalty import model, store
from tuan.trade import settlement
from tuan.value import membership, promotions
from tuan.value.membership.model import month_before, month_of

DAYS_SQL = "SELECT day, streak, points FROM loyalty.check_ins WHERE market_id = $1 AND person_id = $2 ORDER BY day DESC LIMIT $3"
HISTORY_MAX = 3660

ACTIVE_SQL = (
    "SELECT count(*) FROM membership.members m WHERE m.market_id = $1 AND m.organisation_id = $2 AND m.state = 'active' "
    "AND (m.since >= $3 OR EXISTS (SELECT FROM loyalty.check_ins c WHERE c.market_id = m.market_id AND c.person_id = m.person_id "
    "AND c.day >= $4) OR EXISTS (SELECT FROM orders.orders o WHERE o.market_id = m.market_id AND o.person_id = m.person_id "
    "AND o.paid_at >= $3 AND o.refunded_minor < o.total_minor))"
)
"""Members who did something here themselves since then: joined, checked in, or bought what was not given back as a whole (decision 0088)."""

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


async def active_members(work: Work, organisation: UUID) -> int:
    """How many of an organisation's members were active since the first day of the month before this one."""
    zone = work.market.time_zone
    since = month_before(month_of(day_of(work.now, zone)))
    count: int = await work.fetch_value(ACTIVE_SQL, organisation, start_of(since, zone), since)
    return count


@dataclass(frozen=True, slots=True)
class BenefitMonth:
    """What an organisation's members had of it in a month: how many were active, the grade's least (None: too few for any), how many
    coupons were used, and what of settled lines it bears so far, in minor units."""

    month: date
    members: int
    least_members: int | None
    used: int
    borne_minor: int


async def benefit_months(work: Work, organisation: UUID) -> list[BenefitMonth]:
    """Its statement, the newest month first: how many and how much, never who or what."""
    rows = await membership.months_of(work, organisation)
    used = await promotions.used_coupons(work, [row["template_id"] for row in rows if row["template_id"]])
    borne = await settlement.borne_through(work, [coupon for coupons in used.values() for coupon in coupons])
    return [
        BenefitMonth(
            row["month"], row["members"], row["least_members"], len(coupons), sum(borne.get(one, 0) for one in coupons)
        )
        for row in rows
        for coupons in [used.get(row["template_id"], [])]
    ]
