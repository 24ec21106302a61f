"""All SQL of the sandbox provider's books, and their rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.gateways.payment import ChargeState
from tuan.platform.gateways.sandbox import tables
from tuan.platform.work import Work, trace

INSERT_CHARGES_SQL = (
    "INSERT INTO sandbox.charges (market_id, attempt_id, amount_minor, currency, state, notify_url, faults, doubts) "
    "SELECT $1, u.attempt_id, u.amount_minor, u.currency, 'waiting', u.notify_url, $6::text[], $7::int "
    "FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[]) AS u(attempt_id, amount_minor, currency, notify_url) "
    "ON CONFLICT DO NOTHING"
)
READ_CHARGES_SQL = (
    "SELECT attempt_id, amount_minor, currency, state, paid_at, notify_url, faults, doubts, payer FROM sandbox.charges "
    "WHERE market_id = $1 AND attempt_id = ANY($2::uuid[])"
)
LOCK_CHARGES_SQL = f"{READ_CHARGES_SQL} ORDER BY attempt_id FOR UPDATE"
SAVE_CHARGES = bulk.update(tables.charges, key=["attempt_id"], columns=["state", "paid_at", "payer"])
MISBEHAVE_SQL = (
    "UPDATE sandbox.charges SET faults = $3::text[], doubts = $4 WHERE market_id = $1 AND attempt_id = ANY($2::uuid[]) "
    "AND state IN ('waiting', 'declined')"
)
LOSE_ANSWERS_SQL = "UPDATE sandbox.charges SET doubts = doubts - 1 WHERE market_id = $1 AND attempt_id = ANY($2::uuid[]) AND doubts > 0"
REFUNDS_OF_SQL = (
    "SELECT refund_id, transaction, amount_minor, doubts FROM sandbox.refunds "
    "WHERE market_id = $1 AND transaction = ANY($2::text[])"
)
INSERT_REFUNDS = bulk.insert(
    tables.refunds, "refund_id", "transaction", "amount_minor", "currency", "done_at", "doubts"
)
LOSE_REFUND_ANSWERS_SQL = (
    "UPDATE sandbox.refunds SET doubts = doubts - 1 WHERE market_id = $1 AND refund_id = ANY($2::uuid[]) AND doubts > 0"
)
PAID_SQL = (
    "SELECT attempt_id, amount_minor, currency, state, paid_at, notify_url, faults, doubts, payer FROM sandbox.charges "
    "WHERE market_id = $1 AND state = 'paid' AND paid_at >= $2 AND paid_at < $3"
)
GIVEN_BACK_SQL = (
    "SELECT refund_id, transaction, amount_minor, currency, done_at FROM sandbox.refunds "
    "WHERE market_id = $1 AND done_at >= $2 AND done_at < $3"
)
READ_TRANSFERS_SQL = (
    "SELECT transfer_id, payee, amount_minor, currency, state, done_at, doubts FROM sandbox.transfers "
    "WHERE market_id = $1 AND transfer_id = ANY($2::uuid[])"
)
INSERT_TRANSFERS = bulk.insert(
    tables.transfers, "transfer_id", "payee", "amount_minor", "currency", "state", "done_at", "doubts"
)  # fmt: skip
LOSE_TRANSFER_ANSWERS_SQL = "UPDATE sandbox.transfers SET doubts = doubts - 1 WHERE market_id = $1 AND transfer_id = ANY($2::uuid[]) AND doubts > 0"
PAID_OUT_SQL = (
    "SELECT transfer_id, amount_minor, currency, done_at FROM sandbox.transfers "
    "WHERE market_id = $1 AND done_at >= $2 AND done_at < $3"
)
SPLITS_OF_SQL = (
    "SELECT split_id, transaction, payee, amount_minor, currency, state, done_at, doubts FROM sandbox.splits "
    "WHERE market_id = $1 AND transaction = ANY($2::text[])"
)
INSERT_SPLITS = bulk.insert(
    tables.splits, "split_id", "transaction", "payee", "amount_minor", "currency", "state", "done_at", "doubts"
)
LOSE_SPLIT_ANSWERS_SQL = (
    "UPDATE sandbox.splits SET doubts = doubts - 1 WHERE market_id = $1 AND split_id = ANY($2::uuid[]) AND doubts > 0"
)
DIVIDED_SQL = (
    "SELECT split_id, amount_minor, currency, done_at FROM sandbox.splits "
    "WHERE market_id = $1 AND done_at >= $2 AND done_at < $3"
)
INSERT_DELIVERIES = bulk.insert(
    tables.deliveries, "notice_id", "copy", "attempt_id", "url", "said", "body", "due_at", "trace"
)
CLAIM_DELIVERIES_SQL = (
    "WITH due AS (SELECT d.notice_id, d.copy FROM sandbox.deliveries d WHERE d.market_id = $1 AND d.due_at <= $2 "
    "ORDER BY d.due_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE sandbox.deliveries AS d SET tries = d.tries + 1, "
    "due_at = $2::timestamptz + interval '1 second' * ($4::int[])[d.tries + 1] FROM due "
    "WHERE d.market_id = $1 AND d.notice_id = due.notice_id AND d.copy = due.copy "
    "RETURNING d.notice_id, d.copy, d.url, d.body, d.tries, d.trace, coalesce((SELECT c.faults FROM sandbox.charges c "
    "WHERE c.market_id = $1 AND c.attempt_id = d.attempt_id), '{}') AS faults"
)
OLD_DELIVERIES_SQL = (
    "WITH walked AS (SELECT d.notice_id, d.copy, d.delivered_at FROM sandbox.deliveries d WHERE d.market_id = $1 "
    "AND (d.notice_id, d.copy) > ($2::uuid, $3::int) ORDER BY d.notice_id, d.copy LIMIT $4), "
    "forgotten AS (DELETE FROM sandbox.deliveries o USING walked w WHERE o.market_id = $1 "
    "AND o.notice_id = w.notice_id AND o.copy = w.copy AND w.delivered_at < $5) "
    "SELECT notice_id, copy FROM walked ORDER BY notice_id DESC, copy DESC LIMIT 1"
)
ANSWERED_SQL = (
    "UPDATE sandbox.deliveries AS d SET answer = u.answer, "
    "delivered_at = CASE WHEN u.is_taken THEN $6::timestamptz END, due_at = CASE WHEN NOT u.is_taken THEN d.due_at END "
    "FROM unnest($2::uuid[], $3::int[], $4::text[], $5::bool[]) AS u(notice_id, copy, answer, is_taken) "
    "WHERE d.market_id = $1 AND d.notice_id = u.notice_id AND d.copy = u.copy AND d.delivered_at IS NULL"
)
SENT_SQL = (
    "SELECT said, tries, due_at, delivered_at, answer FROM sandbox.deliveries "
    "WHERE market_id = $1 AND attempt_id = $2 ORDER BY notice_id, copy"
)


@dataclass(slots=True)
class ChargeRow:
    """A charge as the books have it, whatever is said of it."""

    attempt_id: UUID
    amount_minor: int
    currency: str
    state: str
    paid_at: Instant | None
    notify_url: str
    faults: Collection[str]
    doubts: int
    payer: str = ""
    """Whose account it was paid from, as his bank calls it."""


@dataclass(slots=True)
class RefundRow:
    refund_id: UUID
    transaction: str
    amount_minor: int
    currency: str
    done_at: Instant
    doubts: int


@dataclass(slots=True)
class TransferRow:
    """A pay-out as the books have it; one that failed is remembered, so that asking again fails again."""

    transfer_id: UUID
    payee: str
    amount_minor: int
    currency: str
    state: str
    done_at: Instant | None
    doubts: int


@dataclass(slots=True)
class SplitRow:
    """A share of a payment that was moved to its payee, or could not be."""

    split_id: UUID
    transaction: str
    payee: str
    amount_minor: int
    currency: str
    state: str
    done_at: Instant | None
    doubts: int


@dataclass(slots=True)
class DeliveryRow:
    """One copy of a notice on its way; its body is written once and sent unchanged however often.

    attempt_id: the charge that it tells of; None for one of a refund or a transfer.
    """

    notice_id: UUID
    copy: int
    attempt_id: UUID | None
    url: str
    said: str
    body: str
    due_at: Instant
    trace: str = field(default_factory=trace.get)


@dataclass(frozen=True, slots=True)
class SentNotice:
    """What became of a notice. due_at: when it is sent next, None once taken or given up; answer: the last one."""

    said: ChargeState
    tries: int
    due_at: Instant | None
    delivered_at: Instant | None
    answer: str


@dataclass(slots=True)
class GivenBack:
    """What has been given back of each payment, by transaction, and each refund's row by its key."""

    by_key: dict[UUID, Any] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)


