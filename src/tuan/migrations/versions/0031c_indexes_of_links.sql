DROP INDEX CONCURRENTLY IF EXISTS sharing.links_made_idx;

CREATE INDEX CONCURRENTLY links_made_idx ON sharing.links (market_id, made_at, code);

DROP INDEX CONCURRENTLY IF EXISTS sharing.links_markets_own_idx;

CREATE INDEX CONCURRENTLY links_markets_own_idx ON sharing.links (market_id, made_at, code) WHERE sharer_id IS NULL;
