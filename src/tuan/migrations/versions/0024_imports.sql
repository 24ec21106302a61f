ALTER TABLE catalog.products
	ADD COLUMN return_exception TEXT DEFAULT '' NOT NULL,
	ADD CONSTRAINT products_return_exception_known_check CHECK (return_exception IN ('', 'made_to_order', 'perishable', 'opened_digital', 'newspaper', 'agreed')) NOT VALID;

CREATE SCHEMA imports;
GRANT USAGE ON SCHEMA imports TO tuan_app, tuan_relay;

CREATE TABLE imports.jobs (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	what TEXT NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	supplier_id UUID,
	content BYTEA,
	digest TEXT NOT NULL,
	why TEXT DEFAULT '' NOT NULL,
	waiting INTEGER DEFAULT 0 NOT NULL,
	unchanged INTEGER DEFAULT 0 NOT NULL,
	refused INTEGER DEFAULT 0 NOT NULL,
	done INTEGER DEFAULT 0 NOT NULL,
	position INTEGER DEFAULT 0 NOT NULL,
	sums JSONB,
	made_by UUID NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	confirmed_by UUID,
	ended_at TIMESTAMP WITH TIME ZONE,
	forgotten_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT jobs_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT jobs_what_known_check CHECK (what IN ('goods', 'stock', 'orders')),
	CONSTRAINT jobs_state_known_check CHECK (state IN ('uploaded', 'checked', 'running', 'done', 'refused', 'dropped')),
	CONSTRAINT jobs_ended_has_time_check CHECK ((state IN ('done', 'refused', 'dropped')) = (ended_at IS NOT NULL)),
	CONSTRAINT jobs_done_leaves_nothing_check CHECK (state <> 'done' OR waiting = 0),
	CONSTRAINT jobs_running_was_confirmed_check CHECK (state NOT IN ('running', 'done') OR confirmed_by IS NOT NULL),
	CONSTRAINT jobs_counts_are_counts_check CHECK (waiting >= 0 AND unchanged >= 0 AND refused >= 0 AND done >= 0),
	CONSTRAINT jobs_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX jobs_kept_idx ON imports.jobs (market_id, made_at) WHERE forgotten_at IS NULL;

CREATE INDEX jobs_open_idx ON imports.jobs (market_id, id) WHERE state IN ('uploaded', 'running');

CREATE INDEX jobs_supplier_idx ON imports.jobs (market_id, supplier_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON imports.jobs TO tuan_app;
ALTER TABLE imports.jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON imports.jobs TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state) ON imports.jobs TO tuan_relay;
CREATE POLICY due ON imports.jobs FOR SELECT TO tuan_relay USING (state IN ('uploaded', 'running'));

CREATE TABLE imports.lines (
	market_id BIGINT NOT NULL,
	job_id UUID NOT NULL,
	number BIGINT NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	is_done BOOLEAN DEFAULT false NOT NULL,
	cells JSONB NOT NULL,
	effect JSONB,
	CONSTRAINT lines_pkey PRIMARY KEY (market_id, job_id, number),
	CONSTRAINT lines_refused_is_not_done_check CHECK (reason = '' OR NOT is_done),
	CONSTRAINT lines_market_id_job_id_fkey FOREIGN KEY(market_id, job_id) REFERENCES imports.jobs (market_id, id)
);

CREATE INDEX lines_refused_idx ON imports.lines (market_id, job_id, number) WHERE reason <> '';

CREATE INDEX lines_waiting_idx ON imports.lines (market_id, job_id, number) WHERE reason = '' AND NOT is_done;

GRANT SELECT, INSERT, UPDATE, DELETE ON imports.lines TO tuan_app;
ALTER TABLE imports.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON imports.lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
