"""All SQL that writes payments."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from tuan.kit.ids import new_uuid
from tuan.platform import bulk
from tuan.platform.gateways.payment import News, Notice, RefundAnswer, SplitAnswer
from tuan.platform.work import Work, trace
from tuan.trade.payments import tables
from tuan.trade.payments.model import Attempt, Capture, Payable, QuarantineReason, Till
from tuan.value import ledger
from tuan.value.ledger.model import PREPAYMENT, REFUNDS_PAYABLE, Postings, provider_clearing

INSERT_PAYABLES = bulk.insert(tables.payables, "id", "person_id", "currency", "amount_minor", "pay_by", "created_at")
INSERT_BALANCES = bulk.insert(
    tables.payables, "id", "person_id", "currency", "amount_minor", "pay_by", "created_at", "after_id", "pay_from"
)
VOID_PAYABLES_SQL = "UPDATE payments.payables SET void_at = $3 WHERE market_id = $1 AND id = ANY($2::uuid[])"
SAVE_PAYABLES = bulk.update(tables.payables, key=["id"], columns=["applied_minor", "refunded_minor", "pay_by"])
INSERT_ATTEMPTS = bulk.insert(
    tables.attempts, "id", "payable_id", "provider", "merchant", "app", "amount_minor", "currency", "state",
    "started_at", "next_query_at", "trace",
)  # fmt: skip
MOVE_ATTEMPTS = bulk.move(tables.attempts, key=["id"], columns=["next_query_at"])
INSERT_CAPTURES = bulk.insert(
    tables.captures, "id", "payable_id", "attempt_id", "provider", "transaction", "amount_minor", "applied_minor",
    "refunded_minor", "paid_at", "received_at", "payer",
)  # fmt: skip
SAVE_CAPTURES = bulk.update(tables.captures, key=["id"], columns=["refunded_minor"])
INSERT_REFUNDS = bulk.insert(
    tables.refunds,
    "id",
    "capture_id",
    "order_id",
    "amount_minor",
    "reason",
    "state",
    "next_attempt_at",
    "asked_at",
    "trace",
)
INSERT_QUARANTINE = bulk.insert(
    tables.quarantine, "id", "provider", "transaction", "reason", "notice", "at", on_conflict="ON CONFLICT DO NOTHING"
)
PAYABLES_SQL = (
    "SELECT id, person_id, currency, amount_minor, applied_minor, refunded_minor, pay_by, after_id, pay_from, "
    "void_at IS NOT NULL AS is_void, after_id IS NULL OR EXISTS (SELECT FROM payments.payables b "
    "WHERE b.market_id = p.market_id AND b.id = p.after_id AND b.applied_minor = b.amount_minor) AS is_next "
    "FROM payments.payables p WHERE p.market_id = $1 AND p.id = ANY($2::uuid[]) ORDER BY p.id"
)
LOCK_PAYABLES_SQL = f"{PAYABLES_SQL} FOR UPDATE"
# Refunds are summed for all captures at once: asked for one by one, a plan of the time when there were none walks all of the
# market's refunds for each capture, by another index that starts with the market and then cost the same.
CAPTURES_SQL = (
    "WITH c AS MATERIALIZED (SELECT id, payable_id, attempt_id, provider, transaction, amount_minor, applied_minor, "
    "refunded_minor, paid_at, received_at FROM payments.captures WHERE market_id = $1 AND payable_id = ANY($2::uuid[])), "
    "r AS MATERIALIZED (SELECT capture_id, sum(amount_minor) AS amount_minor FROM payments.refunds WHERE market_id = $1 "
    "AND capture_id = ANY(ARRAY(SELECT id FROM c)) AND order_id IS NOT NULL GROUP BY capture_id) "
    "SELECT c.*, c.applied_minor - coalesce(r.amount_minor, 0)::bigint AS refundable_minor "
    "FROM c LEFT JOIN r ON r.capture_id = c.id ORDER BY c.id"
)
SPENT_SQL = (
    "SELECT provider, transaction, attempt_id FROM payments.captures "
    "WHERE market_id = $1 AND provider = ANY($2::text[]) AND transaction = ANY($3::text[])"
)
ATTEMPTS_SQL = (
    "SELECT id, payable_id, provider, merchant, app, amount_minor, currency, state, started_at, state AS before, next_query_at "
    "FROM payments.attempts WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
LOCK_ATTEMPTS_SQL = f"{ATTEMPTS_SQL} ORDER BY id FOR UPDATE"
LOCK_PENDING_SQL = (
    "SELECT id, payable_id, provider, merchant, app, amount_minor, currency, state, started_at, state AS before, next_query_at "
    "FROM payments.attempts WHERE market_id = $1 AND state = 'pending' AND payable_id = ANY($2::uuid[]) "
    "ORDER BY id FOR UPDATE"
)
CLAIM_QUERIES_SQL = (
    "WITH due AS (SELECT a.id FROM payments.attempts a WHERE a.market_id = $1 AND a.state = 'pending' "
    "AND a.next_query_at <= $2 ORDER BY a.next_query_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE payments.attempts AS a SET queries = a.queries + 1, "
    "next_query_at = CASE WHEN p.pay_by > $2 THEN least(p.pay_by, $2 + interval '30 seconds' * (1 << least(a.queries, 7))) "
    "ELSE $2 + interval '30 seconds' * (1 << least(a.queries, 3)) END FROM payments.payables p "
    "WHERE a.market_id = $1 AND a.id = ANY(ARRAY(SELECT id FROM due)) AND p.market_id = $1 AND p.id = a.payable_id "
    "RETURNING a.id, a.provider, a.amount_minor, a.currency, a.trace, p.pay_by <= $2 AS time_over"
)
CLAIM_REFUNDS_SQL = (
    "WITH due AS (SELECT r.id FROM payments.refunds r WHERE r.market_id = $1 AND r.state = 'due' "
    "AND r.next_attempt_at <= $2 ORDER BY r.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE payments.refunds AS r SET tries = r.tries + 1, "
    "next_attempt_at = $2 + interval '30 seconds' * (1 << least(r.tries, 9)) FROM payments.captures c "
    "WHERE r.market_id = $1 AND r.id = ANY(ARRAY(SELECT id FROM due)) AND c.market_id = $1 AND c.id = r.capture_id "
    "RETURNING r.id, r.amount_minor, r.trace, c.provider, c.transaction, c.amount_minor AS paid_minor, r.tries"
)
FINISH_REFUNDS_SQL = (
    "UPDATE payments.refunds AS r SET next_attempt_at = NULL, provider_ref = u.provider_ref, "
    "state = CASE WHEN coalesce(u.amount_minor, r.amount_minor) = r.amount_minor AND u.currency IN ('', $9) THEN u.state ELSE 'stuck' END, "
    "done_at = CASE WHEN u.state = 'done' AND coalesce(u.amount_minor, r.amount_minor) = r.amount_minor AND u.currency IN ('', $9) "
    "THEN $8::timestamptz END FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[]) "
    "AS u(id, state, provider_ref, amount_minor, provider, currency), payments.captures c "
    "WHERE r.market_id = $1 AND r.id = ANY($2) AND r.id = u.id AND r.state = 'due' AND c.market_id = $1 AND c.id = r.capture_id "
    "AND c.provider = u.provider "
    "RETURNING r.id, r.order_id, r.amount_minor, r.state, c.provider"
)
LOCK_REFUND_SQL = "SELECT id, state, tries FROM payments.refunds WHERE market_id = $1 AND id = $2 FOR UPDATE"
RETRY_REFUND_SQL = (
    "UPDATE payments.refunds SET state = 'due', tries = 0, next_attempt_at = $3 "
    "WHERE market_id = $1 AND id = $2 AND state IN ('due', 'stuck')"
)
HASTEN_REFUNDS_SQL = (
    "UPDATE payments.refunds SET state = 'due', tries = greatest(tries, 1), next_attempt_at = $3 "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) AND state IN ('due', 'stuck')"
)
HEAR_ONCE_SQL = (
    "INSERT INTO payments.nonces (market_id, provider, nonce, heard_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING RETURNING true"
)
FORGET_NONCES_SQL = "DELETE FROM payments.nonces WHERE market_id = $1 AND heard_at < $2::timestamptz - interval '1 day'"
FORGET_PAYERS_SQL = (
    "UPDATE payments.captures SET payer = '' WHERE market_id = $1 AND payer <> '' AND payable_id IN "
    "(SELECT id FROM payments.payables WHERE market_id = $1 AND person_id = $2)"
)
RESOLVE_SQL = (
    "UPDATE payments.quarantine SET resolution = $3, resolved_at = $4 "
    "WHERE market_id = $1 AND id = $2 AND resolved_at IS NULL"
)


@dataclass(slots=True)
class NewPayable:
    id: UUID
    person_id: UUID
    currency: str
    amount_minor: int
    pay_by: Any
    created_at: Any


@dataclass(slots=True)
class NewAttempt:
    id: UUID
    payable_id: UUID
    provider: str
    merchant: str
    app: str
    amount_minor: int
    currency: str
    state: str
    started_at: Any
    next_query_at: Any
    trace: str


@dataclass(slots=True)
class NewRefund:
    id: UUID
    capture_id: UUID
    order_id: UUID | None
    amount_minor: int
    reason: str
    state: str
    next_attempt_at: Any
    asked_at: Any
    trace: str


@dataclass(slots=True)
class QuarantineRow:
    id: UUID
    provider: str
    transaction: str
    reason: str
    notice: Any
    at: Any


async def add_payables(work: Work, payables: Sequence[Any]) -> None:
    """What new checkouts owe; rows with the attributes of `NewPayable`."""
    await work.write(INSERT_PAYABLES, payables)


async def add_balances(work: Work, payables: Sequence[Any]) -> None:
    """What is owed later, each after another one: rows of `NewPayable` with `after_id` and `pay_from`."""
    await work.write(INSERT_BALANCES, payables)


async def load_till(work: Work, payables: Collection[UUID]) -> Till:
    """These payables locked in id order, with their captures."""
    wanted = list(set(payables))
    rows = await work.lock("payables", LOCK_PAYABLES_SQL, wanted)
    captures = await work.fetch(CAPTURES_SQL, wanted)
    return Till((Payable(*row.values()) for row in rows), (_capture(row) for row in captures))


async def look_at_till(work: Work, payables: Collection[UUID]) -> Till:
    """The same without a lock, to be shown and not to be saved."""
    wanted = list(set(payables))
    rows, captures = await work.fetch(PAYABLES_SQL, wanted), await work.fetch(CAPTURES_SQL, wanted)
    return Till((Payable(*row.values()) for row in rows), (_capture(row) for row in captures))


def _capture(row: Any) -> Capture:
    return Capture(*row.values())


async def spent_on(work: Work, transactions: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Which attempt each provider's transaction has paid already, by (provider, transaction)."""
    names, numbers = list({name for name, _ in transactions}), [number for _, number in transactions]
    rows = await work.fetch(SPENT_SQL, names, numbers)
    return {(row["provider"], row["transaction"]): row["attempt_id"] for row in rows}


