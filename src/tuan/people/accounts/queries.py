"""Reads of accounts."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.people.accounts import tables
from tuan.people.accounts.model import PERSON, PersonId
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

NEWEST = Wanted()
PHONE_DIGITS_MIN = 4
"""A number is looked for by its end; fewer digits would list half the market."""

PERSON_SQL = "SELECT id, name, phone, locale FROM accounts.persons WHERE market_id = $1 AND id = $2"
NAMES_SQL = "SELECT id, name FROM accounts.persons WHERE market_id = $1 AND id = ANY($2::uuid[])"
WHOLE_PERSON_SQL = (
    "SELECT id, name, phone, locale, created_at, blocked_at, erased_at FROM accounts.persons "
    "WHERE market_id = $1 AND id = $2"
)
PERSONS_BY_PHONE_SQL = (
    "SELECT phone, id FROM accounts.persons WHERE market_id = $1 AND phone = ANY($2::text[]) AND erased_at IS NULL"
)
ALL_ADDRESSES_SQL = (
    "SELECT recipient, phone, region, street, created_at, removed_at FROM accounts.addresses "
    "WHERE market_id = $1 AND person_id = $2 ORDER BY id"
)
SESSIONS_SQL = (
    "SELECT data->>'device' AS device, data->>'begun_at' AS begun_at, expires_at FROM platform.sessions "
    "WHERE market_id = $1 AND person_id = $2 ORDER BY expires_at, token_hash"
)
ERASED_SQL = invariant(
    "I21",
    "an erased person has no address and no session",
    "SELECT 'person ' || p.id FROM accounts.persons p WHERE p.market_id = $1 AND p.erased_at IS NOT NULL AND ("
    "EXISTS (SELECT FROM accounts.addresses a WHERE a.market_id = p.market_id AND a.person_id = p.id) "
    "OR EXISTS (SELECT FROM platform.sessions s WHERE s.market_id = p.market_id AND s.person_id = p.id))",
)
PERSON_BY_PHONE_SQL = "SELECT id FROM accounts.persons WHERE market_id = $1 AND phone = $2"
ADDRESSES_SQL = (
    "SELECT id, recipient, phone, region, street, preferred_at FROM accounts.addresses "
    "WHERE market_id = $1 AND person_id = $2 AND removed_at IS NULL ORDER BY preferred_at DESC NULLS LAST, id DESC LIMIT 20"
)
ADDRESS_SQL = (
    "SELECT id, recipient, phone, region, street, preferred_at FROM accounts.addresses "
    "WHERE market_id = $1 AND person_id = $2 AND id = $3 AND removed_at IS NULL"
)


async def access_person(work: Work, person: UUID) -> Any:
    """Row of id, name, phone, locale; raises Refused(NotFound)."""
    row = await work.fetch_one(PERSON_SQL, person)
    if row is None:
        raise Refused(NotFound())
    return row


async def person_of(work: Work, phone: str) -> PersonId | None:
    """Whose number (in E.164) this is, if anybody's."""
    person: PersonId | None = await work.fetch_value(PERSON_BY_PHONE_SQL, phone)
    return person


async def persons_of(work: Work, phones: Collection[str]) -> dict[str, PersonId]:
    """Whose these numbers (in E.164) are, of those that are somebody's."""
    return {row["phone"]: row["id"] for row in await work.fetch(PERSONS_BY_PHONE_SQL, list(set(phones)))}


async def names(work: Work, persons: Collection[UUID]) -> dict[UUID, str]:
    """The name of each of these persons that is there."""
    return {row["id"]: row["name"] for row in await work.fetch(NAMES_SQL, list(persons))}


async def addresses_of(work: Work, person: UUID) -> list[Any]:
    """Twenty, the usual one first (the one chosen last as such, if any was), then the newest."""
    return await work.fetch(ADDRESSES_SQL, person)


async def access_whole_person(work: Work, person: UUID) -> Any:
    """The same with created_at, blocked_at, erased_at: for the office; raises Refused(NotFound)."""
    row = await work.fetch_one(WHOLE_PERSON_SQL, person)
    if row is None:
        raise Refused(NotFound())
    return row


async def search_persons(
    work: Work, text: str = "", wanted: Wanted = NEWEST, *, only_blocked: bool = False
) -> Page[Any]:
    """By id, by the end of the phone number (four digits or more), or by how the name begins; "" is all.

    Sorted by `newest` or `name`. Rows of id, name, phone, locale, created_at, blocked_at, erased_at.
    """
    p = tables.persons
    query = sa.select(p.c.id, p.c.name, p.c.phone, p.c.locale, p.c.created_at, p.c.blocked_at, p.c.erased_at).where(
        p.c.market_id == work.market.id
    )
    text = text.strip()
    digits = "".join(text.split())
    if person := PERSON.parse(text):
        query = query.where(p.c.id == person)
    elif digits.isascii() and digits.isdigit() and len(digits) >= PHONE_DIGITS_MIN:
        query = query.where(sa.func.reverse(p.c.phone).like(digits[::-1] + "%"))
    elif text:
        query = query.where(p.c.name.startswith(text, autoescape=True))
    if only_blocked:
        query = query.where(p.c.blocked_at.is_not(None))
    return await list_rows(work, query, wanted, sorts={"newest": p.c.id, "name": p.c.name}, key=p.c.id)


async def told_of(work: Work, person: UUID) -> dict[str, Any]:
    """What this module keeps about him."""
    row = await access_whole_person(work, person)
    return {
        "person": dict(row),
        "addresses": [dict(one) for one in await work.fetch(ALL_ADDRESSES_SQL, person)],
        "sessions": [dict(one) for one in await work.fetch(SESSIONS_SQL, person)],
    }


async def access_address(work: Work, address: UUID, person: UUID) -> Any:
    """The person's own address; raises Refused(NotFound) for one that is removed or somebody else's."""
    row = await work.fetch_one(ADDRESS_SQL, person, address)
    if row is None:
        raise Refused(NotFound())
    return row
