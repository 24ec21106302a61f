CREATE SCHEMA quality;
GRANT USAGE ON SCHEMA quality TO tuan_app, tuan_relay;

CREATE TABLE quality.counts (
	market_id BIGINT NOT NULL,
	supplier_id UUID NOT NULL,
	orders BIGINT NOT NULL,
	late BIGINT NOT NULL,
	faulty BIGINT NOT NULL,
	cancelled BIGINT NOT NULL,
	counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT counts_pkey PRIMARY KEY (market_id, supplier_id),
	CONSTRAINT counts_cases_within_orders_check CHECK (orders >= 0 AND late BETWEEN 0 AND orders AND faulty BETWEEN 0 AND orders AND cancelled BETWEEN 0 AND orders),
	CONSTRAINT counts_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON quality.counts TO tuan_app;
ALTER TABLE quality.counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON quality.counts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
