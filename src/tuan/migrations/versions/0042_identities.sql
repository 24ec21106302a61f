CREATE SCHEMA identities;
GRANT USAGE ON SCHEMA identities TO tuan_app, tuan_relay;

CREATE TABLE identities.identities (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	sealed BYTEA NOT NULL,
	digest BYTEA NOT NULL,
	shown_name TEXT NOT NULL,
	shown_number TEXT NOT NULL,
	kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT identities_pkey PRIMARY KEY (market_id, person_id),
	CONSTRAINT identities_masked_check CHECK (shown_number ~ '^[0-9]{3}[*]{13}[0-9][0-9X]$' AND shown_name ~ '^.[*]{2}$'),
	CONSTRAINT identities_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON identities.identities TO tuan_app;
ALTER TABLE identities.identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON identities.identities TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

ALTER TABLE orders.orders ADD COLUMN declares BOOLEAN DEFAULT false NOT NULL;

CREATE TABLE orders.declarations (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	sealed BYTEA,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	forgotten_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT declarations_pkey PRIMARY KEY (market_id, order_id),
	CONSTRAINT declarations_sealed_or_forgotten_check CHECK ((sealed IS NULL) = (forgotten_at IS NOT NULL)),
	CONSTRAINT declarations_market_id_order_id_fkey FOREIGN KEY(market_id, order_id) REFERENCES orders.orders (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON orders.declarations TO tuan_app;
ALTER TABLE orders.declarations ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON orders.declarations TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
