CREATE TABLE catalog.freights (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	name TEXT NOT NULL,
	measure TEXT NOT NULL,
	rules JSONB NOT NULL,
	is_usual BOOLEAN NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT freights_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT freights_measure_known_check CHECK (measure IN ('pieces', 'weight', 'volume')),
	CONSTRAINT freights_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX freights_supplier_idx ON catalog.freights (market_id, supplier_id, id);

CREATE UNIQUE INDEX freights_usual_key ON catalog.freights (market_id, supplier_id) WHERE is_usual;

GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.freights TO tuan_app;
ALTER TABLE catalog.freights ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON catalog.freights TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

ALTER TABLE catalog.products
	ADD COLUMN freight_id UUID,
	ADD CONSTRAINT products_market_id_freight_id_fkey FOREIGN KEY(market_id, freight_id) REFERENCES catalog.freights (market_id, id) NOT VALID;

ALTER TABLE catalog.skus
	ADD COLUMN weight_grams BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN volume_cm3 BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN units_per_person_max BIGINT,
	ADD CONSTRAINT skus_parcel_in_bounds_check CHECK (weight_grams BETWEEN 0 AND 10000000 AND volume_cm3 BETWEEN 0 AND 10000000 AND units_per_person_max BETWEEN 1 AND 1000000) NOT VALID;

ALTER TABLE orders.orders
	ADD COLUMN remark TEXT DEFAULT '' NOT NULL;

CREATE SCHEMA carts;
GRANT USAGE ON SCHEMA carts TO tuan_app, tuan_relay;

CREATE TABLE carts.lines (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	sku_id UUID NOT NULL,
	units BIGINT NOT NULL,
	added_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT lines_pkey PRIMARY KEY (market_id, person_id, sku_id),
	CONSTRAINT lines_units_in_bounds_check CHECK (units BETWEEN 1 AND 999),
	CONSTRAINT lines_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT lines_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON carts.lines TO tuan_app;
ALTER TABLE carts.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON carts.lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
