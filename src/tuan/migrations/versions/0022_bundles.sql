-- A wider list of words lets every old row through: it is not read for that while others wait.
ALTER TABLE promotions.rules DROP CONSTRAINT rules_kind_known_check;
ALTER TABLE promotions.rules ADD CONSTRAINT rules_kind_known_check CHECK (kind IN ('limited', 'reward', 'flash', 'bundle')) NOT VALID;
ALTER TABLE promotions.rules ADD COLUMN set_minor BIGINT;

CREATE TABLE promotions.set_lines (
	market_id BIGINT NOT NULL,
	rule_id UUID NOT NULL,
	sku_id UUID NOT NULL,
	units INTEGER NOT NULL,
	CONSTRAINT set_lines_pkey PRIMARY KEY (market_id, rule_id, sku_id),
	CONSTRAINT set_lines_units_in_bounds_check CHECK (units BETWEEN 1 AND 99),
	CONSTRAINT set_lines_market_id_rule_id_fkey FOREIGN KEY(market_id, rule_id) REFERENCES promotions.rules (market_id, id),
	CONSTRAINT set_lines_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

CREATE INDEX set_lines_sku_idx ON promotions.set_lines (market_id, sku_id);

GRANT SELECT, INSERT ON promotions.set_lines TO tuan_app;
ALTER TABLE promotions.set_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.set_lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE promotions.tiers (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT tiers_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT tiers_market_id_name_key UNIQUE (market_id, name)
);

GRANT SELECT, INSERT ON promotions.tiers TO tuan_app;
ALTER TABLE promotions.tiers ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.tiers TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE promotions.tier_prices (
	market_id BIGINT NOT NULL,
	tier_id UUID NOT NULL,
	sku_id UUID NOT NULL,
	price_minor BIGINT NOT NULL,
	CONSTRAINT tier_prices_pkey PRIMARY KEY (market_id, tier_id, sku_id),
	CONSTRAINT tier_prices_price_in_bounds_check CHECK (price_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT tier_prices_market_id_tier_id_fkey FOREIGN KEY(market_id, tier_id) REFERENCES promotions.tiers (market_id, id),
	CONSTRAINT tier_prices_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

CREATE INDEX tier_prices_sku_idx ON promotions.tier_prices (market_id, sku_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON promotions.tier_prices TO tuan_app;
ALTER TABLE promotions.tier_prices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.tier_prices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE promotions.tier_members (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	tier_id UUID NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT tier_members_pkey PRIMARY KEY (market_id, person_id),
	CONSTRAINT tier_members_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT tier_members_market_id_tier_id_fkey FOREIGN KEY(market_id, tier_id) REFERENCES promotions.tiers (market_id, id)
);

CREATE INDEX tier_members_tier_idx ON promotions.tier_members (market_id, tier_id, since);

GRANT SELECT, INSERT, UPDATE, DELETE ON promotions.tier_members TO tuan_app;
ALTER TABLE promotions.tier_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.tier_members TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
