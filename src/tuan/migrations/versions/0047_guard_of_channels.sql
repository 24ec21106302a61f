ALTER TABLE distribution.rates ADD COLUMN channels JSONB;

ALTER TABLE distribution.commissions ADD COLUMN channel TEXT;
ALTER TABLE distribution.commissions ADD CONSTRAINT commissions_channel_known_check CHECK (channel IN ('web', 'wechat_h5', 'wechat_mp')) NOT VALID;
ALTER TABLE distribution.commissions ADD CONSTRAINT commissions_channel_lets_it_check CHECK (depth <= CASE WHEN channel = 'web' THEN 2 WHEN channel = 'wechat_h5' THEN 1 WHEN channel = 'wechat_mp' THEN 1 ELSE 2 END) NOT VALID;

ALTER TABLE distribution.versions ADD COLUMN told_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE distribution.versions ADD COLUMN notice_days INTEGER;
ALTER TABLE distribution.versions ADD COLUMN end_told_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE distribution.versions ADD COLUMN end_notice_days INTEGER;
ALTER TABLE distribution.versions ADD CONSTRAINT versions_told_with_notice_check CHECK (num_nonnulls(told_at, notice_days) IN (0, 2) AND num_nonnulls(end_told_at, end_notice_days) IN (0, 2)) NOT VALID;
ALTER TABLE distribution.versions ADD CONSTRAINT versions_told_before_check CHECK (notice_days >= 0 AND since >= told_at + notice_days * interval '24 hours') NOT VALID;
ALTER TABLE distribution.versions ADD CONSTRAINT versions_end_told_before_check CHECK (end_notice_days >= 0 AND until >= end_told_at + end_notice_days * interval '24 hours') NOT VALID;

CREATE TABLE distribution.withheld (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	depth INTEGER NOT NULL,
	shop_id UUID NOT NULL,
	plan_id UUID NOT NULL,
	version INTEGER NOT NULL,
	channel TEXT NOT NULL,
	article TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT withheld_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT withheld_market_id_order_id_line_number_depth_key UNIQUE (market_id, order_id, line_number, depth),
	CONSTRAINT withheld_channel_known_check CHECK (channel IN ('web', 'wechat_h5', 'wechat_mp')),
	CONSTRAINT withheld_depth_is_one_or_two_check CHECK (depth IN (1, 2)),
	CONSTRAINT withheld_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.attributions (market_id, order_id, line_number),
	CONSTRAINT withheld_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT withheld_market_id_plan_id_version_fkey FOREIGN KEY(market_id, plan_id, version) REFERENCES distribution.versions (market_id, plan_id, number)
);

CREATE INDEX withheld_shop_idx ON distribution.withheld (market_id, shop_id, id);

GRANT SELECT, INSERT ON distribution.withheld TO tuan_app;
ALTER TABLE distribution.withheld ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON distribution.withheld TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE compliance.alarms (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	alarm TEXT NOT NULL,
	article TEXT NOT NULL,
	from_day DATE NOT NULL,
	began_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT alarms_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT alarms_alarm_known_check CHECK (alarm IN ('chain_long', 'chain_wide', 'chain_both', 'retail_low', 'recruits_paid', 'unlawful_plans')),
	CONSTRAINT alarms_ends_after_it_began_check CHECK (ended_at >= began_at)
);

CREATE UNIQUE INDEX alarms_one_ringing ON compliance.alarms (market_id, alarm) WHERE ended_at IS NULL;
CREATE INDEX alarms_began_idx ON compliance.alarms (market_id, began_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON compliance.alarms TO tuan_app;
ALTER TABLE compliance.alarms ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON compliance.alarms TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
