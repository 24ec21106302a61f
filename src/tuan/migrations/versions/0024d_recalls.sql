ALTER TABLE settlement.rules ADD COLUMN claim_days INTEGER DEFAULT 180 NOT NULL;

CREATE TABLE settlement.recalls (
	market_id BIGINT NOT NULL,
	case_id UUID NOT NULL,
	order_id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	amount_minor BIGINT NOT NULL,
	debt_minor BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT recalls_pkey PRIMARY KEY (market_id, case_id),
	CONSTRAINT recalls_debt_within_amount_check CHECK (amount_minor BETWEEN 1 AND 10000000000000 AND debt_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT recalls_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX recalls_order_idx ON settlement.recalls (market_id, order_id);

GRANT SELECT, INSERT ON settlement.recalls TO tuan_app;
ALTER TABLE settlement.recalls ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.recalls TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
