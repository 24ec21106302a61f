CREATE TABLE settlement.splits (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	withdrawal_id UUID NOT NULL,
	order_id UUID NOT NULL,
	capture_id UUID NOT NULL,
	transaction TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	state TEXT NOT NULL,
	provider_ref TEXT,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT splits_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT splits_amount_in_bounds_check CHECK (amount_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT splits_state_known_check CHECK (state IN ('held', 'done', 'failed', 'released')),
	CONSTRAINT splits_ended_has_time_check CHECK ((state = 'held') = (ended_at IS NULL)),
	CONSTRAINT splits_market_id_withdrawal_id_order_id_capture_id_key UNIQUE (market_id, withdrawal_id, order_id, capture_id),
	CONSTRAINT splits_market_id_withdrawal_id_fkey FOREIGN KEY (market_id, withdrawal_id) REFERENCES settlement.withdrawals (market_id, id),
	CONSTRAINT splits_market_id_capture_id_fkey FOREIGN KEY (market_id, capture_id) REFERENCES payments.captures (market_id, id)
);

CREATE INDEX splits_order_idx ON settlement.splits (market_id, order_id);
CREATE INDEX splits_capture_idx ON settlement.splits (market_id, capture_id);
CREATE INDEX splits_ended_idx ON settlement.splits USING brin (market_id, ended_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON settlement.splits TO tuan_app;
ALTER TABLE settlement.splits ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.splits TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sandbox.splits (
	market_id BIGINT NOT NULL,
	split_id UUID NOT NULL,
	transaction TEXT NOT NULL,
	payee TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	state TEXT NOT NULL,
	done_at TIMESTAMP WITH TIME ZONE,
	doubts INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT splits_pkey PRIMARY KEY (market_id, split_id),
	CONSTRAINT splits_state_known_check CHECK (state IN ('done', 'failed')),
	CONSTRAINT splits_done_has_time_check CHECK ((state = 'done') = (done_at IS NOT NULL))
);

CREATE INDEX splits_transaction_idx ON sandbox.splits (market_id, transaction);

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox.splits TO tuan_app;
ALTER TABLE sandbox.splits ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox.splits TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

ALTER TABLE settlement.withdrawals ADD COLUMN short_minor BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE settlement.withdrawals ADD CONSTRAINT withdrawals_short_within_amount_check CHECK (short_minor BETWEEN 0 AND amount_minor - fee_minor) NOT VALID;

-- The release before writes what the longer lists have too.
ALTER TABLE settlement.accounts DROP CONSTRAINT accounts_mode_known_check;
ALTER TABLE settlement.accounts ADD CONSTRAINT accounts_mode_known_check CHECK (mode IN ('transfer', 'split', 'direct')) NOT VALID;
ALTER TABLE reconciliation.lines DROP CONSTRAINT lines_kind_known_check;
ALTER TABLE reconciliation.lines ADD CONSTRAINT lines_kind_known_check CHECK (kind IN ('charge', 'refund', 'transfer', 'split', 'return')) NOT VALID;
ALTER TABLE reconciliation.tickets DROP CONSTRAINT tickets_kind_known_check;
ALTER TABLE reconciliation.tickets ADD CONSTRAINT tickets_kind_known_check CHECK (kind IN ('charge', 'refund', 'transfer', 'split', 'return')) NOT VALID;

ALTER TABLE points.lots DROP CONSTRAINT lots_source_known_check;
ALTER TABLE points.lots ADD CONSTRAINT lots_source_known_check CHECK (source IN ('order', 'check_in', 'leader', 'grant', 'returned')) NOT VALID;

-- Nothing has written this column before.
ALTER TABLE groupbuy.campaigns ADD CONSTRAINT campaigns_leader_reward_is_points_check CHECK (leader_reward IS NULL OR (leader_reward->>'points')::bigint BETWEEN 1 AND 100000) NOT VALID;
