"""All SQL that writes applications, licences and proposals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.goods.sourcing import tables
from tuan.goods.sourcing.model import Licence, Proposed, write_proposed
from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work

APPLY_SQL = (
    "INSERT INTO sourcing.applications (market_id, id, person_id, name, contact, promise, state, submitted_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, 'submitted', $7) ON CONFLICT DO NOTHING"
)
INSERT_LICENCES = bulk.insert(
    tables.licences, "id", "person_id", "application_id", "supplier_id", "kind", "number", "valid_until", "picture",
    "state", "submitted_at",
)  # fmt: skip
LOCK_APPLICATION_SQL = (
    "SELECT id, person_id, name, contact, promise, state, supplier_id FROM sourcing.applications "
    "WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
LOCK_LICENCE_SQL = (
    "SELECT id, person_id, application_id, supplier_id, kind, state, valid_until FROM sourcing.licences "
    "WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
LICENCES_SQL = (
    "SELECT id, application_id, supplier_id, kind, state, valid_until FROM sourcing.licences WHERE market_id = $1 "
    "AND (application_id = $2 OR supplier_id = $3) ORDER BY id"
)
MOVE_APPLICATION_SQL = (
    "UPDATE sourcing.applications SET state = $4, decided_at = $5, reason = $6, supplier_id = $7 "
    "WHERE market_id = $1 AND id = $2 AND state = $3"
)
MOVE_LICENCES_SQL = (
    "UPDATE sourcing.licences SET state = $4, decided_at = $5, reason = $6 "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) AND state = ANY($3::text[])"
)
GIVE_LICENCES_SQL = "UPDATE sourcing.licences SET supplier_id = $3 WHERE market_id = $1 AND application_id = $2"
COUNT_WAITING_SQL = (
    "SELECT count(*) FROM sourcing.licences WHERE market_id = $1 AND (application_id = $2 OR supplier_id = $3) "
    "AND state IN ('submitted', 'in_check')"
)
LOCK_SUPPLIER_SQL = "SELECT id FROM parties.suppliers WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
ENDING_SQL = (
    "SELECT id FROM sourcing.licences l WHERE l.market_id = $1 AND l.state = 'approved' AND l.valid_until < $2 "
    "AND l.warned_at IS NULL AND l.supplier_id IS NOT NULL AND NOT EXISTS (SELECT FROM sourcing.licences n "
    "WHERE n.market_id = l.market_id AND n.supplier_id = l.supplier_id AND n.kind = l.kind "
    "AND n.state IN ('submitted', 'in_check')) ORDER BY l.valid_until LIMIT $3 FOR UPDATE SKIP LOCKED"
)
WARNED_SQL = "UPDATE sourcing.licences SET warned_at = $3 WHERE market_id = $1 AND id = ANY($2::uuid[])"
EXPIRED_SQL = (
    "SELECT id, supplier_id, kind FROM sourcing.licences WHERE market_id = $1 AND state = 'approved' AND valid_until < $2 "
    "ORDER BY valid_until LIMIT $3 FOR UPDATE SKIP LOCKED"
)
WITHDRAW_LICENCES_SQL = (
    "UPDATE sourcing.licences SET state = 'withdrawn', decided_at = $3 WHERE market_id = $1 AND person_id = $2 "
    "AND supplier_id IS NULL AND state = 'submitted'"
)
WITHDRAW_ALL_SQL = (
    "UPDATE sourcing.applications SET state = 'withdrawn', decided_at = $3 WHERE market_id = $1 AND person_id = $2 "
    "AND state = 'submitted'"
)
FORGET_LICENCES_SQL = (
    "UPDATE sourcing.licences SET number = '', picture = '' WHERE market_id = $1 AND person_id = $2 "
    "AND supplier_id IS NULL AND number <> ''"
)
FORGET_APPLICATIONS_SQL = (
    "UPDATE sourcing.applications SET name = '', contact = '', promise = '', reason = '' WHERE market_id = $1 AND person_id = $2 "
    "AND supplier_id IS NULL AND name <> ''"
)
PROPOSE_SQL = (
    "INSERT INTO sourcing.proposals (market_id, id, supplier_id, product_id, shown, proposed, state, made_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, 'open', $7) ON CONFLICT DO NOTHING"
)
LOCK_PROPOSAL_SQL = (
    "SELECT id, supplier_id, product_id, shown, proposed, state FROM sourcing.proposals "
    "WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
END_PROPOSAL_SQL = (
    "UPDATE sourcing.proposals SET state = $3, decided_at = $4, reason = $5 "
    "WHERE market_id = $1 AND id = $2 AND state = 'open'"
)


@dataclass(slots=True)
class LicenceRow:
    id: UUID
    person_id: UUID
    application_id: UUID | None
    supplier_id: UUID | None
    kind: str
    number: str
    valid_until: date | None
    picture: str
    state: str
    submitted_at: Instant


async def lock_application(work: Work, application: UUID) -> Any | None:
    """Row of id, person_id, name, contact, promise, state, supplier_id."""
    rows = await work.lock("applications", LOCK_APPLICATION_SQL, application)
    return rows[0] if rows else None


async def lock_licence(work: Work, licence: UUID) -> Any | None:
    """Row of id, person_id, application_id, supplier_id, kind, state, valid_until."""
    rows = await work.lock("licences", LOCK_LICENCE_SQL, licence)
    return rows[0] if rows else None


async def licences_of(work: Work, *, application: UUID | None = None, supplier: UUID | None = None) -> list[Licence]:
    """Of an application, of a supplier, or of both."""
    return [Licence(*row.values()) for row in await work.fetch(LICENCES_SQL, application, supplier)]


async def move_licences(work: Work, some: Collection[UUID], before: Sequence[str], after: str, reason: str = "") -> int:
    """How many of these stood in one of the states `before`."""
    ended = None if after in ("submitted", "in_check") else work.now
    return await work.execute(MOVE_LICENCES_SQL, list(some), list(before), after, ended, reason)


async def add_proposal(
    work: Work, proposal: UUID, supplier: UUID, product: UUID, shown: Proposed | None, proposed: Proposed
) -> bool:
    """Whether it was added; a product has one that is open."""
    kept = None if shown is None else write_proposed(shown)
    return bool(
        await work.execute(PROPOSE_SQL, proposal, supplier, product, kept, write_proposed(proposed), work.now)
    )  # fmt: skip


async def lock_proposal(work: Work, proposal: UUID) -> Any | None:
    """Row of id, supplier_id, product_id, shown, proposed, state."""
    rows = await work.lock("proposals", LOCK_PROPOSAL_SQL, proposal)
    return rows[0] if rows else None
