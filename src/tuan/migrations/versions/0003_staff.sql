CREATE SCHEMA staff;
GRANT USAGE ON SCHEMA staff TO tuan_app, tuan_relay;

CREATE TABLE staff.members (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	state TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	has_first_password BOOLEAN NOT NULL,
	code_salt BYTEA NOT NULL,
	code_step BIGINT DEFAULT 0 NOT NULL,
	admitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT members_pkey PRIMARY KEY (market_id, person_id),
	CONSTRAINT members_state_known_check CHECK (state IN ('active', 'blocked')),
	CONSTRAINT members_password_is_argon2id_check CHECK (left(password_hash, 10) = '$argon2id$'),
	CONSTRAINT members_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON staff.members TO tuan_app;
ALTER TABLE staff.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON staff.members TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE staff.roles (
	market_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	permissions JSONB NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT roles_pkey PRIMARY KEY (market_id, name),
	CONSTRAINT roles_permissions_are_a_list_check CHECK (jsonb_typeof(permissions) = 'array')
);

GRANT SELECT, INSERT, UPDATE, DELETE ON staff.roles TO tuan_app;
ALTER TABLE staff.roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON staff.roles TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE staff.given (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	role TEXT NOT NULL,
	CONSTRAINT given_pkey PRIMARY KEY (market_id, person_id, role),
	CONSTRAINT given_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES staff.members (market_id, person_id),
	CONSTRAINT given_market_id_role_fkey FOREIGN KEY(market_id, role) REFERENCES staff.roles (market_id, name)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON staff.given TO tuan_app;
ALTER TABLE staff.given ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON staff.given TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE staff.sessions (
	market_id BIGINT NOT NULL,
	token_hash BYTEA NOT NULL,
	person_id UUID NOT NULL,
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT sessions_pkey PRIMARY KEY (market_id, token_hash),
	CONSTRAINT sessions_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES staff.members (market_id, person_id)
);

CREATE INDEX sessions_ends_at_idx ON staff.sessions (market_id, ends_at);

CREATE INDEX sessions_person_idx ON staff.sessions (market_id, person_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON staff.sessions TO tuan_app;
ALTER TABLE staff.sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON staff.sessions TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE staff.views (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	place TEXT NOT NULL,
	name TEXT NOT NULL,
	query TEXT NOT NULL,
	kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT views_pkey PRIMARY KEY (market_id, person_id, place, name),
	CONSTRAINT views_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES staff.members (market_id, person_id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON staff.views TO tuan_app;
ALTER TABLE staff.views ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON staff.views TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
