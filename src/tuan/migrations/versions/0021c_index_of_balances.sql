DROP INDEX CONCURRENTLY IF EXISTS orders.orders_balance_idx;

CREATE INDEX CONCURRENTLY orders_balance_idx ON orders.orders (market_id, balance_id) WHERE balance_id IS NOT NULL;