async def read_charges(work: Work, attempts: Collection[UUID], *, lock: bool = False) -> dict[UUID, ChargeRow]:
    """The charges by attempt; one that was never heard of is not among them."""
    rows = await work.fetch(LOCK_CHARGES_SQL if lock else READ_CHARGES_SQL, list(attempts))
    return {row["attempt_id"]: ChargeRow(*row.values()) for row in rows}


async def read_refunds(work: Work, transactions: Collection[str]) -> GivenBack:
    found = GivenBack()
    for row in await work.fetch(REFUNDS_OF_SQL, list(transactions)):
        found.by_key[row["refund_id"]] = row
        found.sums[row["transaction"]] = found.sums.get(row["transaction"], 0) + row["amount_minor"]
    return found


async def read_transfers(work: Work, transfers: Collection[UUID]) -> dict[UUID, TransferRow]:
    """The transfers by key; one that was never heard of is not among them."""
    rows = await work.fetch(READ_TRANSFERS_SQL, list(transfers))
    return {row["transfer_id"]: TransferRow(*row.values()) for row in rows}


async def read_splits(work: Work, transactions: Collection[str]) -> dict[UUID, SplitRow]:
    """What was split of these payments, by key."""
    rows = await work.fetch(SPLITS_OF_SQL, list(transactions))
    return {row["split_id"]: SplitRow(*row.values()) for row in rows}


async def movements_of(work: Work, day: date) -> tuple[list[ChargeRow], list[Any], list[Any], list[Any]]:
    """The charges that were paid, the refunds, transfers and splits that were done on this day (UTC)."""
    begin = datetime.combine(day, time(), UTC)
    end = begin + timedelta(days=1)
    paid = [ChargeRow(*row.values()) for row in await work.fetch(PAID_SQL, begin, end)]
    back, out = await work.fetch(GIVEN_BACK_SQL, begin, end), await work.fetch(PAID_OUT_SQL, begin, end)
    return paid, back, out, await work.fetch(DIVIDED_SQL, begin, end)


async def sent(work: Work, attempt: UUID) -> Sequence[SentNotice]:
    return [_sent(row) for row in await work.fetch(SENT_SQL, attempt)]


def _sent(row: Any) -> SentNotice:
    return SentNotice(ChargeState(row["said"]), row["tries"], row["due_at"], row["delivered_at"], row["answer"])
