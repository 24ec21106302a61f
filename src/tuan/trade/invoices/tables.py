"""Invoices of orders, what each line of them says, and the red ones that take back what went back."""

from tuan.people.accounts.tables import persons
from tuan.people.parties.tables import suppliers
from tuan.platform.schema import (
    BIGINT,
    DATE,
    INSTANT,
    INT,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
    unique,
)
from tuan.trade.invoices.model import INVOICE, KINDS, RED
from tuan.trade.orders.tables import orders

invoices = market_table(
    "invoices",
    "invoices",
    column("id", UUID),
    column("order_id", UUID),
    column("person_id", UUID),
    column("supplier_id", UUID),
    column("currency", TEXT),
    column("kind", TEXT),
    column("title", TEXT),
    column("tax_number", TEXT),
    column("email", TEXT),
    column("state", TEXT),
    column("asked_at", INSTANT),
    column("ended_at", INSTANT, null=True),
    column("number", TEXT, null=True),
    column("issued_on", DATE, null=True),
    column("amount_minor", BIGINT, default="0"),
    column("tax_minor", BIGINT, default="0"),
    column("red_minor", BIGINT, default="0"),
    column("reason", TEXT, default="''"),
    one_of("state", tuple(INVOICE.moves)),
    one_of("kind", KINDS),
    check("ended_has_time", "(state = 'asked') = (ended_at IS NULL)"),
    check(
        "issued_has_number", "(state = 'issued') = (number IS NOT NULL AND issued_on IS NOT NULL AND amount_minor > 0)"
    ),
    check("tax_within_amount", "tax_minor BETWEEN 0 AND amount_minor AND red_minor BETWEEN 0 AND amount_minor"),
    unique("order_id", where="state IN ('asked', 'issued')", name="invoices_one_live"),
    unique("supplier_id", "number", where="number IS NOT NULL", name="invoices_number_once"),
    index("invoices_supplier_idx", "supplier_id", "id"),
    index("invoices_person_idx", "person_id", "id"),
    index("invoices_order_idx", "order_id", "id"),
    references(orders, "order_id"),
    references(persons, "person_id"),
    references(suppliers, "supplier_id"),
    key=("id",),
)

lines = market_table(
    "invoices",
    "lines",
    column("invoice_id", UUID),
    column("line_number", INT),
    column("title", TEXT),
    column("options", TEXT),
    column("units", BIGINT),
    column("amount_minor", BIGINT),
    column("rate_permyriad", INT),
    column("tax_minor", BIGINT),
    column("red_minor", BIGINT, default="0"),
    column("red_tax_minor", BIGINT, default="0"),
    check("tax_within_amount", "amount_minor > 0 AND tax_minor BETWEEN 0 AND amount_minor"),
    check("red_within_line", "red_minor BETWEEN 0 AND amount_minor AND red_tax_minor BETWEEN 0 AND tax_minor"),
    references(invoices, "invoice_id"),
    key=("invoice_id", "line_number"),
)

reds = market_table(
    "invoices",
    "reds",
    column("id", UUID),
    column("invoice_id", UUID),
    column("supplier_id", UUID),
    column("amount_minor", BIGINT),
    column("tax_minor", BIGINT),
    column("state", TEXT),
    column("made_at", INSTANT),
    column("number", TEXT, null=True),
    column("issued_on", DATE, null=True),
    one_of("state", tuple(RED.moves)),
    check("amount_positive", "amount_minor > 0 AND tax_minor BETWEEN 0 AND amount_minor"),
    check("issued_has_number", "(state = 'issued') = (number IS NOT NULL AND issued_on IS NOT NULL)"),
    unique("supplier_id", "number", where="number IS NOT NULL", name="reds_number_once"),
    index("reds_invoice_idx", "invoice_id", "id"),
    index("reds_due_idx", "supplier_id", "id", where="state = 'due'"),
    references(invoices, "invoice_id"),
    key=("id",),
)

red_lines = market_table(
    "invoices",
    "red_lines",
    column("red_id", UUID),
    column("line_number", INT),
    column("amount_minor", BIGINT),
    column("tax_minor", BIGINT),
    check("amount_positive", "amount_minor > 0 AND tax_minor BETWEEN 0 AND amount_minor"),
    references(reds, "red_id"),
    key=("red_id", "line_number"),
    append_only=True,
)
