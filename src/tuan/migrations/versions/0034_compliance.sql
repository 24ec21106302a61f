CREATE SCHEMA compliance;
GRANT USAGE ON SCHEMA compliance TO tuan_app, tuan_relay;

CREATE TABLE compliance.metrics (
	market_id BIGINT NOT NULL,
	day DATE NOT NULL,
	profile TEXT NOT NULL,
	shops INTEGER DEFAULT 0 NOT NULL,
	longest INTEGER DEFAULT 0 NOT NULL,
	widest INTEGER DEFAULT 0 NOT NULL,
	has_both BOOLEAN DEFAULT false NOT NULL,
	chains_at TIMESTAMP WITH TIME ZONE,
	pay_minor BIGINT DEFAULT 0 NOT NULL,
	retail_minor BIGINT DEFAULT 0 NOT NULL,
	recruits_minor BIGINT DEFAULT 0 NOT NULL,
	unlawful_plans INTEGER DEFAULT 0 NOT NULL,
	pay_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT metrics_pkey PRIMARY KEY (market_id, day),
	CONSTRAINT metrics_parts_of_pay_check CHECK (pay_minor >= retail_minor AND retail_minor >= 0 AND pay_minor >= recruits_minor),
	CONSTRAINT metrics_chains_of_shops_check CHECK (longest <= widest AND widest <= shops)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON compliance.metrics TO tuan_app;
ALTER TABLE compliance.metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON compliance.metrics TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE compliance.profiles (
	market_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	chosen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT profiles_pkey PRIMARY KEY (market_id),
	CONSTRAINT profiles_code_known_check CHECK (code IN ('CN', 'EU', 'US'))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON compliance.profiles TO tuan_app;
ALTER TABLE compliance.profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON compliance.profiles TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE compliance.reports (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	from_day DATE NOT NULL,
	until_day DATE NOT NULL,
	made_by UUID NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sha256 TEXT NOT NULL,
	archive BYTEA NOT NULL,
	CONSTRAINT reports_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT reports_days_in_order_check CHECK (until_day >= from_day),
	CONSTRAINT reports_hash_long_check CHECK (length(sha256) = 64)
);

CREATE INDEX reports_made_idx ON compliance.reports (market_id, made_at);

GRANT SELECT, INSERT ON compliance.reports TO tuan_app;
ALTER TABLE compliance.reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON compliance.reports TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE compliance.sign_offs (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	profile TEXT NOT NULL,
	rule TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	document TEXT NOT NULL,
	document_hash TEXT NOT NULL,
	from_at TIMESTAMP WITH TIME ZONE NOT NULL,
	until TIMESTAMP WITH TIME ZONE NOT NULL,
	state TEXT NOT NULL,
	asked_by UUID NOT NULL,
	asked_role TEXT NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	given_by UUID,
	given_role TEXT DEFAULT '' NOT NULL,
	given_at TIMESTAMP WITH TIME ZONE,
	revoked_by UUID,
	revoked_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT sign_offs_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT sign_offs_profile_known_check CHECK (profile IN ('CN', 'EU', 'US')),
	CONSTRAINT sign_offs_rule_known_check CHECK (rule IN ('level_not_signed')),
	CONSTRAINT sign_offs_state_known_check CHECK (state IN ('asked', 'given', 'revoked')),
	CONSTRAINT sign_offs_two_persons_check CHECK (given_by <> asked_by),
	CONSTRAINT sign_offs_given_by_somebody_check CHECK (state <> 'given' OR (given_by IS NOT NULL AND given_at IS NOT NULL)),
	CONSTRAINT sign_offs_revoked_by_somebody_check CHECK ((state = 'revoked') = (revoked_by IS NOT NULL AND revoked_at IS NOT NULL)),
	CONSTRAINT sign_offs_hashes_check CHECK (length(fingerprint) = 64 AND length(document_hash) = 64),
	CONSTRAINT sign_offs_a_while_check CHECK (until > from_at AND until <= from_at + interval '366 days')
);

CREATE INDEX sign_offs_fingerprint_idx ON compliance.sign_offs (market_id, fingerprint, rule);

GRANT SELECT, INSERT, UPDATE, DELETE ON compliance.sign_offs TO tuan_app;
ALTER TABLE compliance.sign_offs ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON compliance.sign_offs TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE compliance.consents (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	purpose TEXT NOT NULL,
	about_id UUID NOT NULL,
	is_given BOOLEAN NOT NULL,
	version TEXT NOT NULL,
	language TEXT NOT NULL,
	place TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT consents_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT consents_purpose_known_check CHECK (purpose IN ('shop_customer', 'organisation_member')),
	CONSTRAINT consents_place_known_check CHECK (place IN ('web', 'office', 'api', 'erased')),
	CONSTRAINT consents_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX consents_about_idx ON compliance.consents (market_id, about_id, purpose, at);
CREATE INDEX consents_person_idx ON compliance.consents (market_id, person_id, purpose, about_id, at);

GRANT SELECT, INSERT ON compliance.consents TO tuan_app;
ALTER TABLE compliance.consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON compliance.consents TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
