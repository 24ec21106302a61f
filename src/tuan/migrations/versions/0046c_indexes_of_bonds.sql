DROP INDEX CONCURRENTLY IF EXISTS sharing.bindings_until_idx;

CREATE INDEX CONCURRENTLY bindings_until_idx ON sharing.bindings (market_id, until) WHERE until IS NOT NULL;
