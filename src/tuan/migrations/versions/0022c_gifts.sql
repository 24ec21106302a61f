ALTER TABLE promotions.templates ADD COLUMN giftable BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE promotions.templates ADD COLUMN friends_new BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE promotions.templates ADD COLUMN gather_seconds INTEGER;
ALTER TABLE promotions.coupons ADD COLUMN open_until TIMESTAMP WITH TIME ZONE;

-- A wider list of words lets every old row through: it is not read for that while others wait.
ALTER TABLE promotions.coupons DROP CONSTRAINT coupons_state_known_check;
ALTER TABLE promotions.coupons ADD CONSTRAINT coupons_state_known_check CHECK (state IN ('locked', 'free', 'offered', 'held', 'used')) NOT VALID;

CREATE TABLE promotions.gifts (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	coupon_id UUID NOT NULL,
	template_id UUID NOT NULL,
	giver_id UUID NOT NULL,
	code TEXT NOT NULL,
	state TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	taker_id UUID,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT gifts_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT gifts_state_known_check CHECK (state IN ('open', 'taken', 'withdrawn')),
	CONSTRAINT gifts_taken_by_somebody_check CHECK ((state = 'taken') = (taker_id IS NOT NULL)),
	CONSTRAINT gifts_over_once_ended_check CHECK ((state = 'open') = (ended_at IS NULL)),
	CONSTRAINT gifts_market_id_code_key UNIQUE (market_id, code),
	CONSTRAINT gifts_market_id_coupon_id_fkey FOREIGN KEY(market_id, coupon_id) REFERENCES promotions.coupons (market_id, id),
	CONSTRAINT gifts_market_id_template_id_fkey FOREIGN KEY(market_id, template_id) REFERENCES promotions.templates (market_id, id),
	CONSTRAINT gifts_market_id_giver_id_fkey FOREIGN KEY(market_id, giver_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT gifts_market_id_taker_id_fkey FOREIGN KEY(market_id, taker_id) REFERENCES accounts.persons (market_id, id)
);

CREATE UNIQUE INDEX gifts_coupon_idx ON promotions.gifts (market_id, coupon_id) WHERE state IN ('open', 'taken');

CREATE INDEX gifts_giver_idx ON promotions.gifts (market_id, giver_id, template_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON promotions.gifts TO tuan_app;
ALTER TABLE promotions.gifts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.gifts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE promotions.helps (
	market_id BIGINT NOT NULL,
	coupon_id UUID NOT NULL,
	person_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT helps_pkey PRIMARY KEY (market_id, coupon_id, person_id),
	CONSTRAINT helps_market_id_coupon_id_fkey FOREIGN KEY(market_id, coupon_id) REFERENCES promotions.coupons (market_id, id),
	CONSTRAINT helps_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

GRANT SELECT, INSERT ON promotions.helps TO tuan_app;
ALTER TABLE promotions.helps ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON promotions.helps TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
