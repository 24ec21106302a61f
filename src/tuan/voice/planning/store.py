"""All SQL that writes simulations."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.platform import bulk
from tuan.voice.planning import tables
from tuan.voice.planning.model import SimulationId

INSERT_JOBS = bulk.insert(tables.jobs, "id", "name", "state", "terms", "edges", "wanted", "made_by", "made_at")
WAITING_COUNT_SQL = "SELECT count(*) FROM planning.jobs WHERE market_id = $1 AND state = 'due'"
NEXT_JOB_SQL = (
    "SELECT id, terms, edges, wanted, done FROM planning.jobs WHERE market_id = $1 AND state = 'due' ORDER BY id LIMIT 1 "
    "FOR UPDATE SKIP LOCKED"
)
PLAYED_SQL = (
    "UPDATE planning.jobs SET runs = runs || $3::jsonb, done = $4, state = $5, ended_at = $6 "
    "WHERE market_id = $1 AND id = $2 AND state = 'due'"
)


@dataclass(slots=True)
class JobRow:
    id: SimulationId
    name: str
    state: str
    terms: dict[str, Any]
    edges: list[list[int]] | None
    wanted: int
    made_by: UUID
    made_at: Any
