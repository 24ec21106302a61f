CREATE SCHEMA promotions;
GRANT USAGE ON SCHEMA promotions TO tuan_app, tuan_relay;

CREATE TABLE promotions.templates (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	supplier_id UUID,
	bearer TEXT NOT NULL,
	off_minor BIGINT NOT NULL,
	off_permyriad INTEGER NOT NULL,
	cap_minor BIGINT,
	threshold_minor BIGINT NOT NULL,
	covers JSONB NOT NULL,
	leaves_out JSONB NOT NULL,
	stacks BOOLEAN NOT NULL,
	way TEXT NOT NULL,
	code TEXT,
	newcomers BOOLEAN NOT NULL,
	friends INTEGER NOT NULL,
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	valid_until TIMESTAMP WITH TIME ZONE,
	valid_seconds INTEGER,
	total BIGINT,
	taken BIGINT DEFAULT 0 NOT NULL,
	per_person INTEGER NOT NULL,
	per_day INTEGER,
	state TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT templates_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT templates_bearer_known_check CHECK (bearer IN ('supplier', 'shop', 'market', 'organisation')),
	CONSTRAINT templates_way_known_check CHECK (way IN ('centre', 'code', 'granted', 'friends')),
	CONSTRAINT templates_state_known_check CHECK (state IN ('running', 'ended')),
	CONSTRAINT templates_one_kind_of_discount_check CHECK (off_minor BETWEEN 0 AND 10000000000000 AND off_permyriad BETWEEN 0 AND 10000 AND (off_minor > 0) <> (off_permyriad > 0)),
	CONSTRAINT templates_never_overtaken_check CHECK (taken >= 0 AND (total IS NULL OR taken <= total)),
	CONSTRAINT templates_valid_somehow_check CHECK ((valid_until IS NULL) <> (valid_seconds IS NULL)),
	CONSTRAINT templates_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX templates_centre_idx ON promotions.templates (market_id, ends_at) WHERE state = 'running' AND way IN ('centre', 'friends');

CREATE UNIQUE INDEX templates_code_idx ON promotions.templates (market_id, code) WHERE code IS NOT NULL AND state = 'running';

GRANT SELECT, INSERT, UPDATE, DELETE ON promotions.templates TO tuan_app;
ALTER TABLE promotions.templates ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.templates TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE promotions.coupons (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	template_id UUID NOT NULL,
	person_id UUID NOT NULL,
	number INTEGER NOT NULL,
	state TEXT NOT NULL,
	friends_missing INTEGER NOT NULL,
	taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
	valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
	valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
	about UUID,
	lines INTEGER DEFAULT 0 NOT NULL,
	lines_back INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT coupons_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT coupons_state_known_check CHECK (state IN ('locked', 'free', 'held', 'used')),
	CONSTRAINT coupons_kept_for_one_check CHECK ((state IN ('held', 'used')) = (about IS NOT NULL)),
	CONSTRAINT coupons_back_within_lines_check CHECK (lines_back BETWEEN 0 AND lines),
	CONSTRAINT coupons_locked_misses_friends_check CHECK ((state = 'locked') = (friends_missing > 0)),
	CONSTRAINT coupons_market_id_template_id_person_id_number_key UNIQUE (market_id, template_id, person_id, number),
	CONSTRAINT coupons_market_id_template_id_fkey FOREIGN KEY(market_id, template_id) REFERENCES promotions.templates (market_id, id),
	CONSTRAINT coupons_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX coupons_person_idx ON promotions.coupons (market_id, person_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON promotions.coupons TO tuan_app;
ALTER TABLE promotions.coupons ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.coupons TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE promotions.rules (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	supplier_id UUID,
	bearer TEXT NOT NULL,
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	per_order INTEGER NOT NULL,
	stacks_with JSONB NOT NULL,
	steps JSONB NOT NULL,
	covers JSONB NOT NULL,
	leaves_out JSONB NOT NULL,
	state TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT rules_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT rules_kind_known_check CHECK (kind IN ('limited', 'reward', 'flash')),
	CONSTRAINT rules_bearer_known_check CHECK (bearer IN ('supplier', 'shop', 'market', 'organisation')),
	CONSTRAINT rules_state_known_check CHECK (state IN ('running', 'ended')),
	CONSTRAINT rules_lasts_check CHECK (starts_at < ends_at),
	CONSTRAINT rules_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX rules_running_idx ON promotions.rules (market_id, ends_at) WHERE state = 'running';

GRANT SELECT, INSERT, UPDATE, DELETE ON promotions.rules TO tuan_app;
ALTER TABLE promotions.rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.rules TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, ends_at) ON promotions.rules TO tuan_relay;
CREATE POLICY due ON promotions.rules FOR SELECT TO tuan_relay USING (state = 'running');

CREATE TABLE promotions.rule_prices (
	market_id BIGINT NOT NULL,
	rule_id UUID NOT NULL,
	sku_id UUID NOT NULL,
	price_minor BIGINT NOT NULL,
	allotment_id UUID,
	CONSTRAINT rule_prices_pkey PRIMARY KEY (market_id, rule_id, sku_id),
	CONSTRAINT rule_prices_price_in_bounds_check CHECK (price_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT rule_prices_market_id_rule_id_fkey FOREIGN KEY(market_id, rule_id) REFERENCES promotions.rules (market_id, id),
	CONSTRAINT rule_prices_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id),
	CONSTRAINT rule_prices_market_id_allotment_id_fkey FOREIGN KEY(market_id, allotment_id) REFERENCES supply.allotments (market_id, id)
);

CREATE INDEX rule_prices_sku_idx ON promotions.rule_prices (market_id, sku_id);

GRANT SELECT, INSERT ON promotions.rule_prices TO tuan_app;
ALTER TABLE promotions.rule_prices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.rule_prices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

ALTER TABLE orders.orders ADD COLUMN has_coupons BOOLEAN DEFAULT false NOT NULL;

ALTER TABLE orders.allocations ADD COLUMN source_id UUID;