async def load_attempts(work: Work, attempts: Collection[UUID]) -> dict[UUID, Attempt]:
    """Attempts by id as they are now, not locked: which payables they are for never changes."""
    return {row["id"]: Attempt(*row.values()) for row in await work.fetch(ATTEMPTS_SQL, list(attempts))}


async def lock_attempts(work: Work, attempts: Collection[UUID]) -> dict[UUID, Attempt]:
    """Attempts by id, locked in id order, after the payables and orders they are for."""
    rows = await work.lock("attempts", LOCK_ATTEMPTS_SQL, list(attempts))
    return {row["id"]: Attempt(*row.values()) for row in rows}


async def save_attempts(work: Work, attempts: Iterable[Attempt]) -> None:
    """Move those whose state has changed."""
    await work.write(MOVE_ATTEMPTS, [a for a in attempts if a.state != a.before])


async def add_captured(work: Work, attempts: Iterable[Attempt]) -> None:
    """Attempts that were paid before we knew of them; nobody is asked about them."""
    rows = [
        NewAttempt(a.id, a.payable_id, a.provider, a.merchant, a.app, a.amount_minor, a.currency, a.state,
                   a.started_at, None, trace.get())
        for a in attempts
    ]  # fmt: skip
    await work.write(INSERT_ATTEMPTS, rows)


