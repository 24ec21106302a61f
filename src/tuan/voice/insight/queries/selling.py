"""Queries over orders and teams."""

WATERFALL_SQL = """
SELECT width_bucket(o.placed_at, $2::timestamptz[]) AS month,
  count(DISTINCT o.id) AS orders,
  sum(l.amount_minor + l.later_minor)::bigint AS placed,
  coalesce(sum(l.amount_minor) FILTER (WHERE o.state NOT IN ('placed', 'closed')), 0)::bigint AS paid,
  sum(l.refunded_minor)::bigint AS refunded,
  coalesce(sum(c.kept_minor), 0)::bigint AS settled,
  coalesce(sum(c.kept_minor - (l.amount_minor - l.refunded_minor)), 0)::bigint AS late,
  coalesce(sum(c.borne_minor), 0)::bigint AS borne,
  coalesce(sum(c.fee_minor), 0)::bigint AS fee,
  coalesce(sum(c.cut_minor), 0)::bigint AS cut,
  coalesce(sum(c.withheld_minor), 0)::bigint AS withheld,
  coalesce(sum(c.share_minor), 0)::bigint AS share
FROM orders.orders o
JOIN orders.lines l ON l.market_id = o.market_id AND l.order_id = o.id
LEFT JOIN settlement.claims c ON c.market_id = o.market_id AND c.order_id = l.order_id AND c.line_number = l.number
WHERE o.market_id = $1 AND o.placed_at >= $3 AND o.placed_at < $4
  AND ($5::uuid IS NULL OR o.supplier_id = $5)
GROUP BY 1
ORDER BY 1
"""
COHORTS_SQL = """
WITH kept AS (
  SELECT o.person_id, o.placed_at, o.total_minor - o.refunded_minor AS kept_minor
  FROM orders.orders o
  WHERE o.market_id = $1 AND o.state = 'completed' AND o.total_minor > o.refunded_minor AND o.placed_at < $4
    AND ($5::uuid IS NULL OR o.supplier_id = $5)
    AND ($6::uuid IS NULL OR EXISTS (
      SELECT FROM orders.attributions a WHERE a.market_id = o.market_id AND a.order_id = o.id AND a.shop_id = $6
    ))
), firsts AS (
  SELECT person_id, min(placed_at) AS first_at FROM kept GROUP BY person_id
)
SELECT width_bucket(f.first_at, $2::timestamptz[]) AS month,
  width_bucket(k.placed_at, $2::timestamptz[]) - width_bucket(f.first_at, $2::timestamptz[]) AS later,
  count(DISTINCT k.person_id) AS buyers,
  sum(k.kept_minor)::bigint AS kept
FROM firsts f
JOIN kept k ON k.person_id = f.person_id
WHERE f.first_at >= $3
GROUP BY 1, 2
ORDER BY 1, 2
"""
INVITATIONS_SQL = """
SELECT width_bucket(t.opened_at, $2::timestamptz[]) AS month,
  count(DISTINCT t.leader_id) AS leaders,
  count(s.order_id) FILTER (WHERE s.person_id <> t.leader_id) AS joined,
  count(s.order_id) FILTER (WHERE s.person_id <> t.leader_id AND NOT EXISTS (
    SELECT FROM orders.orders e
    WHERE e.market_id = o.market_id AND e.person_id = o.person_id
      AND (e.placed_at, e.payable_id) < (o.placed_at, o.payable_id) AND e.state NOT IN ('placed', 'closed')
  )) AS newcomers
FROM groupbuy.teams t
JOIN groupbuy.seats s ON s.market_id = t.market_id AND s.team_id = t.id AND s.taken_at IS NOT NULL
JOIN orders.orders o ON o.market_id = t.market_id AND o.id = s.order_id
WHERE t.market_id = $1 AND t.opened_at >= $3 AND t.opened_at < $4 AND t.state NOT IN ('opening', 'void')
  AND ($5::uuid IS NULL OR o.supplier_id = $5)
  AND ($6::uuid IS NULL OR EXISTS (
    SELECT FROM groupbuy.seats f
    JOIN orders.attributions a ON a.market_id = f.market_id AND a.order_id = f.order_id
    WHERE f.market_id = t.market_id AND f.team_id = t.id AND f.person_id = t.leader_id AND f.taken_at IS NOT NULL
      AND a.shop_id = $6
  ))
GROUP BY 1
ORDER BY 1
"""
TEAMS_SQL = """
SELECT t.size, width_bucket(p.least_minor, $5::bigint[]) AS price,
  count(*) AS opened,
  count(*) FILTER (WHERE t.state = 'formed') AS formed,
  count(*) FILTER (WHERE t.state = 'formed' AND t.formed_by_promise) AS promised,
  count(*) FILTER (WHERE t.state = 'lapsed') AS lapsed,
  count(*) FILTER (WHERE t.state = 'gathering') AS gathering
FROM groupbuy.teams t
JOIN groupbuy.campaigns c ON c.market_id = t.market_id AND c.id = t.campaign_id
JOIN catalog.products g ON g.market_id = t.market_id AND g.id = c.product_id
JOIN (
  SELECT campaign_id, min(price_minor) AS least_minor FROM groupbuy.campaign_prices WHERE market_id = $1
  GROUP BY campaign_id
) p ON p.campaign_id = t.campaign_id
WHERE t.market_id = $1 AND t.opened_at >= $2 AND t.opened_at < $3 AND t.state NOT IN ('opening', 'void')
  AND ($4::uuid IS NULL OR g.supplier_id = $4)
  AND ($6::uuid IS NULL OR EXISTS (
    SELECT FROM groupbuy.seats f
    JOIN orders.attributions a ON a.market_id = f.market_id AND a.order_id = f.order_id
    WHERE f.market_id = t.market_id AND f.team_id = t.id AND f.person_id = t.leader_id AND f.taken_at IS NOT NULL
      AND a.shop_id = $6
  ))
GROUP BY 1, 2
ORDER BY 1, 2
"""
