"""Reads of accounts."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refused
from tuan.people.accounts.model import PersonId
from tuan.platform.work import Work

PERSON_SQL = "SELECT id, name, phone, locale FROM accounts.persons WHERE market_id = $1 AND id = $2"
NAMES_SQL = "SELECT id, name FROM accounts.persons WHERE market_id = $1 AND id = ANY($2::uuid[])"
PERSON_BY_PHONE_SQL = "SELECT id FROM accounts.persons WHERE market_id = $1 AND phone = $2"
ADDRESSES_SQL = (
    "SELECT id, recipient, phone, region, street FROM accounts.addresses "
    "WHERE market_id = $1 AND person_id = $2 AND removed_at IS NULL ORDER BY id DESC LIMIT 20"
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


async def names(work: Work, persons: Collection[UUID]) -> dict[UUID, str]:
    """The name of each of these persons that is there."""
    return {row["id"]: row["name"] for row in await work.fetch(NAMES_SQL, list(persons))}


async def addresses_of(work: Work, person: UUID) -> list[Any]:
    """The newest twenty, newest first."""
    return await work.fetch(ADDRESSES_SQL, person)
