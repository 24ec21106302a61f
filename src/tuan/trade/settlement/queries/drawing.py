"""What a payee's withdrawals may be split from: payments by one provider, for orders that were settled for him."""

from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.gateways.payment import SPLIT_DAYS
from tuan.platform.work import Work
from tuan.trade.settlement.model import PARTS_MAX, UNEARNED, PayeeKind, PayoutAccount

SOURCES_MIN = 4 * PARTS_MAX
"""How many sources are enough: as many as four withdrawals that are asked for at once can use."""
PAGE_CLAIMS = 500
"""Of a payee's claims in the first page; each page is twice the one before, since it is read where that one gave too little."""

# What a cut `k` of a line `i` is worth now: it falls with the money of the line's goods, as its other shares do (`KeptLine.kept`), and
# one that was for no real sale is nothing.
CUT_LEFT = (
    f"CASE WHEN EXISTS (SELECT FROM ledger.transfers v WHERE v.market_id = $1 AND v.kind = '{UNEARNED}' AND v.about = k.id) THEN 0 "
    "ELSE div(k.amount_minor::numeric * (i.amount_minor - i.freight_minor - i.refunded_minor + i.refunded_freight_minor), "
    "i.amount_minor - i.freight_minor) END"
)
# What a settled line `i` with its claim `c` is its seller's now, of what its buyer paid and has kept; discounts that others bear were
# paid by nobody there.
SHARE_LEFT = (
    "greatest(i.amount_minor - i.refunded_minor - c.fee_minor - c.withheld_minor - coalesce((SELECT "
    f"sum({CUT_LEFT}) FROM settlement.cuts k WHERE k.market_id = $1 AND k.order_id = i.order_id AND k.line_number = i.number), 0), 0)"
)
SOURCES_SQL = (
    f"WITH given AS (SELECT c.order_id, sum({SHARE_LEFT}) AS minor FROM settlement.claims c "
    "JOIN orders.lines i ON i.market_id = $1 AND i.order_id = c.order_id AND i.number = c.line_number "
    "WHERE c.market_id = $1 AND c.supplier_id = $2 AND c.settled_at >= $4 AND NOT c.is_direct AND c.order_id = ANY($5::uuid[]) AND i.order_id = ANY($5) "
    f"GROUP BY c.order_id UNION ALL SELECT k.order_id, sum({CUT_LEFT}) FROM settlement.cuts k "
    "JOIN orders.lines i ON i.market_id = $1 AND i.order_id = k.order_id AND i.number = k.line_number CROSS JOIN LATERAL (SELECT "
    "FROM ledger.transfers t WHERE t.market_id = $1 AND t.kind = k.kind AND t.about = k.id AND t.at >= $4 LIMIT 1) t "
    "WHERE k.market_id = $1 AND k.code = 'shop:' || $2::uuid || ':pending' AND k.order_id = ANY($5::uuid[]) GROUP BY k.order_id), "
    "drawn AS (SELECT s.order_id, sum(s.amount_minor) AS minor FROM settlement.splits s JOIN settlement.withdrawals w "
    "ON w.market_id = $1 AND w.id = s.withdrawal_id AND (w.supplier_id = $2 OR w.shop_id = $2) WHERE s.market_id = $1 "
    "AND s.order_id = ANY($5::uuid[]) AND s.state IN ('held', 'done') GROUP BY s.order_id), "
    "left_of AS (SELECT g.order_id, g.minor - coalesce(d.minor, 0) AS minor FROM given g LEFT JOIN drawn d USING (order_id) "
    "WHERE g.minor > coalesce(d.minor, 0)), "
    "paid AS (SELECT c.id, c.paid_at, c.payable_id, c.transaction, l.order_id, l.minor, c.amount_minor - c.refunded_minor "
    "- coalesce((SELECT sum(s.amount_minor) FROM settlement.splits s WHERE s.market_id = $1 AND s.capture_id = c.id "
    "AND s.state IN ('held', 'done')), 0) AS capture_left FROM left_of l JOIN orders.orders o ON o.market_id = $1 AND o.id = l.order_id "
    "JOIN payments.captures c ON c.market_id = $1 AND c.payable_id = ANY(ARRAY[o.payable_id, o.balance_id]) "
    "WHERE c.provider = $3 AND c.paid_at >= $4) "
    "SELECT order_id, id AS capture_id, payable_id, transaction, minor::bigint AS order_left, capture_left::bigint AS capture_left "
    "FROM paid WHERE capture_left > 0 ORDER BY paid_at, id, order_id"
)
CLAIMED_SQL = (
    f"SELECT c.order_id, c.settled_at AS at, CASE WHEN c.is_direct THEN 0 ELSE {SHARE_LEFT} END AS minor "
    "FROM (SELECT * FROM settlement.claims c WHERE c.market_id = $1 AND c.supplier_id = $2 AND c.settled_at > $3 "
    "ORDER BY c.settled_at FETCH FIRST $4 ROWS WITH TIES) c LEFT JOIN LATERAL (SELECT * FROM orders.lines i "
    "WHERE i.market_id = $1 AND i.order_id = c.order_id AND i.number = c.line_number LIMIT 1) i ON true"
)
# By `transfers_shop_idx`, which has what came to shops only; the planner has to be told so, and to look up each cut alone.
EARNED_SQL = (
    "SELECT k.order_id, t.at, k.minor FROM (SELECT t.kind, t.about, t.at FROM ledger.transfers t "
    "WHERE t.market_id = $1 AND t.to_code = 'shop:' || $2::uuid || ':pending' AND starts_with(t.to_code, 'shop:') AND t.at > $3 "
    f"ORDER BY t.at FETCH FIRST $4 ROWS WITH TIES) t LEFT JOIN LATERAL (SELECT k.order_id, {CUT_LEFT} AS minor FROM settlement.cuts k "
    "JOIN orders.lines i ON i.market_id = $1 AND i.order_id = k.order_id AND i.number = k.line_number "
    "WHERE k.market_id = $1 AND k.id = t.about AND k.kind = t.kind LIMIT 1) k ON true"
)
SUPPLIER_OPEN_SQL = (
    f"WITH page AS MATERIALIZED ({CLAIMED_SQL}), "
    "open AS (SELECT p.order_id, min(p.at) AS at FROM page p WHERE p.order_id IS NOT NULL GROUP BY p.order_id "
    "HAVING sum(p.minor) > coalesce((SELECT sum(s.amount_minor) FROM settlement.splits s JOIN settlement.withdrawals w "
    "ON w.market_id = $1 AND w.id = s.withdrawal_id AND w.supplier_id = $2 WHERE s.market_id = $1 AND s.order_id = p.order_id "
    "AND s.state IN ('held', 'done')), 0)), "
    "paid AS (SELECT p.order_id, p.at FROM open p CROSS JOIN LATERAL (SELECT FROM orders.orders o JOIN payments.captures c "
    "ON c.market_id = $1 AND c.payable_id = ANY(ARRAY[o.payable_id, o.balance_id]) WHERE o.market_id = $1 AND o.id = p.order_id "
    "AND c.provider = $5 LIMIT 1) o) "
    "SELECT (SELECT array_agg(order_id ORDER BY at, order_id) FROM paid) AS orders, max(at) AS until, count(*) AS read FROM page"
)
SHOP_OPEN_SQL = SUPPLIER_OPEN_SQL.replace(CLAIMED_SQL, EARNED_SQL).replace("w.supplier_id", "w.shop_id")
"""Of a page of what was settled for a payee, the orders that this provider took money for and that he has not drawn all of, those
settled first before the others. An order is settled at one moment, so that no page has a part of it (`WITH TIES`)."""


