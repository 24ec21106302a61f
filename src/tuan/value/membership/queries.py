"""Reads of membership: how many, which grade, who is owed the benefit of a month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.value.membership.model import Grade

COUNTS_SQL = (
    "SELECT organisation_id, count(*) FILTER (WHERE state = 'invited') AS invited, count(*) FILTER (WHERE state = 'active') "
    "AS active, count(*) FILTER (WHERE state = 'left') AS gone FROM membership.members WHERE market_id = $1 "
    "AND organisation_id = ANY($2::uuid[]) GROUP BY organisation_id"
)
GRADES_SQL = (
    "SELECT least_members, off_minor, off_permyriad, cap_minor, threshold_minor FROM membership.grades "
    "WHERE market_id = $1 AND organisation_id = $2 ORDER BY least_members"
)
CODE_SQL = "SELECT code FROM membership.codes WHERE market_id = $1 AND organisation_id = $2"
BY_CODE_SQL = "SELECT organisation_id FROM membership.codes WHERE market_id = $1 AND code = $2"
MONTHS_SQL = (
    "SELECT month, members, least_members, template_id FROM membership.months WHERE market_id = $1 "
    "AND organisation_id = $2 ORDER BY month DESC LIMIT 120"
)
MEMBERSHIPS_SQL = (
    "SELECT organisation_id, state, since FROM membership.members WHERE market_id = $1 AND person_id = $2 "
    "ORDER BY since DESC, organisation_id LIMIT 100"
)
TO_GRANT_SQL = (
    "SELECT m.organisation_id, m.person_id FROM membership.members m WHERE m.market_id = $1 AND m.state = 'active' "
    "AND m.granted_month IS DISTINCT FROM $2 AND EXISTS (SELECT FROM membership.grades g WHERE g.market_id = m.market_id "
    "AND g.organisation_id = m.organisation_id) ORDER BY m.organisation_id, m.person_id LIMIT $3"
)

AGREED_SQL = invariant(
    "I69",
    "every active member of an organisation has agreed to be counted, and still does",
    "SELECT 'member ' || m.person_id FROM membership.members m LEFT JOIN LATERAL (SELECT c.is_given FROM compliance.consents c "
    "WHERE c.market_id = m.market_id AND c.person_id = m.person_id AND c.purpose = 'organisation_member' "
    "AND c.about_id = m.organisation_id ORDER BY c.at DESC, c.id DESC LIMIT 1) said ON true WHERE m.market_id = $1 "
    "AND m.state = 'active' AND said.is_given IS NOT TRUE",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many members an organisation has, and had."""

    invited: int = 0
    active: int = 0
    gone: int = 0


async def counts(work: Work, organisations: Collection[UUID]) -> dict[UUID, Counts]:
    """By organisation; those without a member are absent."""
    rows = await work.fetch(COUNTS_SQL, list(organisations))
    return {row["organisation_id"]: Counts(row["invited"], row["active"], row["gone"]) for row in rows}


async def grades_of(work: Work, organisation: UUID) -> list[Grade]:
    """The lowest first."""
    return [Grade(*row.values()) for row in await work.fetch(GRADES_SQL, organisation)]


async def code_of(work: Work, organisation: UUID) -> str:
    """By which members join now; "" where none was made."""
    return await work.fetch_value(CODE_SQL, organisation) or ""


async def organisation_by(work: Work, code: str) -> UUID | None:
    """Whose code this is, if anybody's."""
    found: UUID | None = await work.fetch_value(BY_CODE_SQL, code)
    return found


async def months_of(work: Work, organisation: UUID) -> list[Any]:
    """Rows of month, members, least_members (of the grade, None for none), template_id; the newest first."""
    return await work.fetch(MONTHS_SQL, organisation)


async def memberships_of(work: Work, person: UUID) -> list[Any]:
    """Rows of organisation_id, state, since: where he is invited, active, or was; the latest first."""
    return await work.fetch(MEMBERSHIPS_SQL, person)


async def to_grant(work: Work, month: date, *, limit: int) -> list[Any]:
    """Rows of organisation_id, person_id: active members who were not granted this month's benefit yet."""
    return await work.fetch(TO_GRANT_SQL, month, limit)
