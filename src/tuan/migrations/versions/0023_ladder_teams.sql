ALTER TABLE groupbuy.campaigns
	ADD COLUMN stacks_with JSONB DEFAULT '["points"]' NOT NULL,
	ADD COLUMN leader_off_minor BIGINT DEFAULT 0 NOT NULL,
	ADD CONSTRAINT campaigns_leader_off_not_negative_check CHECK (leader_off_minor >= 0) NOT VALID,
	ADD CONSTRAINT campaigns_ladder_has_promise_check CHECK (ladder IS NULL OR promise_min IS NOT NULL) NOT VALID;

ALTER TABLE orders.lines
	ADD COLUMN lowered_minor BIGINT DEFAULT 0 NOT NULL,
	ADD CONSTRAINT lines_lowered_is_given_back_check CHECK (lowered_minor BETWEEN 0 AND refunded_minor - refunded_freight_minor) NOT VALID;