async def first_sources(work: Work, account: PayoutAccount) -> list[Any]:
    """Of the orders that were settled first; no more of them than withdrawals can use now."""
    found: list[Any] = []
    async for orders in _open_orders(work, account):
        found += await sources(work, account, orders)
        if len(found) >= SOURCES_MIN:
            break
    return found


async def sources(work: Work, account: PayoutAccount, orders: Collection[UUID]) -> list[Any]:
    """What can be split still of these orders, the oldest payments first."""
    return await work.fetch(SOURCES_SQL, account.payee_id, account.provider, _since(work, account), orders)


async def _open_orders(work: Work, account: PayoutAccount) -> AsyncIterator[Collection[UUID]]:
    statement = SUPPLIER_OPEN_SQL if account.kind == PayeeKind.SUPPLIER else SHOP_OPEN_SQL
    size, until = PAGE_CLAIMS, _since(work, account)
    while True:
        (page,) = await work.fetch(statement, account.payee_id, until, size, account.provider)
        opened = page["orders"] or []
        for start in range(0, len(opened), SOURCES_MIN):
            yield opened[start : start + SOURCES_MIN]
        if page["read"] < size:
            return
        size, until = 2 * size, page["until"]


def _since(work: Work, account: PayoutAccount) -> Instant:
    return work.now - timedelta(days=SPLIT_DAYS[account.provider])
