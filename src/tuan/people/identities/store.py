"""All SQL that writes identities."""

from collections.abc import Collection
from uuid import UUID

from tuan.people.identities.model import Identities
from tuan.platform.work import Work

LOCK_PERSON_SQL = (
    "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = $2 AND erased_at IS NULL FOR NO KEY UPDATE"
)
SEALED_SQL = "SELECT person_id, sealed FROM identities.identities WHERE market_id = $1 AND person_id = ANY($2::uuid[])"
DIGEST_SQL = "SELECT digest FROM identities.identities WHERE market_id = $1 AND person_id = $2"
KEEP_SQL = (
    "INSERT INTO identities.identities (market_id, person_id, sealed, digest, shown_name, shown_number, kept_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (market_id, person_id) DO UPDATE SET sealed = excluded.sealed, "
    "digest = excluded.digest, shown_name = excluded.shown_name, shown_number = excluded.shown_number, "
    "kept_at = excluded.kept_at"
)
REMOVE_SQL = "DELETE FROM identities.identities WHERE market_id = $1 AND person_id = $2"


async def load_identities(work: Work, persons: Collection[UUID]) -> Identities:
    """As they are now. Who calls has locked the persons, so that none is replaced or removed before the commit."""
    rows = await work.fetch(SEALED_SQL, list(persons))
    return Identities({row["person_id"]: row["sealed"] for row in rows})