async def put_aside(work: Work, notices: Iterable[tuple[News | SplitAnswer, QuarantineReason]]) -> None:
    """Keep news that are not about what was agreed for a person to look at; the same again is kept once."""
    rows = [
        QuarantineRow(new_uuid(), news.provider, _named(news), reason, _said(news), work.now)
        for news, reason in notices
    ]
    if not rows:
        return
    await work.execute(INSERT_QUARANTINE.sql, *INSERT_QUARANTINE.arrays(rows))


def _said(news: News | SplitAnswer) -> dict[str, Any]:
    """What it says, without the mark of who paid, which nobody needs to settle it."""
    said: dict[str, Any] = msgspec.to_builtins(news)
    return {name: value for name, value in said.items() if name != "payer"}


def _named(news: News | SplitAnswer) -> str:
    """The provider's own number of a payment; of what goes out our key, since one number may be of several refunds."""
    if isinstance(news, Notice):
        return news.transaction or str(news.attempt)
    if isinstance(news, SplitAnswer):
        return str(news.split)
    return str(news.refund if isinstance(news, RefundAnswer) else news.transfer)


async def claim_queries(work: Work, *, limit: int) -> list[Any]:
    """Pending attempts whose time to be asked about has come, put off to their next one.

    Rows of id, provider, amount_minor, currency and time_over: the payable may no longer be paid.
    """
    return await work.fetch(CLAIM_QUERIES_SQL, work.now, limit)


