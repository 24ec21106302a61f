"""Where a supplier's own accounts take the buyers' money: which provider did, and what stands in the way of a change."""

from collections.abc import Collection
from uuid import UUID

from tuan.platform.work import Work
from tuan.trade.orders.model import OrderState

TAKEN_BY_SQL = (
    "SELECT DISTINCT ON (o.id) o.id, c.provider FROM orders.orders o JOIN payments.captures c "
    "ON c.market_id = $1 AND c.payable_id = ANY(ARRAY[o.payable_id, o.balance_id]) AND c.applied_minor > 0 "
    "WHERE o.market_id = $1 AND o.id = ANY($2::uuid[]) ORDER BY o.id, c.paid_at DESC, c.id"
)
"""An order that was paid in two parts belongs to the provider of the later one. What was paid too much went back to where it came from."""
PAID_DIRECTLY_SQL = (
    "SELECT DISTINCT order_id FROM settlement.claims WHERE market_id = $1 AND order_id = ANY($2::uuid[]) AND is_direct"
)
HOLDING_SQL = (
    "SELECT s.id FROM parties.suppliers s WHERE s.market_id = $1 AND (EXISTS (SELECT FROM ledger.accounts a WHERE a.market_id = $1 "
    "AND a.balance <> 0 AND a.code = ANY(ARRAY['supplier:' || s.id || ':payable', 'supplier:' || s.id || ':withdrawing', "
    "CASE WHEN s.id <> $2 THEN 'supplier:' || s.id || ':debt' END])) OR s.id <> $2 AND EXISTS (SELECT FROM catalog.products p "
    "WHERE p.market_id = $1 AND p.supplier_id = s.id AND p.state = 'listed'))"
)
OPEN_SQL = "SELECT DISTINCT supplier_id AS id FROM orders.orders WHERE market_id = $1 AND state = ANY($2::text[])"
"""By state, not by which it is not: an index leads to the few that are open, past all that ever were."""
ENDED = (OrderState.COMPLETED, OrderState.CLOSED, OrderState.CANCELLED, OrderState.FORFEITED)
OPEN = [state for state in OrderState if state not in ENDED]


async def taken_by(work: Work, orders: Collection[UUID]) -> dict[UUID, str]:
    """The provider that took the money of each of these orders; one that cost its buyer nothing has none."""
    return {row["id"]: row["provider"] for row in await work.fetch(TAKEN_BY_SQL, list(orders))} if orders else {}


async def paid_directly(work: Work, orders: Collection[UUID]) -> set[UUID]:
    """Which of these orders were settled while their supplier's own account took the money; that never changes."""
    return {row["order_id"] for row in await work.fetch(PAID_DIRECTLY_SQL, list(orders))}


async def holding(work: Work, merchant: UUID) -> set[UUID]:
    """The suppliers who have a balance; and of those who are not the merchant, who owe something or have goods for sale."""
    return {row["id"] for row in await work.fetch(HOLDING_SQL, merchant)}


async def with_open_orders(work: Work) -> set[UUID]:
    """The suppliers of orders that are neither settled nor ended otherwise."""
    return {row["id"] for row in await work.fetch(OPEN_SQL, OPEN)}
