"""Queries over links, whoever sells, and what shops have recommended."""

FUNNEL_SQL = """
WITH seen AS (
  SELECT v.code, sum(v.bots) AS bots, sum(v.visits) AS visits, sum(v.visitors) AS visitors
  FROM sharing.visits v
  WHERE v.market_id = $1 AND v.day >= $2::date AND v.day < $3::date
  GROUP BY v.code
), bought AS (
  SELECT a.code, count(DISTINCT o.id) AS orders,
    count(DISTINCT o.id) FILTER (WHERE o.state NOT IN ('placed', 'closed')) AS paid,
    count(DISTINCT o.id) FILTER (WHERE o.state = 'completed' AND l.amount_minor > l.refunded_minor) AS kept_orders,
    coalesce(sum(l.amount_minor - l.refunded_minor) FILTER (WHERE o.state = 'completed'), 0) AS kept
  FROM orders.attributions a
  JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id
  JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number
  WHERE a.market_id = $1 AND a.code IS NOT NULL AND o.placed_at >= $4 AND o.placed_at < $5
    AND ($8::uuid IS NULL OR o.supplier_id = $8)
  GROUP BY a.code
), summed AS (
  SELECT CASE WHEN $6 = 'channel' THEN k.channel
      WHEN $6 = 'campaign' AND ($8::uuid IS NULL OR k.sharer_id IS NULL) THEN k.campaign
      WHEN $6 = 'sharer' THEN coalesce(k.sharer_id::text, '') ELSE '' END AS who,
    coalesce(sum(s.bots), 0)::bigint AS bots, coalesce(sum(s.visits), 0)::bigint AS visits,
    coalesce(sum(s.visitors), 0)::bigint AS visitors, coalesce(sum(b.orders), 0)::bigint AS orders,
    coalesce(sum(b.paid), 0)::bigint AS paid, coalesce(sum(b.kept_orders), 0)::bigint AS kept_orders,
    coalesce(sum(b.kept), 0)::bigint AS kept
  FROM sharing.links k
  LEFT JOIN seen s ON s.code = k.code
  LEFT JOIN bought b ON b.code = k.code
  WHERE k.market_id = $1 AND (s.code IS NOT NULL OR b.code IS NOT NULL) AND ($7::uuid IS NULL OR k.shop_id = $7)
    AND ($8::uuid IS NULL OR k.object_id IN (
      SELECT g.id FROM catalog.products g WHERE g.market_id = $1 AND g.supplier_id = $8
      UNION ALL
      SELECT t.id
      FROM groupbuy.teams t
      JOIN groupbuy.campaigns c ON c.market_id = t.market_id AND c.id = t.campaign_id
      JOIN catalog.products g ON g.market_id = t.market_id AND g.id = c.product_id
      WHERE t.market_id = $1 AND g.supplier_id = $8
    ))
  GROUP BY 1
)
SELECT who, bots, visits, visitors, orders, paid, kept_orders, kept
FROM summed
WHERE $9::bigint IS NULL OR visitors < $9 OR visitors = $9 AND who > $10::text
ORDER BY visitors DESC, who
LIMIT $11::bigint
"""
BROUGHT_SQL = """
SELECT a.code, count(DISTINCT o.id) AS orders,
  count(DISTINCT o.id) FILTER (WHERE o.state NOT IN ('placed', 'closed')) AS paid,
  count(DISTINCT o.id) FILTER (WHERE o.state = 'completed' AND l.amount_minor > l.refunded_minor) AS kept_orders,
  coalesce(sum(l.amount_minor - l.refunded_minor) FILTER (WHERE o.state = 'completed'), 0)::bigint AS kept
FROM orders.attributions a
JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id
JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number
WHERE a.market_id = $1 AND a.code = ANY($2::text[])
GROUP BY a.code
"""
REFERRALS_SQL = """
WITH seen AS (
  SELECT width_bucket(v.day, $2::date[]) AS month, count(DISTINCT k.sharer_id) AS sharers,
    sum(v.visitors)::bigint AS visitors
  FROM sharing.visits v
  JOIN sharing.links k ON k.market_id = v.market_id AND k.code = v.code
  WHERE v.market_id = $1 AND v.day >= $3::date AND v.day < $4::date AND v.visitors > 0 AND k.sharer_id IS NOT NULL
  GROUP BY 1
), came AS (
  SELECT width_bucket(o.placed_at, $5::timestamptz[]) AS month, count(DISTINCT o.person_id) AS newcomers
  FROM orders.attributions a
  JOIN sharing.links k ON k.market_id = a.market_id AND k.code = a.code
  JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id
  WHERE a.market_id = $1 AND o.placed_at >= $6 AND o.placed_at < $7 AND o.state NOT IN ('placed', 'closed')
    AND k.sharer_id <> o.person_id AND NOT EXISTS (
      SELECT FROM orders.orders e
      WHERE e.market_id = o.market_id AND e.person_id = o.person_id
        AND (e.placed_at, e.payable_id) < (o.placed_at, o.payable_id) AND e.state NOT IN ('placed', 'closed')
    )
  GROUP BY 1
)
SELECT coalesce(s.month, c.month) AS month, coalesce(s.sharers, 0) AS sharers, coalesce(s.visitors, 0) AS visitors,
  coalesce(c.newcomers, 0) AS newcomers
FROM seen s
FULL JOIN came c ON c.month = s.month
ORDER BY 1
"""
SHOPS_SQL = """
SELECT width_bucket(o.placed_at, $2::timestamptz[]) AS month, count(DISTINCT o.id) AS orders,
  coalesce(sum(l.amount_minor) FILTER (WHERE o.state NOT IN ('placed', 'closed')), 0)::bigint AS paid,
  sum(l.refunded_minor)::bigint AS refunded,
  coalesce(sum(c.amount_minor), 0)::bigint AS promised, coalesce(sum(c.kept_minor), 0)::bigint AS commission,
  coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'matured'), 0)::bigint AS matured
FROM orders.attributions a
JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id
JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number
LEFT JOIN distribution.commissions c ON c.market_id = a.market_id AND c.order_id = a.order_id
  AND c.line_number = a.line_number AND c.shop_id = a.shop_id AND c.depth = 1
WHERE a.market_id = $1 AND a.shop_id IS NOT NULL AND o.placed_at >= $3 AND o.placed_at < $4
  AND ($5::uuid IS NULL OR a.shop_id = $5)
GROUP BY 1
ORDER BY 1
"""
RETAIL_SQL = """
SELECT width_bucket(o.placed_at, $2::timestamptz[]) AS month,
  sum(l.amount_minor - l.refunded_minor)::bigint AS kept,
  coalesce(sum(l.amount_minor - l.refunded_minor) FILTER (WHERE s.owner_id IS NULL), 0)::bigint AS outside,
  coalesce(sum(l.amount_minor - l.refunded_minor) FILTER (WHERE a.shop_id IS NOT NULL), 0)::bigint AS recommended,
  coalesce(sum(l.amount_minor - l.refunded_minor) FILTER (WHERE a.shop_id IS NOT NULL AND s.owner_id IS NULL), 0)::bigint
    AS recommended_outside
FROM orders.orders o
JOIN orders.lines l ON l.market_id = o.market_id AND l.order_id = o.id
LEFT JOIN orders.attributions a ON a.market_id = o.market_id AND a.order_id = l.order_id AND a.line_number = l.number
LEFT JOIN (
  SELECT DISTINCT owner_id FROM parties.shops WHERE market_id = $1
) s ON s.owner_id = o.person_id
WHERE o.market_id = $1 AND o.placed_at >= $3 AND o.placed_at < $4 AND o.state NOT IN ('placed', 'closed')
GROUP BY 1
ORDER BY 1
"""

