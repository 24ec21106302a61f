"""The sandbox provider's own books: another company's database in miniature, never joined with ours."""

from sqlalchemy.dialects import postgresql as pg

from tuan.platform.gateways.sandbox.faults import Fault
from tuan.platform.schema import (
    BIGINT,
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
)

charges = market_table(
    "sandbox",
    "charges",
    column("attempt_id", UUID),
    column("amount_minor", BIGINT),
    column("currency", TEXT),
    column("state", TEXT),
    column("paid_at", INSTANT, null=True),
    column("notify_url", TEXT, default="''"),
    column("faults", pg.ARRAY(TEXT), default="'{}'"),
    column("doubts", INT, default="0"),
    column("payer", TEXT, default="''"),
    one_of("state", ("waiting", "paid", "declined", "closed")),
    check("faults_known", f"faults <@ ARRAY[{', '.join(repr(str(fault)) for fault in Fault)}]"),
    key=("attempt_id",),
    fill_percent=60,
)

refunds = market_table(
    "sandbox",
    "refunds",
    column("refund_id", UUID),
    column("transaction", TEXT),
    column("amount_minor", BIGINT),
    column("currency", TEXT),
    column("done_at", INSTANT),
    column("doubts", INT, default="0"),
    index("refunds_transaction_idx", "transaction"),
    key=("refund_id",),
)

transfers = market_table(
    "sandbox",
    "transfers",
    column("transfer_id", UUID),
    column("payee", TEXT),
    column("amount_minor", BIGINT),
    column("currency", TEXT),
    column("state", TEXT),
    column("done_at", INSTANT, null=True),
    column("doubts", INT, default="0"),
    one_of("state", ("done", "failed")),
    check("done_has_time", "(state = 'done') = (done_at IS NOT NULL)"),
    key=("transfer_id",),
)

splits = market_table(
    "sandbox",
    "splits",
    column("split_id", UUID),
    column("transaction", TEXT),
    column("payee", TEXT),
    column("amount_minor", BIGINT),
    column("currency", TEXT),
    column("state", TEXT),
    column("done_at", INSTANT, null=True),
    column("doubts", INT, default="0"),
    one_of("state", ("done", "failed")),
    check("done_has_time", "(state = 'done') = (done_at IS NOT NULL)"),
    index("splits_transaction_idx", "transaction"),
    key=("split_id",),
)

deliveries = market_table(
    "sandbox",
    "deliveries",
    column("notice_id", UUID),
    column("copy", INT),
    column("attempt_id", UUID, null=True),
    column("url", TEXT),
    column("said", TEXT),
    column("body", TEXT),
    column("tries", INT, default="0"),
    column("due_at", INSTANT, null=True),
    column("delivered_at", INSTANT, null=True),
    column("answer", TEXT, default="''"),
    column("trace", TEXT, default="''"),
    check("delivered_is_not_due", "delivered_at IS NULL OR due_at IS NULL"),
    index("deliveries_due_idx", "due_at", where="due_at IS NOT NULL"),
    index("deliveries_attempt_idx", "attempt_id"),
    references(charges, "attempt_id", to=("attempt_id",)),
    key=("notice_id", "copy"),
    relay=("market_id, due_at", "due_at IS NOT NULL"),
)
