ALTER TABLE orders.orders
	ADD COLUMN points BIGINT DEFAULT 0 NOT NULL;

CREATE SCHEMA points;
GRANT USAGE ON SCHEMA points TO tuan_app, tuan_relay;

CREATE TABLE points.terms (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	earn_points BIGINT NOT NULL,
	earn_per_minor BIGINT NOT NULL,
	earn_order_max BIGINT NOT NULL,
	event_day_max BIGINT NOT NULL,
	valid_days INTEGER NOT NULL,
	hundred_minor BIGINT NOT NULL,
	spend_permyriad INTEGER NOT NULL,
	spend_min BIGINT NOT NULL,
	owes_reversed BOOLEAN NOT NULL,
	set_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT terms_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT terms_bounds_check CHECK (earn_points >= 0 AND earn_per_minor >= 1 AND earn_order_max >= 0 AND event_day_max >= 0 AND valid_days >= 1 AND hundred_minor >= 1 AND spend_permyriad BETWEEN 0 AND 10000 AND spend_min >= 1)
);

GRANT SELECT, INSERT ON points.terms TO tuan_app;
ALTER TABLE points.terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON points.terms TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE points.wallets (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	debt BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT wallets_pkey PRIMARY KEY (market_id, person_id),
	CONSTRAINT wallets_debt_positive_check CHECK (debt >= 0),
	CONSTRAINT wallets_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON points.wallets TO tuan_app;
ALTER TABLE points.wallets ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON points.wallets TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE points.lots (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	source TEXT NOT NULL,
	about UUID NOT NULL,
	units BIGINT NOT NULL,
	remaining BIGINT NOT NULL,
	held BIGINT NOT NULL,
	reversed BIGINT NOT NULL,
	lapsed BIGINT NOT NULL,
	state TEXT NOT NULL,
	valid_days INTEGER NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT lots_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT lots_source_known_check CHECK (source IN ('order', 'check_in', 'grant', 'returned')),
	CONSTRAINT lots_state_known_check CHECK (state IN ('pending', 'active', 'over')),
	CONSTRAINT lots_units_in_bounds_check CHECK (units BETWEEN 1 AND 1000000000),
	CONSTRAINT lots_never_overspent_check CHECK (held >= 0 AND remaining >= held AND units >= remaining),
	CONSTRAINT lots_reversed_within_units_check CHECK (reversed BETWEEN 0 AND units AND lapsed BETWEEN 0 AND units),
	CONSTRAINT lots_over_is_empty_check CHECK ((state = 'over') = (remaining = 0)),
	CONSTRAINT lots_active_has_an_end_check CHECK (state <> 'active' OR expires_at IS NOT NULL),
	CONSTRAINT lots_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES points.wallets (market_id, person_id)
);

CREATE INDEX lots_due_idx ON points.lots (market_id, expires_at) WHERE state = 'active';

CREATE UNIQUE INDEX lots_earned_once ON points.lots (market_id, source, about) WHERE source <> 'returned';

CREATE INDEX lots_person_idx ON points.lots (market_id, person_id) WHERE remaining > 0;

GRANT SELECT, INSERT, UPDATE, DELETE ON points.lots TO tuan_app;
ALTER TABLE points.lots ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON points.lots TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, expires_at, remaining, held) ON points.lots TO tuan_relay;
CREATE POLICY due ON points.lots FOR SELECT TO tuan_relay USING (state = 'active');

CREATE TABLE points.entries (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	lot_id UUID,
	kind TEXT NOT NULL,
	units BIGINT NOT NULL,
	change BIGINT NOT NULL,
	about UUID NOT NULL,
	reason TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT entries_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT entries_kind_known_check CHECK (kind IN ('earn', 'grant', 'activate', 'spend', 'restore', 'expire', 'reverse', 'deduct', 'owe', 'repay', 'forfeit', 'forgive')),
	CONSTRAINT entries_units_positive_check CHECK (units > 0),
	CONSTRAINT entries_change_of_units_check CHECK (change = 0 OR abs(change) = units),
	CONSTRAINT entries_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES points.wallets (market_id, person_id),
	CONSTRAINT entries_market_id_lot_id_fkey FOREIGN KEY(market_id, lot_id) REFERENCES points.lots (market_id, id)
);

CREATE INDEX entries_lot_idx ON points.entries (market_id, lot_id);

CREATE INDEX entries_person_idx ON points.entries (market_id, person_id, id);

GRANT SELECT, INSERT ON points.entries TO tuan_app;
ALTER TABLE points.entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON points.entries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE points.spends (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	person_id UUID NOT NULL,
	lot_id UUID NOT NULL,
	units BIGINT NOT NULL,
	state TEXT NOT NULL,
	returned BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT spends_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT spends_state_known_check CHECK (state IN ('held', 'settled', 'released')),
	CONSTRAINT spends_units_positive_check CHECK (units > 0),
	CONSTRAINT spends_returned_within_units_check CHECK (returned BETWEEN 0 AND units AND (returned = 0 OR state = 'settled')),
	CONSTRAINT spends_market_id_lot_id_fkey FOREIGN KEY(market_id, lot_id) REFERENCES points.lots (market_id, id)
);

CREATE INDEX spends_held_idx ON points.spends (market_id, lot_id) WHERE state = 'held';

CREATE INDEX spends_order_idx ON points.spends (market_id, order_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON points.spends TO tuan_app;
ALTER TABLE points.spends ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON points.spends TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE SCHEMA loyalty;
GRANT USAGE ON SCHEMA loyalty TO tuan_app, tuan_relay;

CREATE TABLE loyalty.ladders (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	rewards JSONB NOT NULL,
	set_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT ladders_pkey PRIMARY KEY (market_id, id)
);

GRANT SELECT, INSERT ON loyalty.ladders TO tuan_app;
ALTER TABLE loyalty.ladders ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON loyalty.ladders TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE loyalty.check_ins (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	day DATE NOT NULL,
	streak INTEGER NOT NULL,
	points BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT check_ins_pkey PRIMARY KEY (market_id, person_id, day),
	CONSTRAINT check_ins_counted_check CHECK (streak >= 1 AND points >= 0),
	CONSTRAINT check_ins_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON loyalty.check_ins TO tuan_app;
ALTER TABLE loyalty.check_ins ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON loyalty.check_ins TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
