"""All SQL that writes statements, their lines and tickets."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.platform import bulk
from tuan.platform.gateways.payment import StatementLine
from tuan.platform.work import Work
from tuan.trade.reconciliation import tables
from tuan.trade.reconciliation.model import Difference, Moved, Name, Why

EXPECT_SQL = (
    "INSERT INTO reconciliation.statements (market_id, provider, day, state, next_attempt_at, asked_at) "
    "SELECT $1, provider, $3::date, 'due', $4, $4 FROM unnest($2::text[]) AS u(provider) ON CONFLICT DO NOTHING"
)
CLAIM_SQL = (
    "WITH due AS (SELECT s.provider, s.day FROM reconciliation.statements s WHERE s.market_id = $1 AND s.state = 'due' "
    "AND s.next_attempt_at <= $2 ORDER BY s.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE reconciliation.statements AS s SET tries = s.tries + 1, "
    "next_attempt_at = $2 + interval '5 minutes' * (1 << least(s.tries, 4)) FROM due "
    "WHERE s.market_id = $1 AND s.provider = due.provider AND s.day = due.day RETURNING s.provider, s.day"
)
FORGET_LINES_SQL = "DELETE FROM reconciliation.lines WHERE market_id = $1 AND provider = $2 AND day = $3"
INSERT_LINES = bulk.insert(
    tables.lines, "provider", "day", "number", "kind", "key", "transaction", "amount_minor", "currency", "at"
)
READ_SQL = (
    "INSERT INTO reconciliation.statements AS s (market_id, provider, day, state, asked_at, read_at, lines, "
    "charged_minor, refunded_minor, paid_out_minor) VALUES ($1, $2, $3, 'read', $4, $4, $5, $6, $7, $8) "
    "ON CONFLICT (market_id, provider, day) DO UPDATE SET state = 'read', next_attempt_at = NULL, "
    "read_at = excluded.read_at, lines = excluded.lines, charged_minor = excluded.charged_minor, "
    "refunded_minor = excluded.refunded_minor, paid_out_minor = excluded.paid_out_minor"
)
LINES_NAMED_SQL = (
    "SELECT kind, key, transaction, amount_minor, currency FROM reconciliation.lines WHERE market_id = $1 "
    "AND provider = $2 AND (transaction = ANY($3::text[]) AND (kind = 'charge' OR key IS NULL) "
    "OR key = ANY($4::uuid[]) AND kind <> 'charge')"
)
OPEN_TICKETS = bulk.insert(
    tables.tickets, "id", "provider", "day", "kind", "about", "why", "key", "ours_minor", "theirs_minor", "currency",
    "state", "opened_at", "next_attempt_at",
    on_conflict="ON CONFLICT (market_id, provider, kind, about, why) DO UPDATE SET state = 'open', closed_at = NULL, "
    "ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor "
    "WHERE reconciliation.tickets.state = 'matched'",
)  # fmt: skip
OPEN_SQL = (
    "SELECT id, provider, day, kind, about, why, key FROM reconciliation.tickets "
    "WHERE market_id = $1 AND state = 'open' ORDER BY id LIMIT $2"
)
MATCH_SQL = (
    "UPDATE reconciliation.tickets SET state = 'matched', closed_at = $3, next_attempt_at = NULL "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) AND state = 'open'"
)
LOCK_TICKET_SQL = (
    "SELECT id, state, kind, about, why FROM reconciliation.tickets WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
SETTLE_SQL = (
    "UPDATE reconciliation.tickets SET state = 'settled', resolution = $3, closed_at = $4, next_attempt_at = NULL "
    "WHERE market_id = $1 AND id = $2 AND state = 'open'"
)
CLAIM_ASKS_SQL = (
    "WITH due AS (SELECT t.id FROM reconciliation.tickets t WHERE t.market_id = $1 AND t.next_attempt_at <= $2 "
    "ORDER BY t.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE reconciliation.tickets AS t SET tries = t.tries + 1, next_attempt_at = CASE WHEN t.tries < $4 "
    "THEN $2::timestamptz + interval '1 minute' * (1 << least(t.tries, 10)) END "
    "WHERE t.market_id = $1 AND t.id = ANY(ARRAY(SELECT id FROM due)) RETURNING t.provider, t.key"
)


@dataclass(slots=True)
class LineRow:
    provider: str
    day: date
    number: int
    kind: str
    key: UUID | None
    transaction: str
    amount_minor: int
    currency: str
    at: Any


@dataclass(slots=True)
class TicketRow:
    id: UUID
    provider: str
    day: date
    kind: str
    about: str
    why: str
    key: UUID | None
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    state: str
    opened_at: Any
    next_attempt_at: Any


async def keep_statement(work: Work, provider: str, day: date, lines: Sequence[StatementLine]) -> None:
    """A day's statement in place of what was stored of it before."""
    await work.execute(FORGET_LINES_SQL, provider, day)
    sums = dict.fromkeys(("charge", "refund", "transfer"), 0)
    for line in lines:  # what is split has gone out like a transfer, and what came back of either is out no more
        sign = -1 if line.kind == "return" else 1
        sums["transfer" if line.kind in ("split", "return") else line.kind] += sign * line.amount_minor
    await work.execute(READ_SQL, provider, day, work.now, len(lines), *sums.values())
    rows = [
        LineRow(provider, day, number, line.kind, line.key, line.transaction, line.amount_minor, line.currency, line.at)
        for number, line in enumerate(lines, start=1)
    ]
    await work.write(INSERT_LINES, rows)


async def lines_named(work: Work, provider: str, names: Collection[Name]) -> list[Moved]:
    """Every stored line about these things, of whatever day."""
    keys = [key for kind, about in names if kind != "charge" and (key := as_key(about))]
    rows = await work.fetch(LINES_NAMED_SQL, provider, [about for _, about in names], keys)
    return [Moved(*row.values()) for row in rows]


def as_key(about: str) -> UUID | None:
    """Our key in what names a refund or a pay-out; None for a number of the provider's."""
    try:
        return UUID(hex=about)
    except ValueError:
        return None


async def open_tickets(work: Work, provider: str, day: date, differences: Iterable[Difference]) -> None:
    """One for each difference that has none yet; a payment that we have not booked is to be asked about at once."""
    rows = [
        TicketRow(new_uuid(), provider, day, d.kind, d.about, d.why, d.key, d.ours_minor, d.theirs_minor, d.currency,
                  "open", work.now, work.now if d.kind == "charge" and d.why is Why.NOT_HERE and d.key else None)
        for d in differences
    ]  # fmt: skip
    if rows:
        await work.execute(OPEN_TICKETS.sql, *OPEN_TICKETS.arrays(rows))
