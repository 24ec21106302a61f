CREATE SCHEMA planning;
GRANT USAGE ON SCHEMA planning TO tuan_app, tuan_relay;

CREATE TABLE planning.jobs (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	terms JSONB NOT NULL,
	edges JSONB,
	wanted INTEGER NOT NULL,
	done INTEGER DEFAULT 0 NOT NULL,
	runs JSONB DEFAULT '[]' NOT NULL,
	made_by UUID NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT jobs_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT jobs_state_known_check CHECK (state IN ('due', 'done')),
	CONSTRAINT jobs_done_within_wanted_check CHECK (done BETWEEN 0 AND wanted AND wanted > 0),
	CONSTRAINT jobs_done_is_all_check CHECK ((state = 'done') = (done = wanted) AND (state = 'done') = (ended_at IS NOT NULL))
);

CREATE INDEX jobs_due_idx ON planning.jobs (market_id, id) WHERE state = 'due';

GRANT SELECT, INSERT, UPDATE, DELETE ON planning.jobs TO tuan_app;
ALTER TABLE planning.jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON planning.jobs TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state) ON planning.jobs TO tuan_relay;
CREATE POLICY due ON planning.jobs FOR SELECT TO tuan_relay USING (state = 'due');
