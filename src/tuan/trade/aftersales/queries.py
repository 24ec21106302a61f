"""Reads of aftersales."""

from tuan.platform.invariants import invariant

CASES_SQL = invariant(
    "I6b",
    "every cancelled order has one case over its whole total",
    "SELECT 'order ' || coalesce(o.id, c.order_id) FROM (SELECT id, total_minor FROM orders.orders "
    "WHERE market_id = $1 AND state = 'cancelled') o FULL JOIN (SELECT order_id, amount_minor FROM aftersales.cases "
    "WHERE market_id = $1) c ON c.order_id = o.id WHERE o.total_minor IS DISTINCT FROM c.amount_minor",
)