async def save_till(work: Work, till: Till, postings: Postings) -> None:
    """Write captures, refunds and payables, and add what they book to `postings`, which the caller saves last."""
    await work.write(SAVE_PAYABLES, [till.payables[p] for p in till.touched])
    if till.voided:
        await work.execute(VOID_PAYABLES_SQL, [p.id for p in till.voided], work.now)
    await work.write(INSERT_CAPTURES, till.new_captures)
    await work.write(SAVE_CAPTURES, list(till.touched_captures.values()))
    currency_of = {c.id: till.payables[c.payable_id].currency for cs in till.captures.values() for c in cs}
    for c in till.new_captures:
        postings.post("capture", provider_clearing(c.provider), PREPAYMENT, currency_of[c.id], c.amount_minor, c.id)
    for r in till.new_refunds:
        postings.post("refund_due", PREPAYMENT, REFUNDS_PAYABLE, currency_of[r.capture_id], r.amount_minor, r.id)
    rows = [
        NewRefund(r.id, r.capture_id, r.order_id, r.amount_minor, r.reason, "due", work.now, work.now, trace.get())
        for r in till.new_refunds
    ]
    await work.write(INSERT_REFUNDS, rows)


async def finish_refunds(work: Work, answers: Collection[tuple[UUID, str, str, int | None, str, str]]) -> list[Any]:
    """(refund, state, provider's reference, amount it names, who says so, currency it names) of refunds that are still due;
    rows of those that moved, booked."""
    told, currency = map(list, zip(*answers, strict=True)), work.market.currency
    done = await work.lock("refunds", FINISH_REFUNDS_SQL, *told, work.now, currency)
    postings = Postings()
    for row in done:
        if row["state"] == "done":
            clearing = provider_clearing(row["provider"])
            postings.post("refund", REFUNDS_PAYABLE, clearing, work.market.currency, row["amount_minor"], row["id"])
    await ledger.save_postings(work, postings)
    return done


async def hear_once(work: Work, provider: str, nonce: str) -> bool:
    """Whether this sending is heard for the first time; it is remembered for a day."""
    return bool(await work.fetch_value(HEAR_ONCE_SQL, provider, nonce, work.now))