SOLD_BY_SUPPLIERS_SQL = """
  SELECT o.placed_at, o.supplier_id AS seller, o.total_minor - o.refunded_minor AS kept
  FROM orders.orders o
  WHERE o.market_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.state NOT IN ('placed', 'closed')
"""
SOLD_BY_SHOPS_SQL = """
  SELECT o.placed_at, a.shop_id AS seller, l.amount_minor - l.refunded_minor AS kept
  FROM orders.attributions a
  JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id
  JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number
  WHERE a.market_id = $1 AND a.shop_id IS NOT NULL AND o.placed_at >= $2 AND o.placed_at < $3
    AND o.state NOT IN ('placed', 'closed')
"""
RANKED = """), sums AS (
  SELECT width_bucket(placed_at, $4::timestamptz[]) AS month, seller, sum(kept) AS kept FROM sold GROUP BY 1, 2
), placed AS (
  SELECT month, kept, row_number() OVER (PARTITION BY month ORDER BY kept, seller) AS place,
    row_number() OVER (PARTITION BY month ORDER BY kept DESC, seller) AS from_top
  FROM sums
  WHERE kept > 0
)
SELECT month, count(*) AS sellers, sum(kept)::bigint AS kept,
  sum(kept) FILTER (WHERE from_top <= $5)::bigint AS top, sum(place * kept) AS weighted
FROM placed
GROUP BY 1
ORDER BY 1
"""
TIERED = """), sums AS (
  SELECT seller, coalesce(sum(kept) FILTER (WHERE placed_at < $4), 0) AS before,
    coalesce(sum(kept) FILTER (WHERE placed_at >= $4), 0) AS now
  FROM sold
  GROUP BY seller
), placed AS (
  SELECT before, now, row_number() OVER (ORDER BY before DESC, seller) AS place,
    count(*) FILTER (WHERE before > 0) OVER () AS sellers
  FROM sums
)
SELECT CASE WHEN before = 0 THEN 'new' WHEN (place - 1) * 10 < sellers THEN 'head'
    WHEN (place - 1) * 2 < sellers THEN 'middle' ELSE 'tail' END AS tier,
  count(*) AS sellers, sum(before)::bigint AS before, sum(now)::bigint AS now
FROM placed
WHERE before > 0 OR now > 0
GROUP BY 1
"""
CONCENTRATION_SQL = f"WITH sold AS ({SOLD_BY_SUPPLIERS_SQL}{RANKED}"
SHOP_CONCENTRATION_SQL = f"WITH sold AS ({SOLD_BY_SHOPS_SQL}{RANKED}"
TIERS_SQL = f"WITH sold AS ({SOLD_BY_SUPPLIERS_SQL}{TIERED}"
SHOP_TIERS_SQL = f"WITH sold AS ({SOLD_BY_SHOPS_SQL}{TIERED}"
