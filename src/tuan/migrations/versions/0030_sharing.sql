CREATE SCHEMA sharing;
GRANT USAGE ON SCHEMA sharing TO tuan_app, tuan_relay;

CREATE TABLE sharing.rules (
	market_id BIGINT NOT NULL,
	rule TEXT NOT NULL,
	valid_days INTEGER,
	protected_days INTEGER NOT NULL,
	set_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT rules_pkey PRIMARY KEY (market_id),
	CONSTRAINT rules_rule_known_check CHECK (rule IN ('first', 'latest', 'registration')),
	CONSTRAINT rules_days_positive_check CHECK (protected_days >= 0 AND (valid_days IS NULL OR valid_days > 0))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON sharing.rules TO tuan_app;
ALTER TABLE sharing.rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.rules TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sharing.visitors (
	market_id BIGINT NOT NULL,
	day DATE NOT NULL,
	code TEXT NOT NULL,
	visitor BYTEA NOT NULL,
	CONSTRAINT visitors_pkey PRIMARY KEY (market_id, day, code, visitor)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON sharing.visitors TO tuan_app;
ALTER TABLE sharing.visitors ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.visitors TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sharing.bindings (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	shop_id UUID NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	protected_until TIMESTAMP WITH TIME ZONE NOT NULL,
	until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT bindings_pkey PRIMARY KEY (market_id, person_id),
	CONSTRAINT bindings_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT bindings_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE INDEX bindings_shop_idx ON sharing.bindings (market_id, shop_id, since);

GRANT SELECT, INSERT, UPDATE, DELETE ON sharing.bindings TO tuan_app;
ALTER TABLE sharing.bindings ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.bindings TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sharing.follows (
	market_id BIGINT NOT NULL,
	person_id UUID NOT NULL,
	shop_id UUID NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT follows_pkey PRIMARY KEY (market_id, person_id, shop_id),
	CONSTRAINT follows_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT follows_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE INDEX follows_shop_idx ON sharing.follows (market_id, shop_id, since);

GRANT SELECT, INSERT, UPDATE, DELETE ON sharing.follows TO tuan_app;
ALTER TABLE sharing.follows ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.follows TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sharing.links (
	market_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	kind TEXT NOT NULL,
	object_id UUID NOT NULL,
	sharer_id UUID,
	shop_id UUID,
	channel TEXT NOT NULL,
	campaign TEXT DEFAULT '' NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	revoked_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT links_pkey PRIMARY KEY (market_id, code),
	CONSTRAINT links_kind_known_check CHECK (kind IN ('product', 'team', 'shop', 'home')),
	CONSTRAINT links_channel_known_check CHECK (channel IN ('web', 'wechat_h5', 'wechat_mp', 'poster', 'word', 'parcel')),
	CONSTRAINT links_code_long_check CHECK (length(code) = 10),
	CONSTRAINT links_market_id_sharer_id_fkey FOREIGN KEY(market_id, sharer_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT links_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE UNIQUE INDEX links_once_idx ON sharing.links (market_id, sharer_id, kind, object_id, channel, campaign) WHERE revoked_at IS NULL AND expires_at IS NULL AND sharer_id IS NOT NULL;
CREATE INDEX links_sharer_idx ON sharing.links (market_id, sharer_id, made_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON sharing.links TO tuan_app;
ALTER TABLE sharing.links ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.links TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sharing.changes (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	from_shop_id UUID,
	to_shop_id UUID,
	why TEXT NOT NULL,
	code TEXT,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT changes_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT changes_why_known_check CHECK (why IN ('link', 'left', 'erased')),
	CONSTRAINT changes_moves_somewhere_check CHECK (from_shop_id IS DISTINCT FROM to_shop_id),
	CONSTRAINT changes_comes_by_a_link_check CHECK ((to_shop_id IS NOT NULL) = (code IS NOT NULL)),
	CONSTRAINT changes_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT changes_market_id_from_shop_id_fkey FOREIGN KEY(market_id, from_shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT changes_market_id_to_shop_id_fkey FOREIGN KEY(market_id, to_shop_id) REFERENCES parties.shops (market_id, id),
	CONSTRAINT changes_market_id_code_fkey FOREIGN KEY(market_id, code) REFERENCES sharing.links (market_id, code)
);

CREATE INDEX changes_from_idx ON sharing.changes (market_id, from_shop_id, id) WHERE from_shop_id IS NOT NULL;
CREATE INDEX changes_person_idx ON sharing.changes (market_id, person_id, id);
CREATE INDEX changes_to_idx ON sharing.changes (market_id, to_shop_id, id) WHERE to_shop_id IS NOT NULL;

GRANT SELECT, INSERT ON sharing.changes TO tuan_app;
ALTER TABLE sharing.changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.changes TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sharing.visits (
	market_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	day DATE NOT NULL,
	visits BIGINT NOT NULL,
	visitors BIGINT NOT NULL,
	bots BIGINT NOT NULL,
	CONSTRAINT visits_pkey PRIMARY KEY (market_id, code, day),
	CONSTRAINT visits_visitors_within_visits_check CHECK (visits >= visitors AND visitors >= 0 AND bots >= 0),
	CONSTRAINT visits_market_id_code_fkey FOREIGN KEY(market_id, code) REFERENCES sharing.links (market_id, code)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON sharing.visits TO tuan_app;
ALTER TABLE sharing.visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sharing.visits TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
