DROP INDEX CONCURRENTLY IF EXISTS payments.captures_payer_idx;

CREATE INDEX CONCURRENTLY captures_payer_idx ON payments.captures (market_id, payer) WHERE payer <> '';
