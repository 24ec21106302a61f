CREATE TABLE orders.deals (
	market_id BIGINT NOT NULL,
	sku_id UUID NOT NULL,
	day TIMESTAMP WITH TIME ZONE NOT NULL,
	least_minor BIGINT NOT NULL,
	CONSTRAINT deals_pkey PRIMARY KEY (market_id, sku_id, day)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON orders.deals TO tuan_app;
ALTER TABLE orders.deals ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON orders.deals TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

-- Reading what was sold may take a while and keeps nobody waiting; the key to skus, which does, comes after it.
INSERT INTO orders.deals (market_id, sku_id, day, least_minor)
SELECT l.market_id, l.sku_id, date_trunc('day', o.paid_at, 'UTC') AS day, min(l.list_price_minor - (l.discount_minor + l.units - 1) / l.units)
FROM orders.lines l JOIN orders.orders o ON o.market_id = l.market_id AND o.id = l.order_id
WHERE o.shipped_at IS NOT NULL GROUP BY l.market_id, l.sku_id, day;

ALTER TABLE orders.deals ADD CONSTRAINT deals_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id);
