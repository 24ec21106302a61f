CREATE SCHEMA distribution;
GRANT USAGE ON SCHEMA distribution TO tuan_app, tuan_relay;

CREATE TABLE distribution.plans (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT plans_pkey PRIMARY KEY (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON distribution.plans TO tuan_app;
ALTER TABLE distribution.plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON distribution.plans TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE distribution.versions (
	market_id BIGINT NOT NULL,
	plan_id UUID NOT NULL,
	number INTEGER NOT NULL,
	state TEXT NOT NULL,
	profile TEXT,
	line_most_bp INTEGER NOT NULL,
	budget_minor BIGINT,
	promised_minor BIGINT DEFAULT 0 NOT NULL,
	hold_days INTEGER NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	since TIMESTAMP WITH TIME ZONE,
	until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT versions_pkey PRIMARY KEY (market_id, plan_id, number),
	CONSTRAINT versions_state_known_check CHECK (state IN ('draft', 'on', 'off')),
	CONSTRAINT versions_profile_known_check CHECK (profile IN ('CN', 'EU', 'US')),
	CONSTRAINT versions_line_most_is_a_part_check CHECK (line_most_bp BETWEEN 1 AND 10000),
	CONSTRAINT versions_budget_holds_check CHECK (budget_minor IS NULL OR budget_minor BETWEEN 1 AND 10000000000000 AND promised_minor <= budget_minor),
	CONSTRAINT versions_promised_not_negative_check CHECK (promised_minor >= 0 AND hold_days >= 0),
	CONSTRAINT versions_on_has_time_check CHECK ((state = 'on') = (since IS NOT NULL AND until IS NULL) AND (since IS NULL OR profile IS NOT NULL)),
	CONSTRAINT versions_market_id_plan_id_fkey FOREIGN KEY(market_id, plan_id) REFERENCES distribution.plans (market_id, id)
);

CREATE UNIQUE INDEX versions_one_on ON distribution.versions (market_id, plan_id) WHERE state = 'on';

GRANT SELECT, INSERT, UPDATE, DELETE ON distribution.versions TO tuan_app;
ALTER TABLE distribution.versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON distribution.versions TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE distribution.rates (
	market_id BIGINT NOT NULL,
	plan_id UUID NOT NULL,
	number INTEGER NOT NULL,
	place INTEGER NOT NULL,
	scope TEXT NOT NULL,
	object_id UUID,
	depth INTEGER NOT NULL,
	rate_bp INTEGER NOT NULL,
	fixed_minor BIGINT NOT NULL,
	CONSTRAINT rates_pkey PRIMARY KEY (market_id, plan_id, number, place),
	CONSTRAINT rates_scope_known_check CHECK (scope IN ('market', 'category', 'product', 'sku', 'campaign')),
	CONSTRAINT rates_depth_is_one_or_two_check CHECK (depth IN (1, 2)),
	CONSTRAINT rates_market_has_no_object_check CHECK ((scope = 'market') = (object_id IS NULL)),
	CONSTRAINT rates_rate_is_a_part_check CHECK (rate_bp BETWEEN 0 AND 10000),
	CONSTRAINT rates_rate_or_fixed_check CHECK (fixed_minor BETWEEN 0 AND 10000000000000 AND (rate_bp > 0) <> (fixed_minor > 0)),
	CONSTRAINT rates_market_id_plan_id_number_fkey FOREIGN KEY(market_id, plan_id, number) REFERENCES distribution.versions (market_id, plan_id, number)
);

GRANT SELECT, INSERT ON distribution.rates TO tuan_app;
ALTER TABLE distribution.rates ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON distribution.rates TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE distribution.commissions (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	depth INTEGER NOT NULL,
	shop_id UUID NOT NULL,
	plan_id UUID NOT NULL,
	version INTEGER NOT NULL,
	rate_bp INTEGER NOT NULL,
	fixed_minor BIGINT NOT NULL,
	goods_minor BIGINT NOT NULL,
	amount_minor BIGINT NOT NULL,
	kept_minor BIGINT NOT NULL,
	landed_minor BIGINT,
	state TEXT NOT NULL,
	held_for TEXT,
	accrued_at TIMESTAMP WITH TIME ZONE NOT NULL,
	matures_at TIMESTAMP WITH TIME ZONE,
	ended_at TIMESTAMP WITH TIME ZONE,
	appeal TEXT,
	appealed_at TIMESTAMP WITH TIME ZONE,
	appealed_by UUID,
	answer TEXT,
	CONSTRAINT commissions_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT commissions_state_known_check CHECK (state IN ('pending', 'held', 'matured', 'reversed', 'void')),
	CONSTRAINT commissions_held_for_known_check CHECK (held_for IN ('same_address', 'same_device', 'same_account', 'ring', 'looked_at')),
	CONSTRAINT commissions_depth_is_one_or_two_check CHECK (depth IN (1, 2)),
	CONSTRAINT commissions_within_goods_check CHECK (amount_minor BETWEEN 1 AND goods_minor AND kept_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT commissions_landed_within_amount_check CHECK (landed_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT commissions_held_for_something_check CHECK (state NOT IN ('held', 'void') OR held_for IS NOT NULL),
	CONSTRAINT commissions_matured_has_landed_check CHECK (state <> 'matured' OR landed_minor IS NOT NULL),
	CONSTRAINT commissions_void_and_reversed_keep_nothing_check CHECK (state NOT IN ('void', 'reversed') OR kept_minor = 0),
	CONSTRAINT commissions_ended_has_time_check CHECK ((state IN ('matured', 'reversed', 'void')) = (ended_at IS NOT NULL)),
	CONSTRAINT commissions_appeal_is_whole_check CHECK (num_nonnulls(appeal, appealed_at, appealed_by) IN (0, 3)),
	CONSTRAINT commissions_market_id_order_id_line_number_depth_key UNIQUE (market_id, order_id, line_number, depth),
	CONSTRAINT commissions_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.attributions (market_id, order_id, line_number),
	CONSTRAINT commissions_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT commissions_market_id_plan_id_version_fkey FOREIGN KEY(market_id, plan_id, version) REFERENCES distribution.versions (market_id, plan_id, number),
	CONSTRAINT commissions_market_id_appealed_by_fkey FOREIGN KEY(market_id, appealed_by) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX commissions_due_idx ON distribution.commissions (market_id, matures_at) WHERE state = 'pending' AND matures_at IS NOT NULL;
CREATE INDEX commissions_held_idx ON distribution.commissions (market_id, id) WHERE state = 'held';
CREATE INDEX commissions_shop_idx ON distribution.commissions (market_id, shop_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON distribution.commissions TO tuan_app;
ALTER TABLE distribution.commissions ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON distribution.commissions TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, matures_at) ON distribution.commissions TO tuan_relay;
CREATE POLICY due ON distribution.commissions FOR SELECT TO tuan_relay USING (state = 'pending' AND matures_at IS NOT NULL);

CREATE TABLE distribution.lowerings (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	commission_id UUID NOT NULL,
	amount_minor BIGINT NOT NULL,
	debt_minor BIGINT NOT NULL,
	why TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT lowerings_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT lowerings_why_known_check CHECK (why IN ('refund', 'void')),
	CONSTRAINT lowerings_debt_within_amount_check CHECK (amount_minor > 0 AND debt_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT lowerings_market_id_commission_id_fkey FOREIGN KEY(market_id, commission_id) REFERENCES distribution.commissions (market_id, id)
);

CREATE INDEX lowerings_commission_idx ON distribution.lowerings (market_id, commission_id, at);

GRANT SELECT, INSERT ON distribution.lowerings TO tuan_app;
ALTER TABLE distribution.lowerings ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON distribution.lowerings TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
