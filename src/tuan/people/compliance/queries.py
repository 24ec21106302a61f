"""Reads of compliance: which law counts, who signed, who agreed, what was measured."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.people.compliance import tables
from tuan.people.compliance.model import (
    CN,
    PROFILES,
    SIGNED_LEVEL,
    Breach,
    Chains,
    Metrics,
    Pay,
    Plan,
    Profile,
    Rule,
    SignOff,
    check_plan,
    fingerprint_of,
    signed,
)
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

NEWEST = Wanted()

PROFILE_SQL = "SELECT code FROM compliance.profiles WHERE market_id = $1"
SIGN_OFFS_SQL = (
    "SELECT id, profile, rule, fingerprint, document, document_hash, from_at, until, state, asked_by, asked_role, given_by, "
    "given_role, given_at, revoked_by FROM compliance.sign_offs WHERE market_id = $1 AND ($2::text IS NULL OR fingerprint = $2) "
    "ORDER BY id DESC LIMIT 200"
)
SIGNED_SQL = (
    "SELECT id, profile, rule, fingerprint, document, document_hash, from_at, until, state, asked_by, asked_role, given_by, "
    "given_role, given_at, revoked_by FROM compliance.sign_offs WHERE market_id = $1 AND profile = $2 AND rule = $3 "
    "AND fingerprint = $4 AND state = 'given' AND from_at <= $5 AND until > $5 ORDER BY until DESC LIMIT 1"
)
SIGN_OFF_SQL = (
    "SELECT id, profile, rule, fingerprint, document, document_hash, from_at, until, state, asked_by, asked_role, given_by, "
    "given_role, given_at, revoked_by FROM compliance.sign_offs WHERE market_id = $1 AND id = $2"
)
AGREED_SQL = (
    "SELECT person_id FROM (SELECT DISTINCT ON (person_id) person_id, is_given FROM compliance.consents "
    "WHERE market_id = $1 AND person_id = ANY($2::uuid[]) AND purpose = $3 AND about_id = $4 "
    "ORDER BY person_id, at DESC, id DESC) last WHERE is_given"
)
CONSENTS_SQL = (
    "SELECT purpose, about_id, is_given, shows, version, language, place, at FROM compliance.consents "
    "WHERE market_id = $1 AND person_id = $2 ORDER BY at, id"
)
STANDING_SQL = (
    "SELECT * FROM (SELECT DISTINCT ON (purpose, about_id) id, purpose, about_id, is_given, shows, version, language, place, at "
    "FROM compliance.consents WHERE market_id = $1 AND person_id = $2 ORDER BY purpose, about_id, at DESC, id DESC) last "
    "WHERE is_given ORDER BY at DESC, id DESC"
)
LAST_SQL = (
    "SELECT is_given, shows FROM compliance.consents WHERE market_id = $1 AND person_id = $2 AND purpose = $3 AND about_id = $4 "
    "ORDER BY at DESC, id DESC LIMIT 1"
)
METRICS_SQL = (
    "SELECT day, profile, shops, longest, widest, has_both, pay_minor, retail_minor, recruits_minor, unlawful_plans, "
    "chains_at, pay_at FROM compliance.metrics WHERE market_id = $1 AND day >= $2 AND day <= $3 ORDER BY day"
)
RINGING_SQL = "SELECT alarm, article, from_day, began_at FROM compliance.alarms WHERE market_id = $1 AND ended_at IS NULL ORDER BY began_at, alarm"
REPORTS_SQL = (
    "SELECT id, from_day, until_day, made_by, made_at, sha256, length(archive) AS size FROM compliance.reports "
    "WHERE market_id = $1 ORDER BY made_at DESC, id LIMIT 200"
)
ARCHIVE_SQL = "SELECT archive FROM compliance.reports WHERE market_id = $1 AND id = $2"

ERASED_SQL = invariant(
    "I67",
    "nobody who was forgotten still agrees to anything",
    "SELECT 'person ' || l.person_id FROM (SELECT DISTINCT ON (person_id, purpose, about_id) person_id, is_given FROM "
    "compliance.consents WHERE market_id = $1 ORDER BY person_id, purpose, about_id, at DESC, id DESC) l "
    "JOIN accounts.persons p ON p.market_id = $1 AND p.id = l.person_id WHERE l.is_given AND p.erased_at IS NOT NULL",
)
SIGNED_BY_TWO_SQL = invariant(
    "I68",
    "a signature is of two persons, and what was measured of recruits is nothing",
    "SELECT 'sign-off ' || id FROM compliance.sign_offs WHERE market_id = $1 AND state = 'given' "
    "AND (given_by IS NULL OR given_by = asked_by) UNION ALL "
    "SELECT 'day ' || day FROM compliance.metrics WHERE market_id = $1 AND recruits_minor <> 0",
)


async def profile_of(work: Work) -> Profile:
    """The law that counts in this market; China's where nobody chose."""
    code = await work.fetch_value(PROFILE_SQL)
    return PROFILES[code] if code else CN


