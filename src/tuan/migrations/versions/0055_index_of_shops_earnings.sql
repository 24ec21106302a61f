DROP INDEX CONCURRENTLY IF EXISTS ledger.transfers_shop_idx;

CREATE INDEX CONCURRENTLY transfers_shop_idx ON ledger.transfers (market_id, to_code, at) WHERE starts_with(to_code, 'shop:');
