ALTER TABLE parties.shops
	ADD COLUMN inviter_id UUID,
	ADD COLUMN state TEXT DEFAULT 'open' NOT NULL,
	ADD CONSTRAINT shops_state_known_check CHECK (state IN ('open', 'suspended')) NOT VALID,
	ADD CONSTRAINT shops_invited_by_another_check CHECK (inviter_id <> id) NOT VALID,
	ADD CONSTRAINT shops_market_id_inviter_id_fkey FOREIGN KEY(market_id, inviter_id) REFERENCES parties.shops (market_id, id) NOT VALID;

CREATE SCHEMA shops;
GRANT USAGE ON SCHEMA shops TO tuan_app, tuan_relay;

CREATE TABLE shops.terms (
	market_id BIGINT NOT NULL,
	opening TEXT NOT NULL,
	member_days INTEGER NOT NULL,
	set_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT terms_pkey PRIMARY KEY (market_id),
	CONSTRAINT terms_opening_known_check CHECK (opening IN ('approval', 'itself', 'tasks')),
	CONSTRAINT terms_days_positive_check CHECK (member_days >= 0)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.terms TO tuan_app;
ALTER TABLE shops.terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.terms TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.applications (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	inviter_id UUID,
	name TEXT NOT NULL,
	words TEXT NOT NULL,
	state TEXT NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	decided_at TIMESTAMP WITH TIME ZONE,
	why TEXT DEFAULT '' NOT NULL,
	shop_id UUID,
	CONSTRAINT applications_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT applications_state_known_check CHECK (state IN ('waiting', 'opened', 'refused', 'withdrawn')),
	CONSTRAINT applications_opened_is_a_shop_check CHECK ((state = 'opened') = (shop_id IS NOT NULL)),
	CONSTRAINT applications_decided_has_time_check CHECK ((state = 'waiting') = (decided_at IS NULL)),
	CONSTRAINT applications_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT applications_market_id_inviter_id_fkey FOREIGN KEY(market_id, inviter_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT applications_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE UNIQUE INDEX applications_one_idx ON shops.applications (market_id, person_id) WHERE state IN ('waiting', 'opened');
CREATE INDEX applications_waiting_idx ON shops.applications (market_id, asked_at) WHERE state = 'waiting';

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.applications TO tuan_app;
ALTER TABLE shops.applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.applications TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.consents (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	shop_id UUID NOT NULL,
	shows JSONB NOT NULL,
	birthday TEXT DEFAULT '' NOT NULL,
	given_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT consents_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT consents_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT consents_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE UNIQUE INDEX consents_one_idx ON shops.consents (market_id, person_id, shop_id) WHERE ended_at IS NULL;
CREATE INDEX consents_shop_idx ON shops.consents (market_id, shop_id) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.consents TO tuan_app;
ALTER TABLE shops.consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.consents TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.customers (
	market_id BIGINT NOT NULL,
	shop_id UUID NOT NULL,
	person_id UUID NOT NULL,
	tags JSONB NOT NULL,
	note TEXT DEFAULT '' NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT customers_pkey PRIMARY KEY (market_id, shop_id, person_id),
	CONSTRAINT customers_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT customers_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE INDEX customers_person_idx ON shops.customers (market_id, person_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.customers TO tuan_app;
ALTER TABLE shops.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.customers TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.pages (
	market_id BIGINT NOT NULL,
	shop_id UUID NOT NULL,
	words TEXT DEFAULT '' NOT NULL,
	cover TEXT DEFAULT '' NOT NULL,
	budget_minor BIGINT DEFAULT 0 NOT NULL,
	held_minor BIGINT DEFAULT 0 NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pages_pkey PRIMARY KEY (market_id, shop_id),
	CONSTRAINT pages_held_within_budget_check CHECK (held_minor BETWEEN 0 AND budget_minor AND budget_minor <= 10000000000000),
	CONSTRAINT pages_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.pages TO tuan_app;
ALTER TABLE shops.pages ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.pages TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.coupons (
	market_id BIGINT NOT NULL,
	template_id UUID NOT NULL,
	shop_id UUID NOT NULL,
	code TEXT NOT NULL,
	off_minor BIGINT NOT NULL,
	total BIGINT NOT NULL,
	held_minor BIGINT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT coupons_pkey PRIMARY KEY (market_id, template_id),
	CONSTRAINT coupons_held_within_worst_check CHECK (held_minor BETWEEN 0 AND off_minor * total),
	CONSTRAINT coupons_running_holds_all_check CHECK (ended_at IS NOT NULL OR held_minor = off_minor * total),
	CONSTRAINT coupons_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT coupons_market_id_template_id_fkey FOREIGN KEY(market_id, template_id) REFERENCES promotions.templates (market_id, id)
);

CREATE INDEX coupons_shop_idx ON shops.coupons (market_id, shop_id, template_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.coupons TO tuan_app;
ALTER TABLE shops.coupons ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.coupons TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.day_picks (
	market_id BIGINT NOT NULL,
	shop_id UUID NOT NULL,
	day DATE NOT NULL,
	product_id UUID NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT day_picks_pkey PRIMARY KEY (market_id, shop_id, day, product_id),
	CONSTRAINT day_picks_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT day_picks_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.day_picks TO tuan_app;
ALTER TABLE shops.day_picks ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.day_picks TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.materials (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	shop_id UUID,
	product_id UUID,
	words TEXT NOT NULL,
	pictures JSONB NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	removed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT materials_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT materials_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT materials_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE INDEX materials_shop_idx ON shops.materials (market_id, shop_id, id) WHERE removed_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.materials TO tuan_app;
ALTER TABLE shops.materials ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.materials TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.picks (
	market_id BIGINT NOT NULL,
	shop_id UUID NOT NULL,
	product_id UUID NOT NULL,
	position INTEGER NOT NULL,
	words TEXT DEFAULT '' NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT picks_pkey PRIMARY KEY (market_id, shop_id, product_id),
	CONSTRAINT picks_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT picks_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE INDEX picks_product_idx ON shops.picks (market_id, product_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.picks TO tuan_app;
ALTER TABLE shops.picks ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.picks TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE shops.withheld (
	market_id BIGINT NOT NULL,
	product_id UUID NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT withheld_pkey PRIMARY KEY (market_id, product_id),
	CONSTRAINT withheld_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON shops.withheld TO tuan_app;
ALTER TABLE shops.withheld ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shops.withheld TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
