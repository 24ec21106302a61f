CREATE SCHEMA developers;
GRANT USAGE ON SCHEMA developers TO tuan_app, tuan_relay;

CREATE TABLE developers.endpoints (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	url TEXT NOT NULL,
	kinds JSONB NOT NULL,
	secret_version INTEGER DEFAULT 1 NOT NULL,
	previous_until TIMESTAMP WITH TIME ZONE,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	removed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT endpoints_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT endpoints_secret_counted_check CHECK (secret_version > 0)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON developers.endpoints TO tuan_app;
ALTER TABLE developers.endpoints ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON developers.endpoints TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE developers.feeds (
	market_id BIGINT NOT NULL,
	position BIGINT NOT NULL,
	CONSTRAINT feeds_pkey PRIMARY KEY (market_id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON developers.feeds TO tuan_app;
ALTER TABLE developers.feeds ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON developers.feeds TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE developers.deliveries (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	endpoint_id UUID NOT NULL,
	fact_id UUID NOT NULL,
	state TEXT DEFAULT 'due' NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT deliveries_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT deliveries_state_known_check CHECK (state IN ('due', 'delivered', 'parked')),
	CONSTRAINT deliveries_due_has_time_check CHECK ((state = 'due') = (next_attempt_at IS NOT NULL)),
	CONSTRAINT deliveries_market_id_endpoint_id_fact_id_key UNIQUE (market_id, endpoint_id, fact_id),
	CONSTRAINT deliveries_market_id_endpoint_id_fkey FOREIGN KEY(market_id, endpoint_id) REFERENCES developers.endpoints (market_id, id),
	CONSTRAINT deliveries_market_id_fact_id_fkey FOREIGN KEY(market_id, fact_id) REFERENCES outbox.facts (market_id, id)
);

CREATE INDEX deliveries_due_idx ON developers.deliveries (market_id, next_attempt_at) WHERE state = 'due';

GRANT SELECT, INSERT, UPDATE, DELETE ON developers.deliveries TO tuan_app;
ALTER TABLE developers.deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON developers.deliveries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, next_attempt_at) ON developers.deliveries TO tuan_relay;
CREATE POLICY due ON developers.deliveries FOR SELECT TO tuan_relay USING (state = 'due');

CREATE TABLE developers.events (
	market_id BIGINT NOT NULL,
	position BIGINT NOT NULL,
	fact_id UUID NOT NULL,
	CONSTRAINT events_pkey PRIMARY KEY (market_id, position),
	CONSTRAINT events_market_id_fact_id_key UNIQUE (market_id, fact_id),
	CONSTRAINT events_market_id_fact_id_fkey FOREIGN KEY(market_id, fact_id) REFERENCES outbox.facts (market_id, id)
);

GRANT SELECT, INSERT ON developers.events TO tuan_app;
ALTER TABLE developers.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON developers.events TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE developers.keys (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	owner_id UUID NOT NULL,
	name TEXT NOT NULL,
	hash BYTEA NOT NULL,
	scopes JSONB NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	revoked_at TIMESTAMP WITH TIME ZONE,
	used_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT keys_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT keys_market_id_hash_key UNIQUE (market_id, hash),
	CONSTRAINT keys_market_id_owner_id_fkey FOREIGN KEY(market_id, owner_id) REFERENCES accounts.persons (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON developers.keys TO tuan_app;
ALTER TABLE developers.keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON developers.keys TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE developers.tries (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	delivery_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	answer TEXT NOT NULL,
	milliseconds INTEGER NOT NULL,
	CONSTRAINT tries_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT tries_market_id_delivery_id_fkey FOREIGN KEY(market_id, delivery_id) REFERENCES developers.deliveries (market_id, id)
);

CREATE INDEX tries_delivery_idx ON developers.tries (market_id, delivery_id, id);

GRANT SELECT, INSERT ON developers.tries TO tuan_app;
ALTER TABLE developers.tries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON developers.tries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

