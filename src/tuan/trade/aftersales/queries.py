"""Reads of aftersales."""

from tuan.platform.invariants import invariant

CASES_SQL = invariant(
    "I6b",
    "what was given back of an order is the sum of its cases, and a cancelled order has one",
    "SELECT 'order ' || coalesce(o.id, c.order_id) FROM (SELECT id, state, refunded_minor FROM orders.orders "
    "WHERE market_id = $1 AND (refunded_minor > 0 OR state = 'cancelled')) o FULL JOIN (SELECT order_id, "
    "sum(amount_minor) AS amount_minor FROM aftersales.cases WHERE market_id = $1 GROUP BY order_id) c "
    "ON c.order_id = o.id WHERE o.id IS NOT NULL AND c.amount_minor IS DISTINCT FROM o.refunded_minor "
    "OR o.id IS NULL AND c.amount_minor > 0",
)
