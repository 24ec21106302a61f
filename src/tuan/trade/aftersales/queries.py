"""Reads of aftersales."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.trade.aftersales import tables

BY_DEADLINE = Wanted("deadline", is_descending=False)

CASE_SQL = (
    "SELECT c.order_id, c.number, c.kind, c.state, c.reason, c.amount_minor, c.asked_minor, c.opened_at, c.person_id, "
    "c.supplier_id, c.deadline, c.disputed_at, c.ended_at, c.outcome, c.back_carrier, c.back_tracking, c.out_carrier, "
    "c.out_tracking, o.currency, o.state AS order_state FROM aftersales.cases c JOIN orders.orders o "
    "ON o.market_id = c.market_id AND o.id = c.order_id "
    "WHERE c.market_id = $1 AND c.order_id = $2 AND c.number = $3 AND c.number > 0"
)
OF_ORDERS_SQL = (
    "SELECT order_id, number, kind, state, reason, amount_minor, asked_minor, opened_at, deadline, outcome "
    "FROM aftersales.cases WHERE market_id = $1 AND order_id = ANY($2::uuid[]) AND number > 0 ORDER BY order_id, number"
)
LINES_SQL = (
    "SELECT c.order_id, c.case_number, c.line_number, c.units, c.goods_minor, c.freight_minor, c.keeps_units, l.title, "
    "l.options, l.picture, l.sku_id, l.units AS bought_units FROM aftersales.case_lines c JOIN orders.lines l "
    "ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.number = c.line_number "
    "WHERE c.market_id = $1 AND c.order_id = ANY($2::uuid[]) ORDER BY c.order_id, c.case_number, c.line_number"
)
MESSAGES_SQL = (
    "SELECT id, side, author_id, act, text, pictures, at FROM aftersales.messages "
    "WHERE market_id = $1 AND order_id = $2 AND case_number = $3 ORDER BY at, id"
)
HEARD_SQL = (
    "SELECT DISTINCT m.side FROM aftersales.messages m JOIN aftersales.cases c ON c.market_id = m.market_id "
    "AND c.order_id = m.order_id AND c.number = m.case_number WHERE m.market_id = $1 AND m.order_id = $2 "
    "AND m.case_number = $3 AND m.at >= c.disputed_at"
)
HISTORY_SQL = (
    "SELECT c.order_id, c.number, c.kind, c.state, c.reason, c.amount_minor, c.opened_at, c.ended_at, "
    "(SELECT jsonb_agg(jsonb_build_object('at', m.at, 'text', m.text, 'pictures', m.pictures) ORDER BY m.id) "
    "FROM aftersales.messages m WHERE m.market_id = c.market_id AND m.order_id = c.order_id "
    "AND m.case_number = c.number AND m.side = 'buyer') AS written "
    "FROM aftersales.cases c WHERE c.market_id = $1 AND c.person_id = $2 ORDER BY c.order_id, c.number"
)
WRITTEN_SQL = (
    "SELECT count(*) FROM aftersales.messages m JOIN aftersales.cases c ON c.market_id = m.market_id "
    "AND c.order_id = m.order_id AND c.number = m.case_number WHERE m.market_id = $1 AND c.person_id = $2 "
    "AND m.side = 'buyer' AND (m.text <> '' OR m.pictures <> '[]')"
)
ERASED_SQL = (
    "SELECT DISTINCT p.id FROM accounts.persons p JOIN aftersales.cases c ON c.market_id = p.market_id "
    "AND c.person_id = p.id WHERE p.market_id = $1 AND p.blocked_at IS NOT NULL AND p.erased_at IS NOT NULL"
)
WAITING_SQL = (
    "SELECT count(*) FROM aftersales.cases WHERE market_id = $1 AND supplier_id = $2 "
    "AND deadline IS NOT NULL AND state IN ('asked', 'returning', 'to_send')"
)

GIVEN_SQL = invariant(
    "I6b",
    "what was given back of an order is the sum of its cases, and a cancelled order has one",
    "SELECT 'order ' || coalesce(o.id, c.order_id) FROM (SELECT id, refunded_minor FROM orders.orders "
    "WHERE market_id = $1 AND (refunded_minor > 0 OR state = 'cancelled')) o FULL JOIN (SELECT order_id, "
    "sum(amount_minor) AS amount_minor FROM aftersales.cases WHERE market_id = $1 GROUP BY order_id) c "
    "ON c.order_id = o.id WHERE o.id IS NOT NULL AND c.amount_minor IS DISTINCT FROM o.refunded_minor "
    "OR o.id IS NULL AND c.amount_minor > 0",
)
LINES_ADD_UP_SQL = invariant(
    "I6c",
    "a case is the sum of its lines, and what single lines gave back is the sum of the cases that gave it",
    "SELECT 'case:' || c.order_id || '/' || c.number FROM aftersales.cases c JOIN (SELECT order_id, case_number, "
    "sum(goods_minor + freight_minor) AS amount FROM aftersales.case_lines WHERE market_id = $1 "
    "GROUP BY order_id, case_number) s ON s.order_id = c.order_id AND s.case_number = c.number WHERE c.market_id = $1 "
    "AND CASE WHEN c.outcome = 'given_back' THEN c.amount_minor <> s.amount ELSE s.amount <> c.asked_minor END "
    "UNION ALL SELECT 'line ' || l.order_id || '/' || l.number FROM orders.lines l LEFT JOIN (SELECT x.order_id, "
    "x.line_number, sum(x.goods_minor + x.freight_minor) AS amount, "
    "sum(CASE WHEN x.keeps_units THEN 0 ELSE x.units END) AS units FROM aftersales.case_lines x "
    "JOIN aftersales.cases c ON c.market_id = x.market_id AND c.order_id = x.order_id AND c.number = x.case_number "
    "WHERE x.market_id = $1 AND c.outcome = 'given_back' GROUP BY x.order_id, x.line_number) g "
    "ON g.order_id = l.order_id AND g.line_number = l.number WHERE l.market_id = $1 "
    "AND NOT EXISTS (SELECT FROM aftersales.cases w WHERE w.market_id = $1 AND w.order_id = l.order_id AND w.number = 0) "
    "AND (l.refunded_minor, l.returned_units) IS DISTINCT FROM (coalesce(g.amount, 0), coalesce(g.units, 0))",
)
HELD_SQL = invariant(
    "I6d",
    "settlement waits for the lines of open cases, where they are not settled yet, and for no others, and they hold no unit that was given back",
    "SELECT 'line ' || coalesce(x.order_id, h.order_id) || '/' || coalesce(x.line_number, h.line_number) FROM "
    "(SELECT c.id, l.order_id, l.line_number FROM aftersales.cases c JOIN aftersales.case_lines l "
    "ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.case_number = c.number "
    "WHERE c.market_id = $1 AND c.deadline IS NOT NULL AND NOT EXISTS (SELECT FROM settlement.claims s "
    "WHERE s.market_id = $1 AND s.order_id = l.order_id AND s.line_number = l.line_number)) x FULL JOIN "
    "(SELECT case_id, order_id, line_number FROM settlement.holds WHERE market_id = $1) h "
    "ON h.case_id = x.id AND h.order_id = x.order_id AND h.line_number = x.line_number "
    "WHERE x.id IS NULL OR h.case_id IS NULL UNION ALL "
    "SELECT 'case:' || c.order_id || '/' || c.number FROM aftersales.cases c JOIN aftersales.case_lines x "
    "ON x.market_id = c.market_id AND x.order_id = c.order_id AND x.case_number = c.number JOIN orders.lines l "
    "ON l.market_id = x.market_id AND l.order_id = x.order_id AND l.number = x.line_number WHERE c.market_id = $1 "
    "AND (x.is_open <> (c.state NOT IN ('done', 'closed')) OR x.is_open AND x.units > l.units - l.returned_units)",
)
DUE_SQL = invariant(
    "I20b",
    "no case outlives its deadline by more than ten minutes of the database's clock, but one that the operator decides",
    "SELECT 'case:' || c.order_id || '/' || c.number FROM aftersales.cases c JOIN platform.markets m ON m.id = c.market_id "
    "WHERE c.market_id = $1 AND c.state <> 'arbitration' "
    "AND c.deadline < clock_timestamp() + m.clock_offset - interval '10 minutes'",
)


async def access_case(
    work: Work, order: UUID, number: int, *, person: UUID | None = None, supplier: UUID | None = None
) -> Any:
    """A case of this buyer, or of this supplier, or (for the office) whosever; raises Refused(NotFound)."""
    row = await work.fetch_one(CASE_SQL, order, number)
    if row is None or person not in (None, row["person_id"]) or supplier not in (None, row["supplier_id"]):
        raise Refused(NotFound())
    return row


async def cases_of(work: Work, orders: Collection[UUID]) -> dict[UUID, list[Any]]:
    """What was asked about these orders, by order, oldest first; an order without a case is not in it."""
    found: dict[UUID, list[Any]] = {}
    for row in await work.fetch(OF_ORDERS_SQL, list(orders)):
        found.setdefault(row["order_id"], []).append(row)
    return found


async def lines_of(work: Work, orders: Collection[UUID]) -> dict[tuple[UUID, int], list[Any]]:
    """Rows of the lines of all cases of these orders with what was bought, by (order, case)."""
    found: dict[tuple[UUID, int], list[Any]] = {}
    for row in await work.fetch(LINES_SQL, list(orders)):
        found.setdefault((row["order_id"], row["case_number"]), []).append(row)
    return found


async def messages_of(work: Work, order: UUID, number: int) -> list[Any]:
    """The log of a case, oldest line first."""
    return await work.fetch(MESSAGES_SQL, order, number)


async def heard(work: Work, order: UUID, number: int) -> set[str]:
    """The sides that said something since the operator was asked to decide."""
    return {row["side"] for row in await work.fetch(HEARD_SQL, order, number)}


async def search_cases(
    work: Work, wanted: Wanted = BY_DEADLINE, *, supplier: UUID | None = None, states: Collection[str] = ()
) -> Page[Any]:
    """Cases that are not over by `deadline`, or all by `newest`; of one supplier, or of everybody.

    Two cases of one order never share an instant, since its row is locked while one is opened or moved.
    """
    c, o = tables.cases, metadata.tables["orders.orders"]
    query = (
        sa.select(c.c.order_id, c.c.number, c.c.kind, c.c.state, c.c.reason, c.c.amount_minor, c.c.asked_minor,
                  c.c.opened_at, c.c.deadline, c.c.outcome, c.c.person_id, c.c.supplier_id, o.c.currency)
        .join(o, sa.and_(o.c.market_id == c.c.market_id, o.c.id == c.c.order_id))
        .where(c.c.market_id == work.market.id, c.c.number > 0)
    )  # fmt: skip
    if supplier is not None:
        query = query.where(c.c.supplier_id == supplier)
    if states:
        query = query.where(c.c.state.in_(states))
    if wanted.sort == BY_DEADLINE.sort:
        query = query.where(c.c.deadline.is_not(None))
    sorts = {"newest": c.c.opened_at, "deadline": c.c.deadline}
    return await list_rows(work, query, wanted, sorts=sorts, key=c.c.order_id)


async def count_waiting(work: Work, supplier: UUID) -> int:
    """Cases that wait for this supplier's answer, parcel or confirmation."""
    found: int = await work.fetch_value(WAITING_SQL, supplier)
    return found


async def count_written(work: Work, person: UUID) -> int:
    """Lines of this person in logs that still say something."""
    found: int = await work.fetch_value(WRITTEN_SQL, person)
    return found


async def erased_with_words(work: Work) -> list[UUID]:
    """Persons who were erased and had asked for something back."""
    return [row["id"] for row in await work.fetch(ERASED_SQL)]


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: what he asked, and what he wrote and showed."""
    return [dict(row) for row in await work.fetch(HISTORY_SQL, person)]
