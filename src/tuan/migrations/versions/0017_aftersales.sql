ALTER TABLE orders.lines
	ADD COLUMN returned_units BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN refunded_freight_minor BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN no_reason_return BOOLEAN DEFAULT true NOT NULL,
	ADD CONSTRAINT lines_returned_within_units_check CHECK (returned_units BETWEEN 0 AND units) NOT VALID,
	ADD CONSTRAINT lines_refunded_by_part_check CHECK (refunded_freight_minor BETWEEN 0 AND freight_minor AND refunded_minor - refunded_freight_minor BETWEEN 0 AND amount_minor - freight_minor AND (returned_units < units OR refunded_minor - refunded_freight_minor = amount_minor - freight_minor)) NOT VALID;

ALTER TABLE aftersales.cases
	ADD COLUMN number INTEGER DEFAULT 0 NOT NULL,
	ADD COLUMN id UUID,
	ADD COLUMN kind TEXT DEFAULT 'whole' NOT NULL,
	ADD COLUMN state TEXT DEFAULT 'done' NOT NULL,
	ADD COLUMN person_id UUID,
	ADD COLUMN supplier_id UUID,
	ADD COLUMN asked_minor BIGINT DEFAULT 0 NOT NULL,
	ADD COLUMN deadline TIMESTAMP WITH TIME ZONE,
	ADD COLUMN disputed_at TIMESTAMP WITH TIME ZONE,
	ADD COLUMN ended_at TIMESTAMP WITH TIME ZONE,
	ADD COLUMN outcome TEXT,
	ADD COLUMN back_carrier TEXT DEFAULT '' NOT NULL,
	ADD COLUMN back_tracking TEXT DEFAULT '' NOT NULL,
	ADD COLUMN out_carrier TEXT DEFAULT '' NOT NULL,
	ADD COLUMN out_tracking TEXT DEFAULT '' NOT NULL,
	ADD COLUMN version INTEGER DEFAULT 0 NOT NULL,
	DROP CONSTRAINT cases_amount_positive_check,
	DROP CONSTRAINT cases_pkey,
	ADD CONSTRAINT cases_pkey PRIMARY KEY (market_id, order_id, number),
	ADD CONSTRAINT cases_amount_in_bounds_check CHECK (amount_minor BETWEEN 0 AND 10000000000000) NOT VALID,
	ADD CONSTRAINT cases_asked_has_sides_check CHECK (kind = 'whole' OR id IS NOT NULL AND person_id IS NOT NULL AND supplier_id IS NOT NULL) NOT VALID,
	ADD CONSTRAINT cases_given_is_asked_check CHECK (kind = 'whole' OR amount_minor BETWEEN 0 AND asked_minor) NOT VALID,
	ADD CONSTRAINT cases_kind_known_check CHECK (kind IN ('whole', 'cancel', 'refund_only', 'return', 'exchange', 'reship')) NOT VALID,
	ADD CONSTRAINT cases_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id) NOT VALID,
	ADD CONSTRAINT cases_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id) NOT VALID,
	ADD CONSTRAINT cases_only_given_has_money_check CHECK (kind = 'whole' OR amount_minor = 0 OR outcome = 'given_back') NOT VALID,
	ADD CONSTRAINT cases_open_has_deadline_check CHECK ((state IN ('done', 'closed')) = (deadline IS NULL)) NOT VALID,
	ADD CONSTRAINT cases_outcome_known_check CHECK (outcome IN ('given_back', 'replaced', 'withdrawn', 'buyer_silent', 'denied', 'order_ended')) NOT VALID,
	ADD CONSTRAINT cases_over_has_outcome_check CHECK (kind = 'whole' OR (deadline IS NULL) = (outcome IS NOT NULL AND ended_at IS NOT NULL)) NOT VALID,
	ADD CONSTRAINT cases_state_known_check CHECK (state IN ('asked', 'refused', 'to_return', 'returning', 'to_send', 'sent', 'arbitration', 'done', 'closed')) NOT VALID,
	ADD CONSTRAINT cases_whole_is_alone_check CHECK ((kind = 'whole') = (number = 0)) NOT VALID;

GRANT UPDATE, DELETE ON aftersales.cases TO tuan_app;
GRANT SELECT (market_id, state, deadline) ON aftersales.cases TO tuan_relay;
CREATE POLICY due ON aftersales.cases FOR SELECT TO tuan_relay USING (deadline IS NOT NULL);

CREATE TABLE aftersales.case_lines (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	case_number INTEGER NOT NULL,
	line_number INTEGER NOT NULL,
	units BIGINT NOT NULL,
	goods_minor BIGINT NOT NULL,
	freight_minor BIGINT NOT NULL,
	keeps_units BOOLEAN NOT NULL,
	is_open BOOLEAN NOT NULL,
	CONSTRAINT case_lines_pkey PRIMARY KEY (market_id, order_id, case_number, line_number),
	CONSTRAINT case_lines_amounts_not_negative_check CHECK (units >= 0 AND goods_minor >= 0 AND freight_minor >= 0),
	CONSTRAINT case_lines_market_id_order_id_case_number_fkey FOREIGN KEY(market_id, order_id, case_number) REFERENCES aftersales.cases (market_id, order_id, number),
	CONSTRAINT case_lines_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.lines (market_id, order_id, number)
);

CREATE UNIQUE INDEX case_lines_one_open ON aftersales.case_lines (market_id, order_id, line_number) WHERE is_open;

GRANT SELECT, INSERT, UPDATE, DELETE ON aftersales.case_lines TO tuan_app;
ALTER TABLE aftersales.case_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON aftersales.case_lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE aftersales.messages (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	case_number INTEGER NOT NULL,
	side TEXT NOT NULL,
	author_id UUID,
	act TEXT NOT NULL,
	text TEXT NOT NULL,
	pictures JSONB NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT messages_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT messages_side_known_check CHECK (side IN ('buyer', 'supplier', 'operator', 'nobody')),
	CONSTRAINT messages_act_known_check CHECK (act IN ('opened', 'said', 'agreed', 'refused', 'withdrawn', 'sent_back', 'received', 'not_as_agreed', 'sent', 'confirmed', 'disputed', 'decided', 'ended')),
	CONSTRAINT messages_market_id_order_id_case_number_fkey FOREIGN KEY(market_id, order_id, case_number) REFERENCES aftersales.cases (market_id, order_id, number)
);

CREATE INDEX messages_case_idx ON aftersales.messages (market_id, order_id, case_number, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON aftersales.messages TO tuan_app;
ALTER TABLE aftersales.messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON aftersales.messages TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
