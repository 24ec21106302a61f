CREATE TABLE carts.sets (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	bundle_id UUID NOT NULL,
	sets BIGINT NOT NULL,
	set_minor BIGINT NOT NULL,
	added_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT sets_pkey PRIMARY KEY (market_id, person_id, bundle_id),
	CONSTRAINT sets_sets_in_bounds_check CHECK (sets BETWEEN 1 AND 999),
	CONSTRAINT sets_price_in_bounds_check CHECK (set_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT sets_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT sets_market_id_bundle_id_fkey FOREIGN KEY(market_id, bundle_id) REFERENCES promotions.rules (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON carts.sets TO tuan_app;
ALTER TABLE carts.sets ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON carts.sets TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
