"""All SQL that writes imports and their lines, and what an import of orders asks of its shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.imports import tables
from tuan.trade.imports.model import Counts, ImportId, JobState

INSERT_JOBS = bulk.insert(
    tables.jobs, "id", "what", "name", "state", "supplier_id", "content", "digest", "made_by", "made_at"
)
INSERT_LINES = bulk.insert(tables.lines, "job_id", "number", "reason", "is_done", "cells", "effect")
MARK_LINES = bulk.update(tables.lines, key=("job_id", "number"), columns=("reason", "is_done"))
WAITING_COUNT_SQL = "SELECT count(*) FROM imports.jobs WHERE market_id = $1 AND state IN ('uploaded', 'running')"
NEXT_JOB_SQL = (
    "SELECT id, what, name, state, supplier_id, content, digest, confirmed_by, waiting, unchanged, refused, done, position, "
    "sums FROM imports.jobs WHERE market_id = $1 AND state IN ('uploaded', 'running') ORDER BY id LIMIT 1 "
    "FOR UPDATE SKIP LOCKED"
)
LOCK_JOB_SQL = (
    "SELECT id, what, name, state, supplier_id, digest, waiting, refused FROM imports.jobs "
    "WHERE market_id = $1 AND id = $2 AND ($3::uuid IS NULL OR supplier_id = $3) FOR UPDATE"
)
MOVE_SQL = (
    "UPDATE imports.jobs SET state = $4, why = $5, waiting = $6, unchanged = $7, refused = $8, done = $9, position = $10, "
    "sums = coalesce($11::jsonb, sums), ended_at = $12 WHERE market_id = $1 AND id = $2 AND state = $3"
)
CONFIRM_SQL = "UPDATE imports.jobs SET state = 'running', confirmed_by = $3 WHERE market_id = $1 AND id = $2 AND state = 'checked'"
DROP_SQL = (
    "UPDATE imports.jobs SET state = 'dropped', ended_at = $3 WHERE market_id = $1 AND id = $2 AND state = 'checked'"
)
NEXT_LINES_SQL = (
    "SELECT number, cells FROM imports.lines WHERE market_id = $1 AND job_id = $2 AND reason = '' AND NOT is_done "
    "ORDER BY number LIMIT $3"
)
OLD_JOBS_SQL = (
    "SELECT id FROM imports.jobs WHERE market_id = $1 AND forgotten_at IS NULL AND made_at < $2 "
    "AND state NOT IN ('uploaded', 'running') ORDER BY made_at LIMIT $3 FOR UPDATE SKIP LOCKED"
)
FORGET_LINES_SQL = "DELETE FROM imports.lines WHERE market_id = $1 AND job_id = ANY($2::uuid[])"
FORGET_JOBS_SQL = (
    "UPDATE imports.jobs SET content = NULL, forgotten_at = $3, state = CASE WHEN state = 'checked' THEN 'dropped' "
    "ELSE state END, ended_at = coalesce(ended_at, $3) WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
SKUS_SQL = (
    "SELECT s.options, s.id FROM catalog.skus s JOIN catalog.products p ON p.market_id = s.market_id "
    "AND p.id = s.product_id WHERE s.market_id = $1 AND p.supplier_id = $2"
)
DUE_REFUNDS_SQL = (
    "SELECT r.id FROM payments.refunds r JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
    "WHERE r.market_id = $1 AND r.state = 'due' AND c.provider = $2 LIMIT $3"
)


@dataclass(slots=True)
class JobRow:
    id: ImportId
    what: str
    name: str
    state: str
    supplier_id: UUID | None
    content: bytes
    digest: str
    made_by: UUID
    made_at: Any


@dataclass(slots=True)
class LineRow:
    """`cells` as they stand in the file; `effect` is what it would change, by name as [before, after]."""

    job_id: UUID
    number: int
    reason: str
    is_done: bool
    cells: Sequence[str]
    effect: dict[str, Any] | None


@dataclass(slots=True)
class Mark:
    """What became of a line."""

    job_id: UUID
    number: int
    reason: str
    is_done: bool


async def move(
    work: Work, row: Any, state: JobState, counts: Counts, *, why: str = "", position: int = 0, sums: Any = None
) -> None:
    """Write how far a locked import is."""
    is_over = state in (JobState.DONE, JobState.REFUSED)
    await work.execute(
        MOVE_SQL, row["id"], row["state"], state, why, counts.waiting, counts.unchanged, counts.refused, counts.done,
        position, None if sums is None else bulk.Json.of(sums), work.now if is_over else None,
    )  # fmt: skip
