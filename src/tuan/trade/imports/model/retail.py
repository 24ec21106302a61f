"""A shop's invoice lines as a file of comma-separated values has them. Pure: text in, lines and reasons out.

The columns are those of the public "Online Retail" records: an invoice number that starts with C is a cancellation, prices
are in pounds, times are without a zone and read as UTC.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.time import Instant

CURRENCY = "GBP"
INVOICE_COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
NAME_MAX = 60
UNITS_MAX = 10**9
WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
PRICE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line that counts: units above 0 and what one of them costs, in minor units; also of a cancellation."""

    number: int
    """Of the file, the first after the header is 2, as a spreadsheet shows it."""
    invoice: str
    code: str
    title: str
    units: int
    at: Instant
    price_minor: int
    customer: str
    """Empty where the shop did not know him."""

    @property
    def amount_minor(self) -> int:
        return self.units * self.price_minor


@dataclass(frozen=True, slots=True)
class RefusedInvoiceLine:
    """A line, and the one reason why it is left out: a word that is documented in the handbook."""

    number: int
    invoice: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Invoices:
    """A file, read: every line of it is in exactly one of these."""

    lines: int
    sales: list[InvoiceLine]
    cancellations: list[InvoiceLine]
    refused: list[RefusedInvoiceLine]


class NotThisFile(FileNotFoundError):
    """The file is there and is not what this import reads."""


def read_invoices(text: Iterable[str], now: Instant) -> Invoices:
    """Raises NotThisFile where the first line does not name the columns."""
    try:
        return read_invoice_rows(csv.reader(text, strict=True), now)
    except csv.Error as error:
        raise NotThisFile(f"The file is not comma-separated values: {error}.") from error
    except UnicodeDecodeError as error:
        raise NotThisFile("The file is not UTF-8 text.") from error


def read_invoice_rows(rows: Iterable[list[str]], now: Instant, *, digits: int = 2) -> Invoices:
    """The same of rows that were split already; `digits` stand behind the point of the money. Raises NotThisFile."""
    walk = iter(rows)
    if (header := tuple(next(walk, ()))) != INVOICE_COLUMNS:
        raise NotThisFile(
            f"The first line must name the columns {','.join(INVOICE_COLUMNS)}; it says {','.join(header)[:200]}."
        )
    found = Invoices(0, [], [], [])
    count = 0
    buyer: dict[str, str] = {}
    for number, row in enumerate(walk, start=2):
        count += 1
        line = _line(number, row, now, digits)
        if isinstance(line, InvoiceLine) and buyer.setdefault(line.invoice, line.customer) != line.customer:
            line = RefusedInvoiceLine(number, line.invoice, line.code, "another_customer")
        if isinstance(line, RefusedInvoiceLine):
            found.refused.append(line)
        elif line.invoice.startswith("C"):
            found.cancellations.append(line)
        else:
            found.sales.append(line)
    return Invoices(count, found.sales, found.cancellations, found.refused)


def _line(number: int, row: list[str], now: Instant, digits: int) -> InvoiceLine | RefusedInvoiceLine:
    invoice, code = (row[0].strip()[:NAME_MAX], row[1].strip()[:NAME_MAX]) if len(row) > 1 else ("", "")
    if len(row) != len(INVOICE_COLUMNS):
        return RefusedInvoiceLine(number, invoice, code, "columns")
    is_cancellation = invoice.startswith("C")
    units = int(row[3]) if WHOLE.fullmatch(row[3]) else None
    price, at = _minor(row[5], digits), _instant(row[4])
    reasons = (
        ("name", not 0 < len(row[0].strip()) <= NAME_MAX or not 0 < len(row[1].strip()) <= NAME_MAX),
        ("text", any("\0" in cell for cell in row) or len(row[6]) > NAME_MAX),
        ("quantity", units is None or (-units if is_cancellation else units) <= 0 or abs(units) > UNITS_MAX),
        ("price", price is None or price <= 0),
        ("finer_than_a_penny", price is not None and price != int(price)),
        ("date", at is None or at > now),
        ("amount", bool(units and price and abs(units) * price > AMOUNT_MINOR_MAX)),
    )
    if why := next((reason for reason, is_wrong in reasons if is_wrong), None):
        return RefusedInvoiceLine(number, invoice, code, why)
    assert units is not None and price is not None and at is not None
    customer = row[6].strip().removesuffix(".0")
    return InvoiceLine(number, invoice, code, row[2].strip(), abs(units), at, int(price), customer)


def _minor(text: str, digits: int) -> Decimal | None:
    try:
        return Decimal(text).scaleb(digits) if PRICE.fullmatch(text) else None
    except InvalidOperation:
        return None


def _instant(text: str) -> Instant | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
