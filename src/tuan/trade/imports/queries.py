"""Reads of imports, and what must be true of them."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.trade.imports import tables

JOB_SQL = (
    "SELECT id, what, name, state, supplier_id, digest, why, waiting, unchanged, refused, done, sums, made_by, made_at, "
    "confirmed_by, ended_at, forgotten_at FROM imports.jobs "
    "WHERE market_id = $1 AND id = $2 AND ($3::uuid IS NULL OR supplier_id = $3)"
)
LINES_KEPT_SQL = invariant(
    "I57",
    "an import of goods or stock has as many lines waiting and done as it says, until its lines are forgotten",
    "SELECT 'import ' || j.id FROM imports.jobs j LEFT JOIN (SELECT job_id, "
    "count(*) FILTER (WHERE reason = '' AND NOT is_done) AS waiting, count(*) FILTER (WHERE is_done) AS done, "
    "count(*) FILTER (WHERE reason <> '') AS refused FROM imports.lines WHERE market_id = $1 GROUP BY job_id) l "
    "ON l.job_id = j.id WHERE j.market_id = $1 AND j.what <> 'orders' AND j.forgotten_at IS NULL "
    "AND (j.waiting, j.done, j.refused) IS DISTINCT FROM (coalesce(l.waiting, 0), coalesce(l.done, 0), coalesce(l.refused, 0))",
)


async def access_job(work: Work, job: UUID, supplier: UUID | None = None) -> Any:
    """One import with its counts; with a supplier only one of his. Raises Refused(NotFound)."""
    row = await work.fetch_one(JOB_SQL, job, supplier)
    if row is None:
        raise Refused(NotFound())
    return row


async def jobs(work: Work, wanted: Wanted, *, supplier: UUID | None = None) -> Page[Any]:
    """Imports, the newest first, of one supplier or of all."""
    j = tables.jobs
    query = sa.select(
        j.c.id, j.c.what, j.c.name, j.c.state, j.c.why, j.c.waiting, j.c.unchanged, j.c.refused, j.c.done, j.c.made_by,
        j.c.made_at, j.c.ended_at,
    ).where(j.c.market_id == work.market.id)  # fmt: skip
    if supplier is not None:
        query = query.where(j.c.supplier_id == supplier)
    return await list_rows(work, query, wanted, sorts={"newest": j.c.id}, key=j.c.id)


async def lines(work: Work, wanted: Wanted, job: UUID, *, are_refused: bool) -> Page[Any]:
    """Lines of an import that were refused, or those that change something: number, reason, is_done, cells, effect."""
    li = tables.lines
    query = sa.select(li.c.number, li.c.reason, li.c.is_done, li.c.cells, li.c.effect).where(
        li.c.market_id == work.market.id, li.c.job_id == job, li.c.reason != "" if are_refused else li.c.reason == ""
    )
    return await list_rows(work, query, wanted, sorts={"number": li.c.number}, key=li.c.number)
