"""Reads of payments."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.trade.payments import store, tables
from tuan.trade.payments.errors import BeingConfirmed
from tuan.trade.payments.model import Agreed, Capture, Payable, PayableId, Refund, Till

NEWEST = Wanted()

PAYABLE_SQL = (
    "SELECT p.id, p.person_id, p.currency, p.amount_minor, p.applied_minor, p.pay_by, p.pay_from, p.after_id, p.void_at, "
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
LAST_ASKED_SQL = (
    "SELECT a.payable_id, CASE WHEN a.next_query_at > p.pay_by THEN a.next_query_at - interval '30 seconds' "
    "* (1 << least(greatest(a.queries, 1) - 1, 3)) END AS asked_at FROM payments.attempts a JOIN payments.payables p "
    "ON p.market_id = a.market_id AND p.id = a.payable_id "
    "WHERE a.market_id = $1 AND a.state = 'pending' AND a.payable_id = ANY($2::uuid[])"
)
"""The pauses are those of store.CLAIM_QUERIES_SQL, by which the next question stands past `pay_by` only once one was."""
REFUNDS_SQL = (
    "SELECT r.order_id, r.amount_minor, r.state, r.asked_at, r.done_at, r.reason, c.provider FROM payments.refunds r "
    "JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
    "WHERE r.market_id = $1 AND r.order_id = ANY($2::uuid[]) ORDER BY r.id"
)
ATTEMPTS_OF_SQL = (
    "SELECT id, provider, amount_minor, currency, state, started_at, queries, next_query_at FROM payments.attempts "
    "WHERE market_id = $1 AND payable_id = ANY($2::uuid[]) ORDER BY id"
)
ASIDE_SQL = "SELECT count(*) FROM payments.quarantine WHERE market_id = $1 AND id = $2"
CAPTURED_PER_DAY_SQL = (
    "SELECT width_bucket(received_at, $2::timestamptz[]) AS day, count(*) AS captures, "
    "sum(amount_minor)::bigint AS amount_minor FROM payments.captures WHERE market_id = $1 "
    "AND received_at >= $3 AND received_at < $4 GROUP BY 1"
)
REFUNDS_BY_REASON_SQL = (
    "SELECT reason, count(*) AS refunds, sum(amount_minor)::bigint AS amount_minor FROM payments.refunds "
    "WHERE market_id = $1 AND asked_at >= $2 AND asked_at < $3 GROUP BY reason ORDER BY 3 DESC, 1"
)
NEEDS_A_HAND_SQL = (
    "SELECT (SELECT count(*) FROM payments.refunds WHERE market_id = $1 AND state = 'stuck') AS stuck_refunds, "
    "(SELECT count(*) FROM payments.quarantine WHERE market_id = $1 AND resolved_at IS NULL) AS quarantined, "
    "(SELECT coalesce(sum(amount_minor), 0)::bigint FROM payments.refunds WHERE market_id = $1 AND asked_at >= $2) "
    "AS given_back_minor"
)
OF_PERSON_SQL = (
    "SELECT p.amount_minor, p.applied_minor, p.refunded_minor, p.currency, p.created_at, c.provider, c.transaction, "
    "c.paid_at FROM payments.payables p LEFT JOIN payments.captures c ON c.market_id = p.market_id "
    "AND c.payable_id = p.id WHERE p.market_id = $1 AND p.person_id = $2 ORDER BY p.id, c.id"
)

BOOKED_CHARGES_SQL = (
    "SELECT c.attempt_id AS key, c.transaction, c.amount_minor, p.currency FROM payments.captures c "
    "JOIN payments.payables p ON p.market_id = c.market_id AND p.id = c.payable_id "
    "WHERE c.market_id = $1 AND c.provider = $2 AND c.transaction = ANY($3::text[])"
)
BOOKED_REFUNDS_SQL = (
    "SELECT r.id AS key, c.transaction, r.amount_minor FROM payments.refunds r "
    "JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
    "WHERE r.market_id = $1 AND c.provider = $2 AND r.state = 'done' AND r.id = ANY($3::uuid[])"
)
AGREED_REFUNDS_SQL = (
    "SELECT r.id, c.provider, r.amount_minor, p.currency, r.state FROM payments.refunds r JOIN payments.captures c "
    "ON c.market_id = r.market_id AND c.id = r.capture_id JOIN payments.payables p ON p.market_id = c.market_id "
    "AND p.id = c.payable_id WHERE r.market_id = $1 AND r.id = ANY($2::uuid[])"
)
CHARGED_BETWEEN_SQL = (
    "SELECT transaction FROM payments.captures WHERE market_id = $1 AND provider = $2 AND received_at >= $3 "
    "AND paid_at >= $3 AND paid_at < $4"
)
REFUNDED_BETWEEN_SQL = (
    "SELECT r.id FROM payments.refunds r JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
    "WHERE r.market_id = $1 AND c.provider = $2 AND r.state = 'done' AND r.done_at >= $3 AND r.done_at < $4 "
    "AND r.asked_at >= $3::timestamptz - interval '60 days'"
)
"""What is done was asked for before; the bound on the latter lets its index skip years."""
PROVIDERS_SQL = (
    "WITH RECURSIVE used AS (SELECT min(provider) AS provider FROM payments.captures WHERE market_id = $1 UNION ALL "
    "SELECT (SELECT min(c.provider) FROM payments.captures c WHERE c.market_id = $1 AND c.provider > used.provider) "
    "FROM used WHERE used.provider IS NOT NULL) SELECT provider FROM used WHERE provider IS NOT NULL"
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


async def last_asked(work: Work, payables: Collection[UUID]) -> dict[UUID, Instant | None]:
    """Those of these payables that have an attempt under way, with when its provider was last asked since the time to pay
    was over; None where nobody has asked since."""
    return {row["payable_id"]: row["asked_at"] for row in await work.fetch(LAST_ASKED_SQL, list(payables))}


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


# ── for the office: of whomever ──
async def captures_of(work: Work, payables: Collection[UUID]) -> list[Any]:
    """Money that came for these payables, oldest first, with what of each is not on its way back (refundable_minor)."""
    return await work.fetch(store.CAPTURES_SQL, list(payables))


async def attempts_of(work: Work, payables: Collection[UUID]) -> list[Any]:
    """Every try to pay them, oldest first."""
    return await work.fetch(ATTEMPTS_OF_SQL, list(payables))


async def foresee_refund(
    work: Work, payables: Sequence[UUID], order: UUID, amount_minor: int
) -> list[tuple[Any, int]] | Refusal:
    """What giving this back would take from which capture, decided by the till itself, and nothing done.

    payables: those of one order, the first one first. Pairs of (row of `captures_of`, minor units).
    """
    rows, payable = await captures_of(work, payables), payables[0]
    captures = [
        Capture(r["id"], PayableId(payable), None, r["provider"], r["transaction"], r["amount_minor"],  # type: ignore[arg-type]
                r["applied_minor"], r["refunded_minor"], r["paid_at"], r["received_at"], r["refundable_minor"])
        for r in rows
    ]  # fmt: skip
    till = Till([Payable(PayableId(payable), UUID(int=0), "", amount_minor, amount_minor, 0, work.now)], captures)
    if refusal := till.why_not_refund(PayableId(payable), amount_minor):
        return refusal
    by_id = {row["id"]: row for row in rows}
    made: Sequence[Refund] = till.refund(PayableId(payable), order, amount_minor, "")
    return [(by_id[one.capture_id], one.amount_minor) for one in made]


async def captures(work: Work, wanted: Wanted = NEWEST) -> Page[Any]:
    """Money that came: id, provider, transaction, amounts, times, payable_id, currency."""
    c, p = tables.captures, tables.payables
    query = (
        sa.select(c.c.id, c.c.provider, c.c.transaction, c.c.amount_minor, c.c.applied_minor, c.c.refunded_minor,
                  c.c.paid_at, c.c.received_at, c.c.payable_id, p.c.currency)
        .join(p, sa.and_(p.c.market_id == c.c.market_id, p.c.id == c.c.payable_id))
        .where(c.c.market_id == work.market.id)
    )  # fmt: skip
    return await list_rows(work, query, wanted, sorts={"newest": c.c.id}, key=c.c.id)


async def refunds(work: Work, wanted: Wanted = NEWEST, *, states: Collection[str] = ()) -> Page[Any]:
    """Money on its way back and what has arrived, sorted by `newest`, `amount` or `state`; only those in `states`, if named."""
    r, c = tables.refunds, tables.captures
    query = (
        sa.select(r.c.id, r.c.order_id, r.c.amount_minor, r.c.reason, r.c.state, r.c.tries, r.c.next_attempt_at,
                  r.c.asked_at, r.c.done_at, c.c.provider, c.c.transaction)
        .join(c, sa.and_(c.c.market_id == r.c.market_id, c.c.id == r.c.capture_id))
        .where(r.c.market_id == work.market.id)
    )  # fmt: skip
    if states:
        query = query.where(r.c.state.in_(states))
    sorts = {"newest": r.c.id, "amount": r.c.amount_minor, "state": r.c.state}
    return await list_rows(work, query, wanted, sorts=sorts, key=r.c.id)


async def quarantine(work: Work, wanted: Wanted = NEWEST, *, is_open: bool = True) -> Page[Any]:
    """Notices put aside: what was said, and of the attempt it names (if any) what had been agreed."""
    q, a = tables.quarantine, tables.attempts
    query = (
        sa.select(q.c.id, q.c.provider, q.c.transaction, q.c.reason, q.c.notice, q.c.at, q.c.resolution, q.c.resolved_at,
                  a.c.id.label("attempt_id"), a.c.payable_id, a.c.provider.label("agreed_provider"), a.c.merchant, a.c.app,
                  a.c.amount_minor, a.c.currency, a.c.state.label("attempt_state"))
        .outerjoin(a, sa.and_(a.c.market_id == q.c.market_id,
                              sa.cast(a.c.id, sa.Text) == q.c.notice["attempt"].astext))
        .where(q.c.market_id == work.market.id, q.c.resolved_at.is_(None) == is_open)
    )  # fmt: skip
    return await list_rows(work, query, wanted, sorts={"newest": q.c.id}, key=q.c.id)


async def is_in_quarantine(work: Work, notice: UUID) -> bool:
    return bool(await work.fetch_value(ASIDE_SQL, notice))


async def agreed_refunds(work: Work, refunds: Collection[UUID]) -> dict[UUID, Agreed]:
    """Of whom these refunds were asked, for how much, and how they stand."""
    rows = await work.fetch(AGREED_REFUNDS_SQL, list(refunds))
    return {id: Agreed(*agreed) for id, *agreed in (row.values() for row in rows)}


async def captured_per_day(work: Work, days: Sequence[Instant]) -> list[tuple[int, int]]:
    """(captures, minor units) of each stretch between two of these instants, in their order."""
    rows = await work.fetch(CAPTURED_PER_DAY_SQL, list(days[:-1]), days[0], days[-1])
    found = {row["day"]: (row["captures"], row["amount_minor"]) for row in rows}
    return [found.get(day, (0, 0)) for day in range(1, len(days))]


async def refunds_by_reason(work: Work, since: Instant, until: Instant) -> list[Any]:
    """Rows of reason, refunds, amount_minor; the largest amount first."""
    return await work.fetch(REFUNDS_BY_REASON_SQL, since, until)


async def needs_a_hand(work: Work, since: Instant) -> Any:
    """Row of stuck_refunds, quarantined (open), and given_back_minor since this instant."""
    return await work.fetch_one(NEEDS_A_HAND_SQL, since)


# ── for comparing with statements ──
async def booked_charges(work: Work, provider: str, transactions: Collection[str]) -> list[Any]:
    """Rows of key (the attempt), transaction, amount_minor, currency of these payments, where they were captured."""
    return await work.fetch(BOOKED_CHARGES_SQL, provider, list(transactions))


async def booked_refunds(work: Work, provider: str, refunds: Collection[UUID]) -> list[Any]:
    """Rows of key, transaction, amount_minor of those of these refunds that are done."""
    return await work.fetch(BOOKED_REFUNDS_SQL, provider, list(refunds))


async def moved_between(work: Work, provider: str, since: Instant, until: Instant) -> tuple[list[str], list[UUID]]:
    """The payments that were made and the refunds that were done in this time."""
    charged = await work.fetch(CHARGED_BETWEEN_SQL, provider, since, until)
    refunded = await work.fetch(REFUNDED_BETWEEN_SQL, provider, since, until)
    return [row["transaction"] for row in charged], [row["id"] for row in refunded]


async def providers_used(work: Work) -> list[str]:
    """Those that ever took money for this market."""
    return [row["provider"] for row in await work.fetch(PROVIDERS_SQL)]


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: what he owed, and what came."""
    return [dict(row) for row in await work.fetch(OF_PERSON_SQL, person)]
