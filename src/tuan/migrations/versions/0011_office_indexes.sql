DROP INDEX CONCURRENTLY IF EXISTS accounts.persons_blocked_idx;

CREATE INDEX CONCURRENTLY persons_blocked_idx ON accounts.persons (market_id, id) WHERE blocked_at IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS accounts.persons_name_idx;

CREATE INDEX CONCURRENTLY persons_name_idx ON accounts.persons (market_id, name text_pattern_ops);

DROP INDEX CONCURRENTLY IF EXISTS accounts.persons_phone_end_idx;

CREATE INDEX CONCURRENTLY persons_phone_end_idx ON accounts.persons (market_id, reverse(phone) text_pattern_ops);

DROP INDEX CONCURRENTLY IF EXISTS payments.quarantine_open_idx;

CREATE INDEX CONCURRENTLY quarantine_open_idx ON payments.quarantine (market_id, id) WHERE resolved_at IS NULL;

DROP INDEX CONCURRENTLY IF EXISTS payments.captures_received_idx;

CREATE INDEX CONCURRENTLY captures_received_idx ON payments.captures USING brin (market_id, received_at);

DROP INDEX CONCURRENTLY IF EXISTS payments.refunds_asked_idx;

CREATE INDEX CONCURRENTLY refunds_asked_idx ON payments.refunds USING brin (market_id, asked_at);

DROP INDEX CONCURRENTLY IF EXISTS payments.refunds_state_idx;

CREATE INDEX CONCURRENTLY refunds_state_idx ON payments.refunds (market_id, state, id);

DROP INDEX CONCURRENTLY IF EXISTS orders.orders_state_idx;

CREATE INDEX CONCURRENTLY orders_state_idx ON orders.orders (market_id, state, id);

DROP INDEX CONCURRENTLY IF EXISTS orders.orders_supplier_idx;

CREATE INDEX CONCURRENTLY orders_supplier_idx ON orders.orders (market_id, supplier_id, id);

DROP INDEX CONCURRENTLY IF EXISTS orders.orders_placed_idx;

CREATE INDEX CONCURRENTLY orders_placed_idx ON orders.orders USING brin (market_id, placed_at);

DROP INDEX CONCURRENTLY IF EXISTS groupbuy.teams_ended_idx;

CREATE INDEX CONCURRENTLY teams_ended_idx ON groupbuy.teams USING brin (market_id, ended_at);

DROP INDEX CONCURRENTLY IF EXISTS audit.entries_subject_idx;

CREATE INDEX CONCURRENTLY entries_subject_idx ON audit.entries (market_id, subject, id);
