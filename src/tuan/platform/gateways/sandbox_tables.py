"""The sandbox provider's own books: another company's database in miniature, never joined with ours."""

from tuan.platform.schema import BIGINT, INSTANT, TEXT, UUID, column, market_table, one_of

charges = market_table(
    "sandbox",
    "charges",
    column("attempt_id", UUID),
    column("amount_minor", BIGINT),
    column("currency", TEXT),
    column("state", TEXT),
    column("paid_at", INSTANT, null=True),
    one_of("state", ("waiting", "paid", "declined", "closed")),
    key=("attempt_id",),
    fill_percent=60,
)

refunds = market_table(
    "sandbox",
    "refunds",
    column("refund_id", UUID),
    column("transaction", TEXT),
    column("amount_minor", BIGINT),
    column("done_at", INSTANT),
    key=("refund_id",),
)
