CREATE SCHEMA leagues;
GRANT USAGE ON SCHEMA leagues TO tuan_app, tuan_relay;

CREATE TABLE leagues.level_tables (
	market_id BIGINT NOT NULL,
	version INTEGER NOT NULL,
	levels JSONB NOT NULL,
	days INTEGER NOT NULL,
	set_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT level_tables_pkey PRIMARY KEY (market_id, version),
	CONSTRAINT level_tables_counted_check CHECK (version >= 1 AND days >= 1)
);

GRANT SELECT, INSERT ON leagues.level_tables TO tuan_app;
ALTER TABLE leagues.level_tables ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON leagues.level_tables TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE leagues.rounds (
	market_id BIGINT NOT NULL,
	after_shop_id UUID,
	due_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT rounds_pkey PRIMARY KEY (market_id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON leagues.rounds TO tuan_app;
ALTER TABLE leagues.rounds ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON leagues.rounds TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, due_at) ON leagues.rounds TO tuan_relay;
CREATE POLICY due ON leagues.rounds FOR SELECT TO tuan_relay USING (true);

CREATE TABLE leagues.seasons (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
	size INTEGER NOT NULL,
	moved INTEGER NOT NULL,
	benefits JSONB NOT NULL,
	counted_at TIMESTAMP WITH TIME ZONE,
	closed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT seasons_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT seasons_state_known_check CHECK (state IN ('planned', 'running', 'closed', 'called_off')),
	CONSTRAINT seasons_in_order_check CHECK (starts_at < ends_at AND ends_at < closes_at),
	CONSTRAINT seasons_closed_has_time_check CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
	CONSTRAINT seasons_sized_check CHECK (size >= 2 AND moved BETWEEN 0 AND size)
);

CREATE INDEX seasons_starts_idx ON leagues.seasons (market_id, starts_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON leagues.seasons TO tuan_app;
ALTER TABLE leagues.seasons ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON leagues.seasons TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, starts_at, closes_at, counted_at) ON leagues.seasons TO tuan_relay;
CREATE POLICY due ON leagues.seasons FOR SELECT TO tuan_relay USING (state IN ('planned', 'running'));

CREATE TABLE leagues.changes (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	shop_id UUID NOT NULL,
	from_level INTEGER NOT NULL,
	to_level INTEGER NOT NULL,
	version INTEGER NOT NULL,
	reasons JSONB NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT changes_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT changes_moved_check CHECK (from_level <> to_level AND from_level >= 0 AND to_level >= 0),
	CONSTRAINT changes_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT changes_market_id_version_fkey FOREIGN KEY(market_id, version) REFERENCES leagues.level_tables (market_id, version)
);

CREATE INDEX changes_at_idx ON leagues.changes (market_id, at);
CREATE INDEX changes_shop_idx ON leagues.changes (market_id, shop_id, id);

GRANT SELECT, INSERT ON leagues.changes TO tuan_app;
ALTER TABLE leagues.changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON leagues.changes TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE leagues.entries (
	market_id BIGINT NOT NULL,
	season_id UUID NOT NULL,
	shop_id UUID NOT NULL,
	league INTEGER NOT NULL,
	seeded_minor BIGINT NOT NULL,
	score_minor BIGINT DEFAULT 0 NOT NULL,
	reached_at TIMESTAMP WITH TIME ZONE,
	rank INTEGER NOT NULL,
	result TEXT,
	CONSTRAINT entries_pkey PRIMARY KEY (market_id, season_id, shop_id),
	CONSTRAINT entries_result_known_check CHECK (result IN ('promoted', 'stayed', 'relegated')),
	CONSTRAINT entries_placed_check CHECK (league >= 1 AND rank >= 1),
	CONSTRAINT entries_scored_check CHECK (score_minor BETWEEN 0 AND 10000000000000 AND (score_minor = 0 OR reached_at IS NOT NULL)),
	CONSTRAINT entries_market_id_season_id_fkey FOREIGN KEY(market_id, season_id) REFERENCES leagues.seasons (market_id, id),
	CONSTRAINT entries_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE INDEX entries_league_idx ON leagues.entries (market_id, season_id, league, rank);

GRANT SELECT, INSERT, UPDATE, DELETE ON leagues.entries TO tuan_app;
ALTER TABLE leagues.entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON leagues.entries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE leagues.standings (
	market_id BIGINT NOT NULL,
	shop_id UUID NOT NULL,
	level INTEGER NOT NULL,
	version INTEGER NOT NULL,
	kept_minor BIGINT NOT NULL,
	service INTEGER NOT NULL,
	counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT standings_pkey PRIMARY KEY (market_id, shop_id),
	CONSTRAINT standings_counted_check CHECK (level >= 0 AND kept_minor >= 0 AND service BETWEEN 0 AND 1000),
	CONSTRAINT standings_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT standings_market_id_version_fkey FOREIGN KEY(market_id, version) REFERENCES leagues.level_tables (market_id, version)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON leagues.standings TO tuan_app;
ALTER TABLE leagues.standings ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON leagues.standings TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
