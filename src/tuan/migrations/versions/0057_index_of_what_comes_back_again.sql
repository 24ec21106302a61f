DROP INDEX CONCURRENTLY IF EXISTS ledger.transfers_back_idx;

CREATE INDEX CONCURRENTLY transfers_back_idx ON ledger.transfers (market_id, to_code, at) WHERE from_code LIKE 'shop:%' AND to_code LIKE 'supplier:%';
