"""What a payee's withdrawals may be split from: payments by one provider, for orders that were settled for him."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.platform.gateways.payment import SPLIT_DAYS
from tuan.platform.work import Work
from tuan.trade.settlement.model import PayoutAccount

# A payee's part of an order is what he was given of the buyer's own money and what of it has not gone back since; discounts that
# others bear were paid by nobody there.
ALL_SOURCES_SQL = (
    "WITH given AS (SELECT c.order_id, sum(greatest(c.share_minor - c.borne_minor - c.kept_minor + i.amount_minor - i.refunded_minor, 0)) "
    "AS minor FROM settlement.claims c JOIN orders.lines i ON i.market_id = $1 AND i.order_id = c.order_id AND i.number = c.line_number "
    "WHERE c.market_id = $1 AND c.supplier_id = $2 AND c.settled_at >= $4 AND NOT c.is_direct GROUP BY c.order_id UNION ALL "
    "SELECT k.order_id, sum(t.amount) FROM settlement.cuts k JOIN ledger.transfers t ON t.market_id = $1 AND t.kind = k.kind "
    "AND t.about = k.id WHERE k.market_id = $1 AND k.code = 'shop:' || $2::uuid || ':pending' AND t.at >= $4 GROUP BY k.order_id), "
    "drawn AS (SELECT s.order_id, sum(s.amount_minor) AS minor FROM settlement.withdrawals w JOIN settlement.splits s "
    "ON s.market_id = $1 AND s.withdrawal_id = w.id AND s.state IN ('held', 'done') WHERE w.market_id = $1 "
    "AND (w.supplier_id = $2 OR w.shop_id = $2) GROUP BY s.order_id), "
    "left_of AS (SELECT g.order_id, g.minor - coalesce(d.minor, 0) AS minor FROM given g LEFT JOIN drawn d USING (order_id) "
    "WHERE g.minor > coalesce(d.minor, 0)), "
    "paid AS (SELECT c.id, c.paid_at, c.payable_id, c.transaction, l.order_id, l.minor, c.amount_minor - c.refunded_minor "
    "- coalesce((SELECT sum(s.amount_minor) FROM settlement.splits s WHERE s.market_id = $1 AND s.capture_id = c.id "
    "AND s.state IN ('held', 'done')), 0) AS capture_left FROM left_of l JOIN orders.orders o ON o.market_id = $1 AND o.id = l.order_id "
    "JOIN payments.captures c ON c.market_id = $1 AND c.payable_id = ANY(ARRAY[o.payable_id, o.balance_id]) "
    "WHERE c.provider = $3 AND c.paid_at >= $4) "
    "SELECT order_id, id AS capture_id, payable_id, transaction, minor::bigint AS order_left, capture_left::bigint AS capture_left "
    "FROM paid WHERE capture_left > 0 ORDER BY paid_at, id, order_id LIMIT 500"
)
SOURCES_OF_SQL = (
    ALL_SOURCES_SQL.replace("c.is_direct GROUP", "c.is_direct AND c.order_id = ANY($5::uuid[]) GROUP")
    .replace("t.at >= $4 GROUP", "t.at >= $4 AND k.order_id = ANY($5::uuid[]) GROUP")
    .replace("w.shop_id = $2) GROUP", "w.shop_id = $2) AND s.order_id = ANY($5::uuid[]) GROUP")
)
"""The same of these orders only."""


async def sources(work: Work, account: PayoutAccount, orders: Collection[UUID] | None = None) -> list[Any]:
    """The oldest payments first; of these orders, or of all that can be split still."""
    since = work.now - timedelta(days=SPLIT_DAYS[account.provider])
    whose = (account.payee_id, account.provider, since)
    if orders is None:
        return await work.fetch(ALL_SOURCES_SQL, *whose)
    return await work.fetch(SOURCES_OF_SQL, *whose, orders)
