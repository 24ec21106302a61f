"""The one statement that counts, over all suppliers at once."""

COUNT_SQL = (
    "INSERT INTO quality.counts (market_id, supplier_id, orders, late, faulty, cancelled, counted_at) "
    "SELECT $1, o.supplier_id, count(*), count(*) FILTER (WHERE o.state <> 'cancelled' "
    "AND coalesce(o.shipped_at, $2) > o.released_at + $4::interval), count(*) FILTER (WHERE EXISTS (SELECT FROM aftersales.cases c "
    "WHERE c.market_id = o.market_id AND c.order_id = o.id AND c.number > 0 AND c.reason = ANY($5::text[]) "
    "AND c.outcome IN ('given_back', 'replaced'))), count(*) FILTER (WHERE o.state = 'cancelled' AND o.shipped_at IS NULL), $2 "
    "FROM orders.orders o WHERE o.market_id = $1 AND o.placed_at > $3::timestamptz - interval '90 days' AND o.released_at > $3 "
    "AND o.fulfilment = 'shipped' AND (o.shipped_at IS NOT NULL OR o.released_at + $4::interval < $2 OR o.state = 'cancelled') "
    "AND NOT (o.state = 'cancelled' AND o.shipped_at IS NULL AND o.end_reason = ANY($6::text[])) GROUP BY o.supplier_id "
    "ON CONFLICT (market_id, supplier_id) DO UPDATE SET orders = excluded.orders, late = excluded.late, "
    "faulty = excluded.faulty, cancelled = excluded.cancelled, counted_at = excluded.counted_at"
)
"""What its buyer gave up before it left is nobody's fault and not counted. Placed half a year ago at most."""
FORGET_SQL = "DELETE FROM quality.counts WHERE market_id = $1 AND counted_at < $2"
