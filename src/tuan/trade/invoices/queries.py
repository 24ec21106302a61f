"""Reads of invoices."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.platform.invariants import invariant
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.trade.invoices import store, tables
from tuan.trade.invoices.model import InvoiceLine

OF_ORDER_SQL = (
    "SELECT id, kind, title, tax_number, email, state, asked_at, ended_at, number, issued_on, amount_minor, tax_minor, red_minor, "
    "reason, currency FROM invoices.invoices WHERE market_id = $1 AND order_id = $2 ORDER BY id DESC LIMIT 1"
)
REDS_OF_SQL = (
    "SELECT id, amount_minor, tax_minor, state, made_at, number, issued_on FROM invoices.reds "
    "WHERE market_id = $1 AND invoice_id = $2 ORDER BY id"
)
REDS_DUE_SQL = (
    "SELECT r.id, r.invoice_id, r.amount_minor, r.tax_minor, r.made_at, i.order_id, i.title, i.number, i.currency "
    "FROM invoices.reds r JOIN invoices.invoices i ON i.market_id = r.market_id AND i.id = r.invoice_id "
    "WHERE r.market_id = $1 AND r.supplier_id = $2 AND r.state = 'due' ORDER BY r.id LIMIT $3"
)
REDS_SHOWN_MAX = 100
WITH_ISSUED_SQL = "SELECT DISTINCT order_id FROM invoices.invoices WHERE market_id = $1 AND state = 'issued' AND order_id = ANY($2::uuid[])"
HISTORY_SQL = (
    "SELECT order_id, kind, title, tax_number, email, state, asked_at, ended_at, number, issued_on, amount_minor, tax_minor, "
    "red_minor, reason FROM invoices.invoices WHERE market_id = $1 AND person_id = $2 ORDER BY id"
)
KEPT_SQL = "SELECT count(*) FROM invoices.invoices WHERE market_id = $1 AND person_id = $2 AND title <> ''"
ERASED_SQL = (
    "SELECT DISTINCT p.id FROM accounts.persons p JOIN invoices.invoices i ON i.market_id = p.market_id AND i.person_id = p.id "
    "WHERE p.market_id = $1 AND p.blocked_at IS NOT NULL AND p.erased_at IS NOT NULL"
)
WAITING_SQL = (
    "SELECT (SELECT count(*) FROM invoices.invoices WHERE market_id = $1 AND supplier_id = $2 AND state = 'asked') "
    "+ (SELECT count(*) FROM invoices.reds WHERE market_id = $1 AND supplier_id = $2 AND state = 'due')"
)

KEPT_MONEY_SQL = invariant(
    "I53",
    "an issued invoice less its red ones says what is kept of its order, line by line, but for refunds of the last ten minutes",
    "SELECT 'invoice ' || i.id FROM invoices.invoices i JOIN platform.markets m ON m.id = i.market_id JOIN orders.lines o "
    "ON o.market_id = i.market_id AND o.order_id = i.order_id LEFT JOIN invoices.lines l ON l.market_id = i.market_id "
    "AND l.invoice_id = i.id AND l.line_number = o.number WHERE i.market_id = $1 AND i.state = 'issued' "
    "AND coalesce(l.amount_minor - l.red_minor, 0) <> o.amount_minor - o.refunded_minor AND NOT EXISTS (SELECT FROM "
    "payments.refunds r WHERE r.market_id = i.market_id AND r.order_id = i.order_id "
    "AND r.asked_at > clock_timestamp() + m.clock_offset - interval '10 minutes')",
)
SUMS_SQL = invariant(
    "I53a",
    "an invoice is the sum of its lines, a red one of its own, and the red of a line that of the red invoices",
    "SELECT 'invoice ' || i.id FROM invoices.invoices i LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS amount, "
    "sum(tax_minor) AS tax, sum(red_minor) AS red, sum(red_tax_minor) AS red_tax FROM invoices.lines WHERE market_id = $1 "
    "GROUP BY invoice_id) l ON l.invoice_id = i.id LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS amount, "
    "sum(tax_minor) AS tax FROM invoices.reds WHERE market_id = $1 GROUP BY invoice_id) r ON r.invoice_id = i.id "
    "WHERE i.market_id = $1 AND (i.amount_minor <> coalesce(l.amount, 0) OR i.tax_minor <> coalesce(l.tax, 0) "
    "OR i.red_minor <> coalesce(l.red, 0) OR i.red_minor <> coalesce(r.amount, 0) OR coalesce(l.red_tax, 0) <> coalesce(r.tax, 0)) "
    "UNION ALL SELECT 'red ' || r.id FROM invoices.reds r LEFT JOIN (SELECT red_id, sum(amount_minor) AS amount, "
    "sum(tax_minor) AS tax FROM invoices.red_lines WHERE market_id = $1 GROUP BY red_id) x ON x.red_id = r.id "
    "WHERE r.market_id = $1 AND (r.amount_minor, r.tax_minor) IS DISTINCT FROM (x.amount::bigint, x.tax::bigint)",
)
OWN_SQL = invariant(
    "I53b",
    "an invoice is its order's buyer's and its order's supplier's, and a company's has a number",
    "SELECT 'invoice ' || i.id FROM invoices.invoices i JOIN orders.orders o ON o.market_id = i.market_id AND o.id = i.order_id "
    "WHERE i.market_id = $1 AND (i.person_id <> o.person_id OR i.supplier_id <> o.supplier_id OR i.currency <> o.currency "
    "OR i.title <> '' AND (i.kind = 'company') <> (i.tax_number <> ''))",
)


async def of_order(work: Work, order: UUID) -> Any | None:
    """The last invoice that was asked for of this order, of whomever; the order was accessed before."""
    return await work.fetch_one(OF_ORDER_SQL, order)


async def reds_of(work: Work, invoice: UUID) -> list[Any]:
    """The red invoices of this one, oldest first."""
    return await work.fetch(REDS_OF_SQL, invoice)


async def lines_of(work: Work, invoice: UUID) -> list[InvoiceLine]:
    """What it says, line by line."""
    return (await store.load_lines(work, [invoice]))[invoice]


async def of_supplier(
    work: Work, supplier: UUID, *, states: Collection[str] = (), after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The supplier's invoices, newest first: for whom, how they stand, and what of the order is kept now (kept_minor)."""
    i, o = tables.invoices, metadata.tables["orders.orders"]
    query = (
        sa.select(i.c.id, i.c.order_id, i.c.kind, i.c.title, i.c.tax_number, i.c.email, i.c.state, i.c.asked_at, i.c.number,
                  i.c.issued_on, i.c.amount_minor, i.c.tax_minor, i.c.red_minor, i.c.currency,
                  (o.c.total_minor - o.c.refunded_minor).label("kept_minor"))
        .join(o, (o.c.market_id == i.c.market_id) & (o.c.id == i.c.order_id))
        .where(i.c.market_id == work.market.id, i.c.supplier_id == supplier)
        .order_by(i.c.id.desc())
        .limit(size + 1)
    )  # fmt: skip
    if states:
        query = query.where(i.c.state.in_(states))
    if key := decode_key(after, tuple[UUID]):
        query = query.where(i.c.id < key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))


async def reds_due(work: Work, supplier: UUID) -> list[Any]:
    """Red invoices that the supplier has to issue, oldest first."""
    return await work.fetch(REDS_DUE_SQL, supplier, REDS_SHOWN_MAX)


async def count_waiting(work: Work, supplier: UUID) -> int:
    """Invoices and red invoices that wait for the supplier."""
    found: int = await work.fetch_value(WAITING_SQL, supplier)
    return found


async def with_issued(work: Work, orders: Collection[UUID]) -> list[UUID]:
    """Those of these orders that have an issued invoice."""
    return [row["order_id"] for row in await work.fetch(WITH_ISSUED_SQL, list(orders))]


async def erased(work: Work) -> list[UUID]:
    """Persons who were erased and have invoices."""
    return [row["id"] for row in await work.fetch(ERASED_SQL)]


async def count_kept(work: Work, person: UUID) -> int:
    """This person's invoices that still say for whom they are."""
    found: int = await work.fetch_value(KEPT_SQL, person)
    return found


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: for whom his invoices are, and what they say."""
    return [dict(row) for row in await work.fetch(HISTORY_SQL, person)]
