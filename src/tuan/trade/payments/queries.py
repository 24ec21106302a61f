"""Reads of payments."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.trade.payments.errors import BeingConfirmed

PAYABLE_SQL = (
    "SELECT p.id, p.person_id, p.currency, p.amount_minor, p.applied_minor, p.pay_by, "
    "(SELECT a.id FROM payments.attempts a WHERE a.market_id = p.market_id AND a.payable_id = p.id "
    "AND a.state = 'pending') AS pending_attempt, "
    "(SELECT a.state FROM payments.attempts a WHERE a.market_id = p.market_id AND a.payable_id = p.id "
    "ORDER BY a.id DESC LIMIT 1) AS last_state "
    "FROM payments.payables p WHERE p.market_id = $1 AND p.id = $2"
)
ATTEMPT_SQL = (
    "SELECT a.id, a.payable_id, a.provider, a.amount_minor, a.currency, a.state, p.person_id FROM payments.attempts a "
    "JOIN payments.payables p ON p.market_id = a.market_id AND p.id = a.payable_id "
    "WHERE a.market_id = $1 AND a.id = $2"
)
PENDING_OF_SQL = (
    "SELECT DISTINCT payable_id FROM payments.attempts "
    "WHERE market_id = $1 AND state = 'pending' AND payable_id = ANY($2::uuid[])"
)
REFUNDS_SQL = (
    "SELECT r.order_id, r.amount_minor, r.state, r.asked_at, r.done_at, r.reason, c.provider FROM payments.refunds r "
    "JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
    "WHERE r.market_id = $1 AND r.order_id = ANY($2::uuid[]) ORDER BY r.id"
)

CAPTURES_FIT_SQL = invariant(
    "I5",
    "what was applied never passes what was owed, and what came too much goes back",
    "SELECT 'payable ' || p.id FROM payments.payables p LEFT JOIN (SELECT payable_id, sum(applied_minor) AS applied "
    "FROM payments.captures WHERE market_id = $1 GROUP BY payable_id) c ON c.payable_id = p.id "
    "WHERE p.market_id = $1 AND (p.applied_minor <> coalesce(c.applied, 0) OR p.applied_minor > p.amount_minor) "
    "UNION ALL SELECT 'capture ' || c.id FROM payments.captures c WHERE c.market_id = $1 "
    "AND c.amount_minor - c.applied_minor <> coalesce((SELECT sum(r.amount_minor) FROM payments.refunds r "
    "WHERE r.market_id = $1 AND r.capture_id = c.id AND r.order_id IS NULL), 0)",
)
REFUNDS_FIT_SQL = invariant(
    "I6",
    "refunds never pass what was captured",
    "SELECT 'capture ' || c.id FROM payments.captures c LEFT JOIN (SELECT capture_id, sum(amount_minor) AS refunded "
    "FROM payments.refunds WHERE market_id = $1 GROUP BY capture_id) r ON r.capture_id = c.id "
    "WHERE c.market_id = $1 AND (c.refunded_minor <> coalesce(r.refunded, 0) OR c.refunded_minor > c.amount_minor)",
)
SNAPSHOT_SQL = invariant(
    "I7",
    "every capture has the amount, provider and attempt that were agreed",
    "SELECT 'capture ' || c.id FROM payments.captures c JOIN payments.attempts a "
    "ON a.market_id = c.market_id AND a.id = c.attempt_id WHERE c.market_id = $1 "
    "AND (c.amount_minor <> a.amount_minor OR c.provider <> a.provider OR c.payable_id <> a.payable_id "
    "OR a.state <> 'captured')",
)
LEDGER_FITS_SQL = invariant(
    "I8",
    "every capture and every refund is booked once, with its amount",
    "SELECT coalesce(e.kind, t.kind) || ' ' || coalesce(e.id, t.about) FROM ("
    "SELECT 'capture' AS kind, id, amount_minor FROM payments.captures WHERE market_id = $1 UNION ALL "
    "SELECT 'refund_due', id, amount_minor FROM payments.refunds WHERE market_id = $1 UNION ALL "
    "SELECT 'refund', id, amount_minor FROM payments.refunds WHERE market_id = $1 AND state = 'done') e "
    "FULL JOIN (SELECT kind, about, amount FROM ledger.transfers WHERE market_id = $1 "
    "AND kind IN ('capture', 'refund_due', 'refund')) t ON t.kind = e.kind AND t.about = e.id "
    "WHERE e.amount_minor IS DISTINCT FROM t.amount",
)


async def pending_among(work: Work, payables: Collection[UUID]) -> set[UUID]:
    """Those of these payables that have an attempt whose outcome is not known."""
    return {row["payable_id"] for row in await work.fetch(PENDING_OF_SQL, list(payables))}


async def why_not_close(work: Work, payables: Collection[UUID]) -> Refusal | None:
    """Refused while a payment is under way, because its outcome is not known."""
    return BeingConfirmed() if await pending_among(work, payables) else None


async def access_payable(work: Work, payable: UUID, person: UUID) -> Any:
    """The payable with its pending attempt and the state of the last one; raises Refused(NotFound)."""
    row = await work.fetch_one(PAYABLE_SQL, payable)
    if row is None or row["person_id"] != person:
        raise Refused(NotFound())
    return row


async def access_attempt(work: Work, attempt: UUID, person: UUID) -> Any:
    """Row of id, payable_id, provider, amount_minor, currency, state, person_id; raises Refused(NotFound)."""
    row = await work.fetch_one(ATTEMPT_SQL, attempt)
    if row is None or row["person_id"] != person:
        raise Refused(NotFound())
    return row


async def refunds_of(work: Work, orders: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Rows of the refunds of these orders with their provider, by order, oldest first; an order without one is not in it."""
    found: dict[UUID, list[Any]] = {}
    for row in await work.fetch(REFUNDS_SQL, list(orders)):
        found.setdefault(row["order_id"], []).append(row)
    return found
