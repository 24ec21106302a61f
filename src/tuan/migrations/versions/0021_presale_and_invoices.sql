ALTER TABLE payments.payables
	ADD COLUMN after_id UUID,
	ADD COLUMN pay_from TIMESTAMP WITH TIME ZONE,
	ADD COLUMN void_at TIMESTAMP WITH TIME ZONE,
	ADD CONSTRAINT payables_void_is_unpaid_check CHECK (void_at IS NULL OR applied_minor = 0) NOT VALID;

ALTER TABLE orders.orders
	ADD COLUMN later_minor BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN balance_id UUID,
	DROP CONSTRAINT orders_state_known_check,
	ADD CONSTRAINT orders_state_known_check CHECK (state IN ('placed', 'deposited', 'paid', 'gathering', 'to_ship', 'shipped', 'received', 'closed', 'completed', 'cancelled', 'forfeited')) NOT VALID,
	ADD CONSTRAINT orders_later_has_balance_check CHECK (later_minor >= 0 AND (later_minor = 0 OR balance_id IS NOT NULL)) NOT VALID,
	ADD CONSTRAINT orders_market_id_balance_id_fkey FOREIGN KEY(market_id, balance_id) REFERENCES payments.payables (market_id, id) NOT VALID;

ALTER TABLE orders.lines
	ADD COLUMN later_minor BIGINT DEFAULT 0 NOT NULL,
	DROP CONSTRAINT lines_amount_adds_up_check,
	ADD CONSTRAINT lines_amount_adds_up_check CHECK (amount_minor + later_minor = list_price_minor * units - discount_minor + freight_minor AND tax_minor >= 0 AND later_minor >= 0 AND freight_minor >= 0 AND discount_minor BETWEEN 0 AND list_price_minor * units) NOT VALID;

CREATE SCHEMA presale;
GRANT USAGE ON SCHEMA presale TO tuan_app, tuan_relay;

CREATE TABLE presale.offers (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	product_id UUID NOT NULL,
	state TEXT NOT NULL,
	kind TEXT NOT NULL,
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	balance_from TIMESTAMP WITH TIME ZONE NOT NULL,
	balance_until TIMESTAMP WITH TIME ZONE NOT NULL,
	ships_by TIMESTAMP WITH TIME ZONE NOT NULL,
	units_per_order_max INTEGER NOT NULL,
	CONSTRAINT offers_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT offers_state_known_check CHECK (state IN ('running', 'ended')),
	CONSTRAINT offers_kind_known_check CHECK (kind IN ('earnest', 'prepayment')),
	CONSTRAINT offers_windows_in_order_check CHECK (starts_at < ends_at AND ends_at <= balance_from AND balance_from < balance_until),
	CONSTRAINT offers_units_positive_check CHECK (units_per_order_max > 0),
	CONSTRAINT offers_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE UNIQUE INDEX offers_one_running ON presale.offers (market_id, product_id) WHERE state = 'running';

GRANT SELECT, INSERT, UPDATE, DELETE ON presale.offers TO tuan_app;
ALTER TABLE presale.offers ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON presale.offers TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE presale.bookings (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	offer_id UUID NOT NULL,
	person_id UUID NOT NULL,
	kind TEXT NOT NULL,
	deposit_minor BIGINT NOT NULL,
	balance_minor BIGINT NOT NULL,
	kept_minor BIGINT NOT NULL,
	balance_from TIMESTAMP WITH TIME ZONE NOT NULL,
	balance_until TIMESTAMP WITH TIME ZONE NOT NULL,
	ships_by TIMESTAMP WITH TIME ZONE NOT NULL,
	is_open BOOLEAN NOT NULL,
	owed_minor BIGINT DEFAULT 0 NOT NULL,
	owed_at TIMESTAMP WITH TIME ZONE,
	owed_done_at TIMESTAMP WITH TIME ZONE,
	owed_reference TEXT,
	CONSTRAINT bookings_pkey PRIMARY KEY (market_id, order_id),
	CONSTRAINT bookings_kind_known_check CHECK (kind IN ('earnest', 'prepayment')),
	CONSTRAINT bookings_parts_positive_check CHECK (deposit_minor > 0 AND balance_minor > 0),
	CONSTRAINT bookings_kept_within_deposit_check CHECK (kept_minor BETWEEN 0 AND deposit_minor),
	CONSTRAINT bookings_kept_within_a_fifth_check CHECK (kept_minor * 5 <= deposit_minor + balance_minor),
	CONSTRAINT bookings_prepayment_comes_back_check CHECK (kind = 'earnest' OR kept_minor = 0),
	CONSTRAINT bookings_owed_has_time_check CHECK ((owed_minor > 0) = (owed_at IS NOT NULL) AND owed_minor BETWEEN 0 AND kept_minor),
	CONSTRAINT bookings_done_has_reference_check CHECK ((owed_done_at IS NULL) = (owed_reference IS NULL)),
	CONSTRAINT bookings_market_id_offer_id_fkey FOREIGN KEY(market_id, offer_id) REFERENCES presale.offers (market_id, id),
	CONSTRAINT bookings_market_id_order_id_fkey FOREIGN KEY(market_id, order_id) REFERENCES orders.orders (market_id, id),
	CONSTRAINT bookings_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX bookings_due_idx ON presale.bookings (market_id, balance_until) WHERE is_open;

CREATE INDEX bookings_offer_idx ON presale.bookings (market_id, offer_id, order_id);

CREATE INDEX bookings_owed_idx ON presale.bookings (market_id, owed_at) WHERE owed_minor > 0 AND owed_done_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON presale.bookings TO tuan_app;
ALTER TABLE presale.bookings ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON presale.bookings TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, is_open, balance_until) ON presale.bookings TO tuan_relay;
CREATE POLICY due ON presale.bookings FOR SELECT TO tuan_relay USING (is_open);

CREATE TABLE presale.prices (
	market_id BIGINT NOT NULL,
	offer_id UUID NOT NULL,
	sku_id UUID NOT NULL,
	price_minor BIGINT NOT NULL,
	deposit_minor BIGINT NOT NULL,
	CONSTRAINT prices_pkey PRIMARY KEY (market_id, offer_id, sku_id),
	CONSTRAINT prices_price_in_bounds_check CHECK (price_minor BETWEEN 2 AND 10000000000000),
	CONSTRAINT prices_deposit_is_a_part_check CHECK (deposit_minor BETWEEN 1 AND price_minor - 1),
	CONSTRAINT prices_market_id_offer_id_fkey FOREIGN KEY(market_id, offer_id) REFERENCES presale.offers (market_id, id),
	CONSTRAINT prices_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

GRANT SELECT, INSERT ON presale.prices TO tuan_app;
ALTER TABLE presale.prices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON presale.prices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
