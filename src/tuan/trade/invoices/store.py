"""All SQL that writes invoices."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.invoices import tables
from tuan.trade.invoices.model import InvoiceLine, RedLine, Titled

ASK_SQL = (
    "INSERT INTO invoices.invoices (market_id, id, order_id, person_id, supplier_id, currency, kind, title, tax_number, email, "
    "state, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'asked', $11) ON CONFLICT DO NOTHING"
)
INVOICE_SQL = "SELECT id, order_id, person_id, supplier_id, currency, state FROM invoices.invoices WHERE market_id = $1 AND id = $2"
LOCK_INVOICE_SQL = f"{INVOICE_SQL} FOR UPDATE"
LOCK_ISSUED_SQL = (
    "SELECT id, order_id, supplier_id FROM invoices.invoices WHERE market_id = $1 AND state = 'issued' "
    "AND order_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
END_SQL = "UPDATE invoices.invoices SET state = $4, ended_at = $5, reason = $6 WHERE market_id = $1 AND id = $2 AND state = $3"
ISSUE_SQL = (
    "UPDATE invoices.invoices AS i SET state = 'issued', ended_at = $3, number = $4, issued_on = $5, amount_minor = $6, "
    "tax_minor = $7 WHERE i.market_id = $1 AND i.id = $2 AND i.state = 'asked'"
)
NUMBER_TAKEN_SQL = (
    "SELECT EXISTS (SELECT FROM invoices.invoices WHERE market_id = $1 AND supplier_id = $2 AND number = $3) "
    "OR EXISTS (SELECT FROM invoices.reds WHERE market_id = $1 AND supplier_id = $2 AND number = $3)"
)
LINES_SQL = (
    "SELECT invoice_id, line_number, title, options, units, amount_minor, rate_permyriad, tax_minor, red_minor, red_tax_minor "
    "FROM invoices.lines WHERE market_id = $1 AND invoice_id = ANY($2::uuid[]) ORDER BY invoice_id, line_number"
)
INSERT_LINES = bulk.insert(
    tables.lines,
    "invoice_id",
    "line_number",
    "title",
    "options",
    "units",
    "amount_minor",
    "rate_permyriad",
    "tax_minor",
)
SAVE_LINES = bulk.update(tables.lines, key=["invoice_id", "line_number"], columns=["red_minor", "red_tax_minor"])
ADD_RED_SQL = "UPDATE invoices.invoices SET red_minor = red_minor + $3 WHERE market_id = $1 AND id = $2"
INSERT_REDS = bulk.insert(
    tables.reds, "id", "invoice_id", "supplier_id", "amount_minor", "tax_minor", "state", "made_at"
)
INSERT_RED_LINES = bulk.insert(tables.red_lines, "red_id", "line_number", "amount_minor", "tax_minor")
LOCK_RED_SQL = "SELECT id, supplier_id, state FROM invoices.reds WHERE market_id = $1 AND id = $2 FOR UPDATE"
ISSUE_RED_SQL = (
    "UPDATE invoices.reds SET state = 'issued', number = $3, issued_on = $4 "
    "WHERE market_id = $1 AND id = $2 AND state = 'due'"
)
FORGET_SQL = (
    "UPDATE invoices.invoices SET title = '', tax_number = '', email = '' WHERE market_id = $1 "
    "AND person_id = ANY($2::uuid[]) AND (title <> '' OR email <> '') AND (state IN ('refused', 'withdrawn') OR ended_at < $3)"
)
FORGET_EMAIL_SQL = "UPDATE invoices.invoices SET email = '' WHERE market_id = $1 AND person_id = $2 AND state = 'issued' AND email <> ''"
WITHDRAW_ALL_SQL = (
    "UPDATE invoices.invoices SET state = 'withdrawn', ended_at = $3 WHERE market_id = $1 AND person_id = $2 "
    "AND state = 'asked'"
)


@dataclass(slots=True)
class NewLine:
    invoice_id: UUID
    line_number: int
    title: str
    options: str
    units: int
    amount_minor: int
    rate_permyriad: int
    tax_minor: int
    red_minor: int = 0
    red_tax_minor: int = 0


@dataclass(slots=True)
class NewRed:
    id: UUID
    invoice_id: UUID
    supplier_id: UUID
    amount_minor: int
    tax_minor: int
    state: str
    made_at: Instant


@dataclass(slots=True)
class NewRedLine:
    red_id: UUID
    line_number: int
    amount_minor: int
    tax_minor: int


async def add_request(work: Work, invoice: UUID, order: Any, titled: Titled) -> bool:
    """Whether it was added; an order has one that is asked for or issued."""
    return bool(
        await work.execute(
            ASK_SQL, invoice, order["id"], order["person_id"], order["supplier_id"], order["currency"], titled.kind,
            titled.title.strip(), titled.tax_number, titled.email, work.now,
        )
    )  # fmt: skip


async def find(work: Work, invoice: UUID) -> Any | None:
    """Row of id, order_id, person_id, supplier_id, currency, state, not locked."""
    return await work.fetch_one(INVOICE_SQL, invoice)


async def lock_invoice(work: Work, invoice: UUID) -> Any | None:
    """The same, locked; its order is locked before."""
    rows = await work.lock("claims", LOCK_INVOICE_SQL, invoice)
    return rows[0] if rows else None


async def lock_issued(work: Work, orders: Collection[UUID]) -> list[Any]:
    """Rows of id, order_id, supplier_id of the issued invoices of these orders, which are locked."""
    return await work.lock("claims", LOCK_ISSUED_SQL, list(orders))


async def end(work: Work, invoice: UUID, before: str, after: str, reason: str = "") -> None:
    await work.execute(END_SQL, invoice, before, after, work.now, reason)


async def is_number_taken(work: Work, supplier: UUID, number: str) -> bool:
    return bool(await work.fetch_value(NUMBER_TAKEN_SQL, supplier, number))


async def issue(work: Work, invoice: UUID, number: str, day: date, lines: Sequence[InvoiceLine]) -> None:
    amount, tax = sum(line.amount_minor for line in lines), sum(line.tax_minor for line in lines)
    await work.execute(ISSUE_SQL, invoice, work.now, number, day, amount, tax)
    rows = [
        NewLine(invoice, x.line_number, x.title, x.options, x.units, x.amount_minor, x.rate_permyriad, x.tax_minor)
        for x in lines
    ]
    await work.write(INSERT_LINES, rows)


async def load_lines(work: Work, invoices: Collection[UUID]) -> dict[UUID, list[InvoiceLine]]:
    """Lines by invoice, in their order."""
    found: dict[UUID, list[InvoiceLine]] = defaultdict(list)
    for invoice, *line in await work.fetch(LINES_SQL, list(invoices)):
        found[invoice].append(InvoiceLine(*line))
    return found


async def add_red(work: Work, red: NewRed, parts: Sequence[RedLine], lines: Sequence[InvoiceLine]) -> None:
    """A red invoice with its lines; the lines of the invoice know of it."""
    await work.write(INSERT_REDS, [red])
    await work.write(INSERT_RED_LINES, [NewRedLine(red.id, x.line_number, x.amount_minor, x.tax_minor) for x in parts])
    rows = [NewLine(red.invoice_id, x.line_number, "", "", 0, 0, 0, 0, x.red_minor, x.red_tax_minor) for x in lines]
    await work.write(SAVE_LINES, rows)
    await work.execute(ADD_RED_SQL, red.invoice_id, red.amount_minor)


async def lock_red(work: Work, red: UUID) -> Any | None:
    """Row of id, supplier_id, state, locked."""
    rows = await work.lock("claims", LOCK_RED_SQL, red)
    return rows[0] if rows else None


async def issue_red(work: Work, red: UUID, number: str, day: date) -> None:
    await work.execute(ISSUE_RED_SQL, red, number, day)
