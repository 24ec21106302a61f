ALTER TABLE orders.orders
	ADD COLUMN open_cases INTEGER DEFAULT 0 NOT NULL,
	ADD CONSTRAINT orders_cases_counted_check CHECK (open_cases >= 0 AND (open_cases = 0 OR state IN ('shipped', 'received'))) NOT VALID;

ALTER TABLE orders.lines
	ADD COLUMN returned_units BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN refunded_freight_minor BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN no_reason_return BOOLEAN DEFAULT true NOT NULL,
	ADD CONSTRAINT lines_returned_within_units_check CHECK (returned_units BETWEEN 0 AND units) NOT VALID,
	ADD CONSTRAINT lines_refunded_by_part_check CHECK (refunded_freight_minor BETWEEN 0 AND freight_minor AND refunded_minor - refunded_freight_minor BETWEEN 0 AND amount_minor - freight_minor AND (returned_units < units OR refunded_minor - refunded_freight_minor = amount_minor - freight_minor)) NOT VALID;

ALTER TABLE aftersales.cases
	ADD COLUMN number INTEGER DEFAULT 0 NOT NULL,
	DROP CONSTRAINT cases_pkey,
	ADD CONSTRAINT cases_pkey PRIMARY KEY (market_id, order_id, number);
