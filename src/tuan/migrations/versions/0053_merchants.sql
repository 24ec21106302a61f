CREATE TABLE parties.merchants (
	market_id BIGINT NOT NULL,
	supplier_id UUID,
	CONSTRAINT merchants_pkey PRIMARY KEY (market_id),
	CONSTRAINT merchants_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON parties.merchants TO tuan_app;
ALTER TABLE parties.merchants ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON parties.merchants TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

-- What was settled so far was a claim on the market.
ALTER TABLE settlement.claims ADD COLUMN is_direct BOOLEAN DEFAULT false NOT NULL;
