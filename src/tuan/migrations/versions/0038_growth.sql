CREATE SCHEMA training;
GRANT USAGE ON SCHEMA training TO tuan_app, tuan_relay;

CREATE TABLE training.courses (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	state TEXT NOT NULL,
	title TEXT NOT NULL,
	draft JSONB NOT NULL,
	revision INTEGER DEFAULT 1 NOT NULL,
	version INTEGER DEFAULT 0 NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT courses_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT courses_state_known_check CHECK (state IN ('draft', 'open', 'over')),
	CONSTRAINT courses_open_has_version_check CHECK (state <> 'open' OR version > 0),
	CONSTRAINT courses_counted_check CHECK (version >= 0 AND revision >= 1)
);

CREATE INDEX courses_state_idx ON training.courses (market_id, state, made_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON training.courses TO tuan_app;
ALTER TABLE training.courses ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON training.courses TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE training.versions (
	market_id BIGINT NOT NULL,
	course_id UUID NOT NULL,
	number INTEGER NOT NULL,
	content JSONB NOT NULL,
	rights JSONB NOT NULL,
	published_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT versions_pkey PRIMARY KEY (market_id, course_id, number),
	CONSTRAINT versions_numbered_check CHECK (number >= 1),
	CONSTRAINT versions_market_id_course_id_fkey FOREIGN KEY(market_id, course_id) REFERENCES training.courses (market_id, id)
);

GRANT SELECT, INSERT ON training.versions TO tuan_app;
ALTER TABLE training.versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON training.versions TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE training.reads (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	course_id UUID NOT NULL,
	version INTEGER NOT NULL,
	step INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT reads_pkey PRIMARY KEY (market_id, person_id, course_id, version, step),
	CONSTRAINT reads_step_positive_check CHECK (step >= 1),
	CONSTRAINT reads_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT reads_market_id_course_id_version_fkey FOREIGN KEY(market_id, course_id, version) REFERENCES training.versions (market_id, course_id, number)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON training.reads TO tuan_app;
ALTER TABLE training.reads ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON training.reads TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE training.tries (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	course_id UUID NOT NULL,
	number INTEGER NOT NULL,
	version INTEGER NOT NULL,
	day DATE NOT NULL,
	answers JSONB NOT NULL,
	right_count INTEGER NOT NULL,
	is_passed BOOLEAN NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT tries_pkey PRIMARY KEY (market_id, person_id, course_id, number),
	CONSTRAINT tries_numbered_check CHECK (number >= 1 AND right_count >= 0),
	CONSTRAINT tries_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT tries_market_id_course_id_version_fkey FOREIGN KEY(market_id, course_id, version) REFERENCES training.versions (market_id, course_id, number)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON training.tries TO tuan_app;
ALTER TABLE training.tries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON training.tries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE training.passes (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	course_id UUID NOT NULL,
	number INTEGER NOT NULL,
	version INTEGER NOT NULL,
	passed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	valid_until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT passes_pkey PRIMARY KEY (market_id, person_id, course_id, number),
	CONSTRAINT passes_ends_later_check CHECK (valid_until IS NULL OR valid_until > passed_at),
	CONSTRAINT passes_market_id_person_id_course_id_number_fkey FOREIGN KEY(market_id, person_id, course_id, number) REFERENCES training.tries (market_id, person_id, course_id, number),
	CONSTRAINT passes_market_id_course_id_version_fkey FOREIGN KEY(market_id, course_id, version) REFERENCES training.versions (market_id, course_id, number)
);

CREATE INDEX passes_course_idx ON training.passes (market_id, course_id, passed_at, person_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON training.passes TO tuan_app;
ALTER TABLE training.passes ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON training.passes TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
