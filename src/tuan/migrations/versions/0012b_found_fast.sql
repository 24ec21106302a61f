DROP INDEX CONCURRENTLY IF EXISTS catalog.products_unsearched_idx;

CREATE INDEX CONCURRENTLY products_unsearched_idx ON catalog.products (market_id, id) WHERE searched_title IS DISTINCT FROM title;

DROP INDEX CONCURRENTLY IF EXISTS platform.sessions_person_idx;

CREATE INDEX CONCURRENTLY sessions_person_idx ON platform.sessions (market_id, person_id) WHERE person_id IS NOT NULL;
