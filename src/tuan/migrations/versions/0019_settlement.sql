CREATE SCHEMA settlement;
GRANT USAGE ON SCHEMA settlement TO tuan_app, tuan_relay;

CREATE TABLE settlement.rules (
	market_id BIGINT NOT NULL,
	min_minor BIGINT NOT NULL,
	fee_permyriad INTEGER NOT NULL,
	two_above_minor BIGINT NOT NULL,
	CONSTRAINT rules_pkey PRIMARY KEY (market_id),
	CONSTRAINT rules_min_positive_check CHECK (min_minor > 0 AND two_above_minor >= 0 AND fee_permyriad BETWEEN 0 AND 10000)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON settlement.rules TO tuan_app;
ALTER TABLE settlement.rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.rules TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE settlement.accounts (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	provider TEXT NOT NULL,
	mode TEXT NOT NULL,
	holder TEXT NOT NULL,
	number TEXT NOT NULL,
	state TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT accounts_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT accounts_mode_known_check CHECK (mode IN ('split', 'direct')),
	CONSTRAINT accounts_state_known_check CHECK (state IN ('checking', 'active', 'restricted', 'rejected', 'removed')),
	CONSTRAINT accounts_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX accounts_checking_idx ON settlement.accounts (market_id, id) WHERE state = 'checking';
CREATE INDEX accounts_supplier_idx ON settlement.accounts (market_id, supplier_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON settlement.accounts TO tuan_app;
ALTER TABLE settlement.accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.accounts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE settlement.charges (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	amount_minor BIGINT NOT NULL,
	debt_minor BIGINT NOT NULL,
	reason TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT charges_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT charges_debt_within_amount_check CHECK (amount_minor BETWEEN 1 AND 10000000000000 AND debt_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT charges_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX charges_supplier_idx ON settlement.charges (market_id, supplier_id, at);

GRANT SELECT, INSERT ON settlement.charges TO tuan_app;
ALTER TABLE settlement.charges ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.charges TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE settlement.terms (
	market_id BIGINT NOT NULL,
	supplier_id UUID NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	fee_permyriad INTEGER NOT NULL,
	withheld_permyriad INTEGER NOT NULL,
	CONSTRAINT terms_pkey PRIMARY KEY (market_id, supplier_id, since),
	CONSTRAINT terms_shares_of_all_check CHECK (fee_permyriad BETWEEN 0 AND 10000 AND withheld_permyriad BETWEEN 0 AND 10000),
	CONSTRAINT terms_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

GRANT SELECT, INSERT ON settlement.terms TO tuan_app;
ALTER TABLE settlement.terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.terms TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE settlement.withdrawals (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	account_id UUID NOT NULL,
	amount_minor BIGINT NOT NULL,
	fee_minor BIGINT NOT NULL,
	state TEXT NOT NULL,
	is_two BOOLEAN NOT NULL,
	requested_by UUID NOT NULL,
	approved_by UUID,
	seconded_by UUID,
	requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	end_reason TEXT,
	tries INTEGER DEFAULT 0 NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	provider_ref TEXT,
	trace TEXT NOT NULL,
	CONSTRAINT withdrawals_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT withdrawals_fee_within_amount_check CHECK (amount_minor BETWEEN 1 AND 10000000000000 AND fee_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT withdrawals_state_known_check CHECK (state IN ('requested', 'due', 'paid', 'failed', 'rejected')),
	CONSTRAINT withdrawals_due_has_time_check CHECK ((state = 'due') = (next_attempt_at IS NOT NULL)),
	CONSTRAINT withdrawals_ended_has_time_check CHECK ((state IN ('paid', 'failed', 'rejected')) = (ended_at IS NOT NULL)),
	CONSTRAINT withdrawals_agreed_by_others_check CHECK (approved_by <> requested_by AND seconded_by <> requested_by AND seconded_by <> approved_by AND (state NOT IN ('due', 'paid', 'failed') OR approved_by IS NOT NULL AND (NOT is_two OR seconded_by IS NOT NULL))),
	CONSTRAINT withdrawals_market_id_account_id_fkey FOREIGN KEY(market_id, account_id) REFERENCES settlement.accounts (market_id, id),
	CONSTRAINT withdrawals_market_id_requested_by_fkey FOREIGN KEY(market_id, requested_by) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX withdrawals_due_idx ON settlement.withdrawals (market_id, next_attempt_at) WHERE state = 'due';
CREATE INDEX withdrawals_state_idx ON settlement.withdrawals (market_id, state, id);
CREATE INDEX withdrawals_supplier_idx ON settlement.withdrawals (market_id, supplier_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON settlement.withdrawals TO tuan_app;
ALTER TABLE settlement.withdrawals ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.withdrawals TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, next_attempt_at) ON settlement.withdrawals TO tuan_relay;
CREATE POLICY due ON settlement.withdrawals FOR SELECT TO tuan_relay USING (state = 'due');

CREATE TABLE settlement.claims (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	supplier_id UUID NOT NULL,
	kept_minor BIGINT NOT NULL,
	borne_minor BIGINT NOT NULL,
	fee_minor BIGINT NOT NULL,
	cut_minor BIGINT NOT NULL,
	withheld_minor BIGINT NOT NULL,
	share_minor BIGINT NOT NULL,
	settled_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT claims_pkey PRIMARY KEY (market_id, order_id, line_number),
	CONSTRAINT claims_shares_add_up_check CHECK (share_minor + withheld_minor + cut_minor + fee_minor = kept_minor + borne_minor),
	CONSTRAINT claims_nobody_pays_check CHECK (least(kept_minor, borne_minor, fee_minor, cut_minor, withheld_minor, share_minor) >= 0),
	CONSTRAINT claims_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.lines (market_id, order_id, number)
);

CREATE INDEX claims_supplier_idx ON settlement.claims (market_id, supplier_id, settled_at);

GRANT SELECT, INSERT ON settlement.claims TO tuan_app;
ALTER TABLE settlement.claims ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.claims TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE settlement.cuts (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	kind TEXT NOT NULL,
	code TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	CONSTRAINT cuts_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT cuts_amount_in_bounds_check CHECK (amount_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT cuts_market_id_order_id_line_number_kind_code_key UNIQUE (market_id, order_id, line_number, kind, code),
	CONSTRAINT cuts_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.lines (market_id, order_id, number)
);

GRANT SELECT, INSERT ON settlement.cuts TO tuan_app;
ALTER TABLE settlement.cuts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.cuts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE settlement.holds (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	case_id UUID NOT NULL,
	CONSTRAINT holds_pkey PRIMARY KEY (market_id, order_id, line_number, case_id),
	CONSTRAINT holds_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.lines (market_id, order_id, number)
);

CREATE INDEX holds_case_idx ON settlement.holds (market_id, case_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON settlement.holds TO tuan_app;
ALTER TABLE settlement.holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON settlement.holds TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

-- Orders that were completed before there were claims: their lines share the fee that was booked for the whole order, so
-- that claims and ledger say the same. Running sums of floors add up to the floor of the sum.
INSERT INTO settlement.claims (market_id, order_id, line_number, supplier_id, kept_minor, borne_minor, fee_minor, cut_minor, withheld_minor, share_minor, settled_at)
SELECT x.market_id, x.order_id, x.number, x.supplier_id, x.kept, 0, x.fee, 0, 0, x.kept - x.fee, x.ended_at
FROM (
	SELECT k.*, k.upto * 200 / 10000 - (k.upto - k.kept) * 200 / 10000 AS fee
	FROM (
		SELECT l.market_id, l.order_id, l.number, o.supplier_id, o.ended_at, l.amount_minor - l.refunded_minor AS kept,
			(sum(l.amount_minor - l.refunded_minor) OVER (PARTITION BY l.market_id, l.order_id ORDER BY l.number))::bigint AS upto
		FROM orders.lines l JOIN orders.orders o ON o.market_id = l.market_id AND o.id = l.order_id
		WHERE o.state = 'completed'
	) k
) x;
