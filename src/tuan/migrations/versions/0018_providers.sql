ALTER TABLE sandbox.deliveries ALTER COLUMN attempt_id DROP NOT NULL;

CREATE SCHEMA reconciliation;
GRANT USAGE ON SCHEMA reconciliation TO tuan_app, tuan_relay;

CREATE TABLE sandbox.transfers (
	market_id BIGINT NOT NULL,
	transfer_id UUID NOT NULL,
	payee TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	state TEXT NOT NULL,
	done_at TIMESTAMP WITH TIME ZONE,
	doubts INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT transfers_pkey PRIMARY KEY (market_id, transfer_id),
	CONSTRAINT transfers_state_known_check CHECK (state IN ('done', 'failed')),
	CONSTRAINT transfers_done_has_time_check CHECK ((state = 'done') = (done_at IS NOT NULL))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox.transfers TO tuan_app;
ALTER TABLE sandbox.transfers ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox.transfers TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE payments.nonces (
	market_id BIGINT NOT NULL,
	provider TEXT NOT NULL,
	nonce TEXT NOT NULL,
	heard_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT nonces_pkey PRIMARY KEY (market_id, provider, nonce)
);

CREATE INDEX nonces_heard_idx ON payments.nonces (market_id, heard_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON payments.nonces TO tuan_app;
ALTER TABLE payments.nonces ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON payments.nonces TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE reconciliation.statements (
	market_id BIGINT NOT NULL,
	provider TEXT NOT NULL,
	day DATE NOT NULL,
	state TEXT NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	read_at TIMESTAMP WITH TIME ZONE,
	lines INTEGER DEFAULT 0 NOT NULL,
	charged_minor BIGINT DEFAULT 0 NOT NULL,
	refunded_minor BIGINT DEFAULT 0 NOT NULL,
	paid_out_minor BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT statements_pkey PRIMARY KEY (market_id, provider, day),
	CONSTRAINT statements_state_known_check CHECK (state IN ('due', 'read')),
	CONSTRAINT statements_due_has_time_check CHECK ((state = 'due') = (next_attempt_at IS NOT NULL))
);

CREATE INDEX statements_due_idx ON reconciliation.statements (market_id, next_attempt_at) WHERE state = 'due';

GRANT SELECT, INSERT, UPDATE, DELETE ON reconciliation.statements TO tuan_app;
ALTER TABLE reconciliation.statements ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON reconciliation.statements TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, next_attempt_at) ON reconciliation.statements TO tuan_relay;
CREATE POLICY due ON reconciliation.statements FOR SELECT TO tuan_relay USING (state = 'due');

CREATE TABLE reconciliation.lines (
	market_id BIGINT NOT NULL,
	provider TEXT NOT NULL,
	day DATE NOT NULL,
	number INTEGER NOT NULL,
	kind TEXT NOT NULL,
	key UUID,
	transaction TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT lines_pkey PRIMARY KEY (market_id, provider, day, number),
	CONSTRAINT lines_kind_known_check CHECK (kind IN ('charge', 'refund', 'transfer')),
	CONSTRAINT lines_market_id_provider_day_fkey FOREIGN KEY(market_id, provider, day) REFERENCES reconciliation.statements (market_id, provider, day)
);

CREATE INDEX lines_key_idx ON reconciliation.lines (market_id, provider, kind, key);

CREATE INDEX lines_transaction_idx ON reconciliation.lines (market_id, provider, transaction);

GRANT SELECT, INSERT, UPDATE, DELETE ON reconciliation.lines TO tuan_app;
ALTER TABLE reconciliation.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON reconciliation.lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE reconciliation.tickets (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	provider TEXT NOT NULL,
	day DATE NOT NULL,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	why TEXT NOT NULL,
	key UUID,
	ours_minor BIGINT,
	theirs_minor BIGINT,
	currency TEXT NOT NULL,
	state TEXT NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	closed_at TIMESTAMP WITH TIME ZONE,
	resolution TEXT,
	tries INTEGER DEFAULT 0 NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT tickets_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT tickets_kind_known_check CHECK (kind IN ('charge', 'refund', 'transfer')),
	CONSTRAINT tickets_why_known_check CHECK (why IN ('not_here', 'not_there', 'other_amount', 'other_currency', 'other_payment')),
	CONSTRAINT tickets_state_known_check CHECK (state IN ('open', 'matched', 'settled')),
	CONSTRAINT tickets_resolution_known_check CHECK (resolution IN ('corrected_there', 'corrected_here', 'accepted')),
	CONSTRAINT tickets_closed_has_time_check CHECK ((state = 'open') = (closed_at IS NULL)),
	CONSTRAINT tickets_settled_has_resolution_check CHECK ((state = 'settled') = (resolution IS NOT NULL)),
	CONSTRAINT tickets_only_open_are_asked_check CHECK (next_attempt_at IS NULL OR state = 'open'),
	CONSTRAINT tickets_market_id_provider_kind_about_why_key UNIQUE (market_id, provider, kind, about, why)
);

CREATE INDEX tickets_day_idx ON reconciliation.tickets (market_id, provider, day);

CREATE INDEX tickets_due_idx ON reconciliation.tickets (market_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE INDEX tickets_open_idx ON reconciliation.tickets (market_id, id) WHERE state = 'open';

GRANT SELECT, INSERT, UPDATE, DELETE ON reconciliation.tickets TO tuan_app;
ALTER TABLE reconciliation.tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON reconciliation.tickets TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, next_attempt_at) ON reconciliation.tickets TO tuan_relay;
CREATE POLICY due ON reconciliation.tickets FOR SELECT TO tuan_relay USING (next_attempt_at IS NOT NULL);
