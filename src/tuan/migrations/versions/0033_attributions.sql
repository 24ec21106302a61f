ALTER TABLE accounts.persons ADD COLUMN is_bound BOOLEAN DEFAULT false NOT NULL;

CREATE TABLE accounts.devices (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	device BYTEA NOT NULL,
	first_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT devices_pkey PRIMARY KEY (market_id, person_id, device),
	CONSTRAINT devices_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX devices_device_idx ON accounts.devices (market_id, device);

GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.devices TO tuan_app;
ALTER TABLE accounts.devices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON accounts.devices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE orders.attributions (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	shop_id UUID,
	code TEXT,
	how TEXT NOT NULL,
	CONSTRAINT attributions_pkey PRIMARY KEY (market_id, order_id, line_number),
	CONSTRAINT attributions_how_known_check CHECK (how IN ('link', 'binding', 'visit')),
	CONSTRAINT attributions_shop_or_link_check CHECK ((how = 'visit') = (shop_id IS NULL) AND (how = 'binding' OR code IS NOT NULL)),
	CONSTRAINT attributions_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.lines (market_id, order_id, number),
	CONSTRAINT attributions_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT attributions_market_id_code_fkey FOREIGN KEY(market_id, code) REFERENCES sharing.links (market_id, code)
);

CREATE INDEX attributions_code_idx ON orders.attributions (market_id, code) WHERE code IS NOT NULL;
CREATE INDEX attributions_shop_idx ON orders.attributions (market_id, shop_id, order_id) WHERE shop_id IS NOT NULL;

GRANT SELECT, INSERT ON orders.attributions TO tuan_app;
ALTER TABLE orders.attributions ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON orders.attributions TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
