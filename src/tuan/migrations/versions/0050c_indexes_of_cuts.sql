DROP INDEX CONCURRENTLY IF EXISTS settlement.cuts_code_idx;

CREATE INDEX CONCURRENTLY cuts_code_idx ON settlement.cuts (market_id, code, order_id);
