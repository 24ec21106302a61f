DROP INDEX CONCURRENTLY IF EXISTS accounts.persons_by_name_idx;

CREATE INDEX CONCURRENTLY persons_by_name_idx ON accounts.persons (market_id, name, id);

DROP INDEX CONCURRENTLY IF EXISTS catalog.products_title_idx;

CREATE INDEX CONCURRENTLY products_title_idx ON catalog.products (market_id, title, id);

DROP INDEX CONCURRENTLY IF EXISTS catalog.products_state_idx;

CREATE INDEX CONCURRENTLY products_state_idx ON catalog.products (market_id, state, id);

DROP INDEX CONCURRENTLY IF EXISTS groupbuy.campaigns_starts_idx;

CREATE INDEX CONCURRENTLY campaigns_starts_idx ON groupbuy.campaigns (market_id, starts_at, id);

DROP INDEX CONCURRENTLY IF EXISTS groupbuy.campaigns_ends_idx;

CREATE INDEX CONCURRENTLY campaigns_ends_idx ON groupbuy.campaigns (market_id, ends_at, id);

DROP INDEX CONCURRENTLY IF EXISTS payments.refunds_amount_idx;

CREATE INDEX CONCURRENTLY refunds_amount_idx ON payments.refunds (market_id, amount_minor, id);
