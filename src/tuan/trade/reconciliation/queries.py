"""Reads of reconciliation, and what must be true of it."""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.trade.reconciliation import tables

NEWEST = Wanted()

MATCHED_SQL = invariant(
    "I8r",
    "every line of a statement is matched by what we booked, or has a ticket",
    "SELECT l.kind || ' ' || l.transaction FROM reconciliation.lines l WHERE l.market_id = $1 AND NOT EXISTS ("
    "SELECT FROM reconciliation.tickets t WHERE t.market_id = $1 AND t.provider = l.provider AND t.kind = l.kind "
    "AND t.about = CASE WHEN l.kind = 'charge' OR l.key IS NULL THEN l.transaction ELSE replace(l.key::text, '-', '') END) "
    "AND NOT CASE WHEN l.kind = 'charge' THEN EXISTS (SELECT FROM payments.captures c WHERE c.market_id = $1 "
    "AND c.provider = l.provider AND c.transaction = l.transaction AND c.attempt_id = l.key AND c.amount_minor = l.amount_minor) "
    "WHEN l.kind = 'refund' THEN EXISTS (SELECT FROM payments.refunds r WHERE r.market_id = $1 AND r.id = l.key "
    "AND r.state = 'done' AND r.amount_minor = l.amount_minor) "
    "WHEN l.kind = 'return' THEN EXISTS (SELECT FROM settlement.withdrawals w WHERE w.market_id = $1 AND w.id = l.key "
    "AND w.state = 'returned' AND w.amount_minor - w.fee_minor = l.amount_minor) "
    "WHEN l.kind = 'split' THEN EXISTS (SELECT FROM settlement.splits s WHERE s.market_id = $1 AND s.id = l.key "
    "AND s.state = 'done' AND s.amount_minor = l.amount_minor) "
    "ELSE EXISTS (SELECT FROM settlement.withdrawals w WHERE w.market_id = $1 AND w.id = l.key AND w.state IN ('paid', 'returned') "
    "AND w.amount_minor - w.fee_minor = l.amount_minor) END",
)
DAYS_SQL = (
    "SELECT s.provider, s.day, s.state, s.read_at, s.lines, s.charged_minor, s.refunded_minor, s.paid_out_minor, "
    "(SELECT count(*) FROM reconciliation.tickets t WHERE t.market_id = s.market_id AND t.provider = s.provider "
    "AND t.day = s.day) AS differences, (SELECT count(*) FROM reconciliation.tickets t WHERE t.market_id = s.market_id "
    "AND t.provider = s.provider AND t.day = s.day AND t.state = 'open') AS open "
    "FROM reconciliation.statements s WHERE s.market_id = $1 AND s.day >= $2 ORDER BY s.day DESC, s.provider"
)
OPEN_COUNT_SQL = "SELECT count(*) FROM reconciliation.tickets WHERE market_id = $1 AND state = 'open'"


async def days(work: Work, since: date) -> list[Any]:
    """Statements from this day on, the newest first: state, sums, how many things differed and how many still do."""
    return await work.fetch(DAYS_SQL, since)


async def open_count(work: Work) -> int:
    """How many differences wait for somebody."""
    return int(await work.fetch_value(OPEN_COUNT_SQL))


async def tickets(
    work: Work,
    wanted: Wanted = NEWEST,
    *,
    states: Collection[str] = ("open",),
    provider: str | None = None,
    day: date | None = None,
) -> Page[Any]:
    """Differences, the newest first; of one provider and day, where they are named."""
    t = tables.tickets
    query = sa.select(
        t.c.id, t.c.provider, t.c.day, t.c.kind, t.c.about, t.c.why, t.c.key, t.c.ours_minor, t.c.theirs_minor,
        t.c.currency, t.c.state, t.c.opened_at, t.c.closed_at, t.c.resolution,
    ).where(t.c.market_id == work.market.id)  # fmt: skip
    if states:
        query = query.where(t.c.state.in_(states))
    if provider:
        query = query.where(t.c.provider == provider)
    if day:
        query = query.where(t.c.day == day)
    return await list_rows(work, query, wanted, sorts={"newest": t.c.id}, key=t.c.id)
