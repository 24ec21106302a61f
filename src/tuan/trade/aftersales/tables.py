"""A case is one order given back; for now an order is given back whole, hence at most one case each."""

from tuan.platform.schema import BIGINT, INSTANT, INT, TEXT, UUID, check, column, market_table, references
from tuan.trade.orders.tables import orders

cases = market_table(
    "aftersales",
    "cases",
    column("order_id", UUID),
    column("number", INT, default="0"),
    column("reason", TEXT),
    column("amount_minor", BIGINT),
    column("opened_at", INSTANT),
    check("amount_positive", "amount_minor > 0"),
    references(orders, "order_id"),
    key=("order_id", "number"),
    append_only=True,
)
