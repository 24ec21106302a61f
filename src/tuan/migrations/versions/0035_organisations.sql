CREATE TABLE parties.organisations (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	owner_id UUID NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT organisations_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT organisations_market_id_owner_id_fkey FOREIGN KEY(market_id, owner_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX organisations_owner_idx ON parties.organisations (market_id, owner_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON parties.organisations TO tuan_app;
ALTER TABLE parties.organisations ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON parties.organisations TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE SCHEMA membership;
GRANT USAGE ON SCHEMA membership TO tuan_app, tuan_relay;

CREATE TABLE membership.codes (
	market_id BIGINT NOT NULL,
	organisation_id UUID NOT NULL,
	code TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT codes_pkey PRIMARY KEY (market_id, organisation_id),
	CONSTRAINT codes_market_id_code_key UNIQUE (market_id, code),
	CONSTRAINT codes_market_id_organisation_id_fkey FOREIGN KEY(market_id, organisation_id) REFERENCES parties.organisations (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON membership.codes TO tuan_app;
ALTER TABLE membership.codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON membership.codes TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE membership.grades (
	market_id BIGINT NOT NULL,
	organisation_id UUID NOT NULL,
	least_members INTEGER NOT NULL,
	off_minor BIGINT NOT NULL,
	off_permyriad INTEGER NOT NULL,
	cap_minor BIGINT,
	threshold_minor BIGINT NOT NULL,
	CONSTRAINT grades_pkey PRIMARY KEY (market_id, organisation_id, least_members),
	CONSTRAINT grades_asks_for_somebody_check CHECK (least_members > 0 AND threshold_minor >= 0),
	CONSTRAINT grades_one_kind_of_discount_check CHECK (off_minor BETWEEN 0 AND 10000000000000 AND off_permyriad BETWEEN 0 AND 10000 AND (off_minor > 0) <> (off_permyriad > 0)),
	CONSTRAINT grades_market_id_organisation_id_fkey FOREIGN KEY(market_id, organisation_id) REFERENCES parties.organisations (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON membership.grades TO tuan_app;
ALTER TABLE membership.grades ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON membership.grades TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE membership.members (
	market_id BIGINT NOT NULL,
	organisation_id UUID NOT NULL,
	person_id UUID NOT NULL,
	state TEXT NOT NULL,
	via TEXT NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	granted_month DATE,
	CONSTRAINT members_pkey PRIMARY KEY (market_id, organisation_id, person_id),
	CONSTRAINT members_state_known_check CHECK (state IN ('invited', 'active', 'left')),
	CONSTRAINT members_via_known_check CHECK (via IN ('csv', 'code', 'api')),
	CONSTRAINT members_market_id_organisation_id_fkey FOREIGN KEY(market_id, organisation_id) REFERENCES parties.organisations (market_id, id),
	CONSTRAINT members_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX members_active_idx ON membership.members (market_id, organisation_id, granted_month) WHERE state = 'active';
CREATE INDEX members_person_idx ON membership.members (market_id, person_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON membership.members TO tuan_app;
ALTER TABLE membership.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON membership.members TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state) ON membership.members TO tuan_relay;
CREATE POLICY due ON membership.members FOR SELECT TO tuan_relay USING (state = 'active');

CREATE TABLE membership.months (
	market_id BIGINT NOT NULL,
	organisation_id UUID NOT NULL,
	month DATE NOT NULL,
	members INTEGER NOT NULL,
	least_members INTEGER,
	template_id UUID,
	counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT months_pkey PRIMARY KEY (market_id, organisation_id, month),
	CONSTRAINT months_a_grade_has_its_coupon_check CHECK ((least_members IS NULL) = (template_id IS NULL)),
	CONSTRAINT months_reached_check CHECK (least_members <= members),
	CONSTRAINT months_market_id_organisation_id_fkey FOREIGN KEY(market_id, organisation_id) REFERENCES parties.organisations (market_id, id)
);

CREATE INDEX months_template_idx ON membership.months (market_id, template_id) WHERE template_id IS NOT NULL;

GRANT SELECT, INSERT ON membership.months TO tuan_app;
ALTER TABLE membership.months ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON membership.months TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