async def sign_off_for(work: Work, rule: Rule, fingerprint: str, *, at: Instant | None = None) -> SignOff | None:
    """The sign-off of two persons that counts now (or `at`) for this rule and plan under the market's law; None where
    there is none, it was taken back, or its time is over. Ask again whenever something rests on it."""
    profile = await profile_of(work)
    row = await work.fetch_one(SIGNED_SQL, profile.code, rule, fingerprint, at or work.now)
    return _sign_off(row) if row else None


async def breaches_of(work: Work, plan: Plan) -> list[Breach]:
    """What the plan breaks under the market's law with the signatures that count now, whatever it says of them itself."""
    found = await sign_off_for(work, Rule.LEVEL_NOT_SIGNED, fingerprint_of(plan))
    levels = frozenset({SIGNED_LEVEL} if found else ())
    return check_plan(signed(plan, levels), await profile_of(work))


async def sign_offs(work: Work, *, fingerprint: str | None = None) -> list[SignOff]:
    """Newest first, also those that are over; at most 200."""
    return [_sign_off(row) for row in await work.fetch(SIGN_OFFS_SQL, fingerprint)]


async def access_sign_off(work: Work, sign_off: UUID) -> SignOff:
    """Raises Refused(NotFound)."""
    row = await work.fetch_one(SIGN_OFF_SQL, sign_off)
    if row is None:
        raise Refused(NotFound())
    return _sign_off(row)


def _sign_off(row: Any) -> SignOff:
    return SignOff(*row.values())


async def has_consent(work: Work, persons: Collection[UUID], purpose: str, about: UUID) -> set[UUID]:
    """Who of these agrees now that `about` (a shop, an organisation) may do what the purpose says."""
    return {row["person_id"] for row in await work.fetch(AGREED_SQL, list(persons), purpose, about)}


async def consents_of(work: Work, person: UUID) -> list[Any]:
    """All that he said: rows of purpose, about_id, is_given, shows, version, language, place, at; the oldest first."""
    return await work.fetch(CONSENTS_SQL, person)


async def search_consents(work: Work, person: UUID, wanted: Wanted = NEWEST) -> Page[Any]:
    """The same rows with their id, the newest first, page by page."""
    c = tables.consents
    query = sa.select(
        c.c.id, c.c.purpose, c.c.about_id, c.c.is_given, c.c.shows, c.c.version, c.c.language, c.c.place, c.c.at,
    ).where(c.c.market_id == work.market.id, c.c.person_id == person)  # fmt: skip
    return await list_rows(work, query, wanted, sorts={"newest": c.c.at}, key=c.c.id)


async def standing_consents(work: Work, person: UUID) -> list[Any]:
    """What he agrees to now: the same rows, of each purpose and each whom it is about the last one; the newest first."""
    return await work.fetch(STANDING_SQL, person)


async def last_said(work: Work, person: UUID, purpose: str, about: UUID) -> tuple[bool, list[str]]:
    """Whether he agrees, and what he ticked; who never said anything does not."""
    row = await work.fetch_one(LAST_SQL, person, purpose, about)
    return (row["is_given"], row["shows"]) if row else (False, [])


async def metrics_of(work: Work, from_day: date, until_day: date) -> list[Metrics]:
    """The days between these two, both with them, of which something was measured."""
    return [_metrics(row) for row in await work.fetch(METRICS_SQL, from_day, until_day)]


def _metrics(row: Any) -> Metrics:
    found = Chains(row["shops"], row["longest"], row["widest"], row["has_both"]) if row["chains_at"] else None
    pay = Pay(row["pay_minor"], row["retail_minor"], row["recruits_minor"]) if row["pay_at"] else None
    return Metrics(row["day"], row["profile"], found, pay, row["unlawful_plans"])


async def ringing(work: Work) -> list[Any]:
    """What rings now: rows of alarm, article, from_day, began_at; what began first stands first."""
    return await work.fetch(RINGING_SQL)


async def search_alarms(work: Work, wanted: Wanted = NEWEST) -> Page[Any]:
    """What rings and what rang: rows of id, alarm, article, from_day, began_at, ended_at; the newest first, page by page."""
    a = tables.alarms
    query = sa.select(a.c.id, a.c.alarm, a.c.article, a.c.from_day, a.c.began_at, a.c.ended_at)
    query = query.where(a.c.market_id == work.market.id)
    return await list_rows(work, query, wanted, sorts={"newest": a.c.began_at}, key=a.c.id)


async def reports(work: Work) -> list[Any]:
    """Rows of id, from_day, until_day, made_by, made_at, sha256, size (bytes); newest first."""
    return await work.fetch(REPORTS_SQL)


async def access_archive(work: Work, report: UUID) -> bytes:
    """The report as it was made, byte for byte; raises Refused(NotFound)."""
    archive: bytes | None = await work.fetch_value(ARCHIVE_SQL, report)
    if archive is None:
        raise Refused(NotFound())
    return archive
