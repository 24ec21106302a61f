"""Reads of identities: never more than what is masked."""

from typing import Any
from uuid import UUID

from tuan.platform.invariants import invariant
from tuan.platform.work import Work

SHOWN_SQL = (
    "SELECT shown_name, shown_number, kept_at FROM identities.identities WHERE market_id = $1 AND person_id = $2"
)
ERASED_SQL = invariant(
    "I80a",
    "an erased person has no identity number",
    "SELECT 'person ' || i.person_id FROM identities.identities i JOIN accounts.persons p ON p.market_id = i.market_id "
    "AND p.id = i.person_id WHERE i.market_id = $1 AND p.erased_at IS NOT NULL",
)


async def identity_of(work: Work, person: UUID) -> Any | None:
    """Row of shown_name, shown_number, kept_at; None where he has said nothing."""
    return await work.fetch_one(SHOWN_SQL, person)


async def told_of(work: Work, person: UUID) -> dict[str, Any] | None:
    """What this module keeps about a person, masked: he knows it, and a copy that is lost tells it to nobody."""
    row = await identity_of(work, person)
    return None if row is None else dict(row)
