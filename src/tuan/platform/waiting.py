"""What waits: facts for their consumers and calls to the outside; seen by the office, and given another try."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit, sweeps, tables
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

OLDEST = Wanted(is_descending=False)

CONSUMERS_SQL = (
    "SELECT consumer, count(*) AS waiting, count(parked_at) AS parked, min(due_at) FILTER (WHERE parked_at IS NULL) "
    "AS oldest, max(tries) AS tries FROM outbox.pending WHERE market_id = $1 GROUP BY consumer ORDER BY consumer"
)
TRY_AGAIN_SQL = (
    "UPDATE outbox.pending AS p SET tries = 0, due_at = $4, parked_at = NULL FROM (SELECT consumer, fact_id, tries, "
    "parked_at FROM outbox.pending WHERE market_id = $1 AND consumer = $2 AND fact_id = $3 FOR UPDATE) AS o "
    "WHERE p.market_id = $1 AND p.consumer = o.consumer AND p.fact_id = o.fact_id "
    "RETURNING o.tries, o.parked_at IS NOT NULL AS was_parked"
)
DATABASE_SQL = (
    "SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size_bytes "
    "FROM (SELECT $1::bigint) AS market"
)


async def consumers(work: Work) -> list[Any]:
    """Rows of consumer, waiting, parked, oldest (due and not parked), tries (the most); only those with something to hear."""
    return await work.fetch(CONSUMERS_SQL)


async def facts(work: Work, wanted: Wanted = OLDEST) -> Page[Any]:
    """Facts that wait or are parked: consumer, fact_id, tries, due_at, parked_at, name, told_at; by consumer, the oldest first."""
    p, f = tables.pending, tables.facts
    query = (
        sa.select(p.c.consumer, p.c.fact_id, p.c.tries, p.c.due_at, p.c.parked_at, f.c.name, f.c.told_at)
        .outerjoin(f, sa.and_(f.c.market_id == p.c.market_id, f.c.id == p.c.fact_id))
        .where(p.c.market_id == work.market.id)
    )
    return await list_rows(work, query, wanted, sorts={"consumer": p.c.consumer}, key=p.c.fact_id)


async def try_again(work: Work, consumer: str, fact: UUID, *, reason: str) -> Refusal | None:
    """Hand this fact up anew, as if it had never failed. Audited; one that was heard meanwhile is not found."""
    row = await work.fetch_one(TRY_AGAIN_SQL, consumer, fact, work.now)
    if row is None:
        return NotFound()
    work.notify("facts")
    before = {"tries": row["tries"], "parked": row["was_parked"]}
    await audit.record(work, "outbox.try_again", f"{consumer} {fact}", reason=reason, before=before,
                       after={"tries": 0, "parked": False})  # fmt: skip
    return None


async def intents(work: Work) -> list[tuple[str, Any]]:
    """(name, row of waiting, stuck, oldest, tries) of every kind of call to the outside that can be counted."""
    kinds = [one for one in sweeps.intents.values() if one.waiting_sql]
    return [(one.name, await work.fetch_one(one.waiting_sql)) for one in sorted(kinds, key=lambda one: one.name)]


async def database(work: Work) -> Any:
    """Row of version, size_bytes."""
    return await work.fetch_one(DATABASE_SQL)
