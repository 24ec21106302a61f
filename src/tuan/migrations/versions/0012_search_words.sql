ALTER TABLE catalog.products ADD COLUMN searched_title TEXT;
GRANT SELECT (market_id, title, searched_title) ON catalog.products TO tuan_relay;
CREATE POLICY due ON catalog.products FOR SELECT TO tuan_relay USING (searched_title IS DISTINCT FROM title);

CREATE TABLE catalog.words (
	market_id BIGINT NOT NULL,
	word TEXT COLLATE "C" NOT NULL,
	product_id UUID NOT NULL,
	CONSTRAINT words_pkey PRIMARY KEY (market_id, word, product_id),
	CONSTRAINT words_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE INDEX words_product_idx ON catalog.words (market_id, product_id, word);

GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.words TO tuan_app;
ALTER TABLE catalog.words ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON catalog.words TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
