"""Reads of membership: how many, which grade, who is owed the benefit of a month."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.people import accounts
from tuan.people.accounts.model import PersonId
from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.value.membership.model import Grade, Looked, MemberState, look_at

COUNTS_SQL = (
    "SELECT organisation_id, count(*) FILTER (WHERE state = 'invited') AS invited, count(*) FILTER (WHERE state = 'active') "
    "AS active, count(*) FILTER (WHERE state = 'left') AS gone FROM (SELECT organisation_id, state FROM membership.members "
    "WHERE market_id = $1 AND organisation_id = ANY($2::uuid[]) UNION ALL SELECT organisation_id, 'invited' FROM "
    "membership.waiting WHERE market_id = $1 AND organisation_id = ANY($2::uuid[])) named GROUP BY organisation_id"
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
    "SELECT organisation_id, state, since FROM membership.members WHERE market_id = $1 AND person_id = $2 UNION ALL "
    "SELECT w.organisation_id, 'invited', w.since FROM membership.waiting w JOIN accounts.persons p "
    "ON p.market_id = w.market_id AND p.phone = w.phone WHERE w.market_id = $1 AND p.id = $2 AND NOT "
    "EXISTS (SELECT FROM membership.members m WHERE m.market_id = $1 AND m.organisation_id = w.organisation_id "
    "AND m.person_id = $2) ORDER BY since DESC, organisation_id LIMIT 100"
)
TO_GRANT_SQL = (
    "SELECT m.organisation_id, m.person_id FROM membership.members m WHERE m.market_id = $1 AND m.state = 'active' "
    "AND m.granted_month IS DISTINCT FROM $2 AND EXISTS (SELECT FROM membership.grades g WHERE g.market_id = m.market_id "
    "AND g.organisation_id = m.organisation_id) ORDER BY m.organisation_id, m.person_id LIMIT $3"
)

NAMED_SQL = (
    "SELECT EXISTS (SELECT FROM membership.members WHERE market_id = $1 AND organisation_id = $2 AND person_id = $3) OR EXISTS ("
    "SELECT FROM membership.waiting w JOIN accounts.persons p ON p.market_id = w.market_id AND p.phone = w.phone "
    "WHERE w.market_id = $1 AND w.organisation_id = $2 AND p.id = $3)"
)
STATES_SQL = (
    "SELECT person_id, state FROM membership.members WHERE market_id = $1 AND organisation_id = $2 "
    "AND person_id = ANY($3::uuid[])"
)
WAITING_SQL = (
    "SELECT phone FROM membership.waiting WHERE market_id = $1 AND organisation_id = $2 AND phone = ANY($3::text[])"
)

AGREED_SQL = invariant(
    "I69",
    "every active member of an organisation has agreed to be counted, and still does",
    "SELECT 'member ' || m.person_id FROM membership.members m LEFT JOIN LATERAL (SELECT c.is_given FROM compliance.consents c "
    "WHERE c.market_id = m.market_id AND c.person_id = m.person_id AND c.purpose = 'organisation_member' "
    "AND c.about_id = m.organisation_id ORDER BY c.at DESC, c.id DESC LIMIT 1) said ON true WHERE m.market_id = $1 "
    "AND m.state = 'active' AND said.is_given IS NOT TRUE",
)

FORGOTTEN_SQL = invariant(
    "I81",
    "no number of an organisation's list outlives its ninety days by more than a day of the database's clock",
    "SELECT 'number of ' || w.organisation_id FROM membership.waiting w JOIN platform.markets m ON m.id = w.market_id "
    "WHERE w.market_id = $1 AND w.since < clock_timestamp() + m.clock_offset - interval '91 days'",
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


async def is_named(work: Work, person: UUID, organisation: UUID) -> bool:
    """Whether he is on a list of this organisation, or has been its member."""
    return bool(await work.fetch_value(NAMED_SQL, organisation, person))


async def look_at_list(work: Work, organisation: UUID, said: Mapping[int, str]) -> tuple[Looked, dict[str, PersonId]]:
    """What each line of a list would do now, and whose the numbers are that somebody here has. Nothing is kept of it.

    said: by line what it gives as a number.
    """
    read = {number: accounts.read_phone(text) if text else "" for number, text in said.items()}
    phones = {number: phone if isinstance(phone, str) else None for number, phone in read.items()}
    asked = [phone for phone in phones.values() if phone]
    persons = await accounts.persons_of(work, asked)
    rows = await work.fetch(STATES_SQL, organisation, list(persons.values()))
    by_person = {row["person_id"]: row["state"] for row in rows}
    states = {row["phone"]: str(MemberState.INVITED) for row in await work.fetch(WAITING_SQL, organisation, asked)}
    states |= {phone: by_person[person] for phone, person in persons.items() if person in by_person}
    return look_at(phones, states), persons


async def to_grant(work: Work, month: date, *, limit: int) -> list[Any]:
    """Rows of organisation_id, person_id: active members who were not granted this month's benefit yet."""
    return await work.fetch(TO_GRANT_SQL, month, limit)
