ALTER TABLE accounts.persons
	ADD COLUMN blocked_at TIMESTAMP WITH TIME ZONE,
	ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE,
	ADD CONSTRAINT persons_erased_is_empty_check CHECK (erased_at IS NULL OR phone IS NULL AND name = '' AND blocked_at IS NOT NULL);

CREATE INDEX persons_blocked_idx ON accounts.persons (market_id, id) WHERE blocked_at IS NOT NULL;

CREATE INDEX persons_name_idx ON accounts.persons (market_id, name text_pattern_ops);

CREATE INDEX persons_phone_end_idx ON accounts.persons (market_id, reverse(phone) text_pattern_ops);

ALTER TABLE payments.quarantine
	ADD COLUMN resolution TEXT,
	ADD COLUMN resolved_at TIMESTAMP WITH TIME ZONE,
	ADD CONSTRAINT quarantine_resolution_known_check CHECK (resolution IN ('returned', 'settled', 'no_money')),
	ADD CONSTRAINT quarantine_resolved_has_time_check CHECK ((resolution IS NULL) = (resolved_at IS NULL));

CREATE INDEX quarantine_open_idx ON payments.quarantine (market_id, id) WHERE resolved_at IS NULL;

CREATE INDEX captures_received_idx ON payments.captures USING brin (market_id, received_at);

CREATE INDEX refunds_asked_idx ON payments.refunds USING brin (market_id, asked_at);

CREATE INDEX refunds_state_idx ON payments.refunds (market_id, state, id);

CREATE INDEX orders_state_idx ON orders.orders (market_id, state, id);

CREATE INDEX orders_supplier_idx ON orders.orders (market_id, supplier_id, id);

CREATE INDEX orders_placed_idx ON orders.orders USING brin (market_id, placed_at);

CREATE INDEX teams_ended_idx ON groupbuy.teams USING brin (market_id, ended_at);
