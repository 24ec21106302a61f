CREATE SCHEMA invoices;
GRANT USAGE ON SCHEMA invoices TO tuan_app, tuan_relay;

CREATE TABLE invoices.invoices (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	person_id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	currency TEXT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	tax_number TEXT NOT NULL,
	email TEXT NOT NULL,
	state TEXT NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	number TEXT,
	issued_on DATE,
	amount_minor BIGINT DEFAULT 0 NOT NULL,
	tax_minor BIGINT DEFAULT 0 NOT NULL,
	red_minor BIGINT DEFAULT 0 NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	CONSTRAINT invoices_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT invoices_state_known_check CHECK (state IN ('asked', 'issued', 'refused', 'withdrawn')),
	CONSTRAINT invoices_kind_known_check CHECK (kind IN ('personal', 'company')),
	CONSTRAINT invoices_ended_has_time_check CHECK ((state = 'asked') = (ended_at IS NULL)),
	CONSTRAINT invoices_issued_has_number_check CHECK ((state = 'issued') = (number IS NOT NULL AND issued_on IS NOT NULL AND amount_minor > 0)),
	CONSTRAINT invoices_tax_within_amount_check CHECK (tax_minor BETWEEN 0 AND amount_minor AND red_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT invoices_market_id_order_id_fkey FOREIGN KEY(market_id, order_id) REFERENCES orders.orders (market_id, id),
	CONSTRAINT invoices_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT invoices_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE UNIQUE INDEX invoices_number_once ON invoices.invoices (market_id, supplier_id, number) WHERE number IS NOT NULL;

CREATE UNIQUE INDEX invoices_one_live ON invoices.invoices (market_id, order_id) WHERE state IN ('asked', 'issued');

CREATE INDEX invoices_order_idx ON invoices.invoices (market_id, order_id, id);

CREATE INDEX invoices_person_idx ON invoices.invoices (market_id, person_id, id);

CREATE INDEX invoices_supplier_idx ON invoices.invoices (market_id, supplier_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON invoices.invoices TO tuan_app;
ALTER TABLE invoices.invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON invoices.invoices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE invoices.lines (
	market_id BIGINT NOT NULL,
	invoice_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	title TEXT NOT NULL,
	options TEXT NOT NULL,
	units BIGINT NOT NULL,
	amount_minor BIGINT NOT NULL,
	rate_permyriad INTEGER NOT NULL,
	tax_minor BIGINT NOT NULL,
	red_minor BIGINT DEFAULT 0 NOT NULL,
	red_tax_minor BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT lines_pkey PRIMARY KEY (market_id, invoice_id, line_number),
	CONSTRAINT lines_tax_within_amount_check CHECK (amount_minor > 0 AND tax_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT lines_red_within_line_check CHECK (red_minor BETWEEN 0 AND amount_minor AND red_tax_minor BETWEEN 0 AND tax_minor),
	CONSTRAINT lines_market_id_invoice_id_fkey FOREIGN KEY(market_id, invoice_id) REFERENCES invoices.invoices (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON invoices.lines TO tuan_app;
ALTER TABLE invoices.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON invoices.lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE invoices.reds (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	invoice_id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	amount_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	state TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	number TEXT,
	issued_on DATE,
	CONSTRAINT reds_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT reds_state_known_check CHECK (state IN ('due', 'issued')),
	CONSTRAINT reds_amount_positive_check CHECK (amount_minor > 0 AND tax_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT reds_issued_has_number_check CHECK ((state = 'issued') = (number IS NOT NULL AND issued_on IS NOT NULL)),
	CONSTRAINT reds_market_id_invoice_id_fkey FOREIGN KEY(market_id, invoice_id) REFERENCES invoices.invoices (market_id, id)
);

CREATE INDEX reds_due_idx ON invoices.reds (market_id, supplier_id, id) WHERE state = 'due';

CREATE INDEX reds_invoice_idx ON invoices.reds (market_id, invoice_id, id);

CREATE UNIQUE INDEX reds_number_once ON invoices.reds (market_id, supplier_id, number) WHERE number IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON invoices.reds TO tuan_app;
ALTER TABLE invoices.reds ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON invoices.reds TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE invoices.red_lines (
	market_id BIGINT NOT NULL,
	red_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	amount_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	CONSTRAINT red_lines_pkey PRIMARY KEY (market_id, red_id, line_number),
	CONSTRAINT red_lines_amount_positive_check CHECK (amount_minor > 0 AND tax_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT red_lines_market_id_red_id_fkey FOREIGN KEY(market_id, red_id) REFERENCES invoices.reds (market_id, id)
);

GRANT SELECT, INSERT ON invoices.red_lines TO tuan_app;
ALTER TABLE invoices.red_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON invoices.red_lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
