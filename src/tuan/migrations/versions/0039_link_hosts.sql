ALTER TABLE platform.markets ADD COLUMN link_host TEXT;
ALTER TABLE platform.markets ADD CONSTRAINT markets_link_host_named_check CHECK (length(link_host) <= 253 AND link_host ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$');
ALTER TABLE platform.markets ADD CONSTRAINT markets_link_host_another_check CHECK (link_host <> host);
ALTER TABLE platform.markets ADD CONSTRAINT markets_link_host_key UNIQUE (link_host);

-- No name leads to two markets, be it the one's host and the other's domain for links: each row holds both its names, as
-- points on a line, and no two rows may have a point in common.
ALTER TABLE platform.markets ADD CONSTRAINT markets_hosts_apart_excl EXCLUDE USING gist (nummultirange(numrange(hashtextextended(host, 0)::numeric, hashtextextended(host, 0)::numeric, '[]'), numrange(hashtextextended(coalesce(link_host, host), 0)::numeric, hashtextextended(coalesce(link_host, host), 0)::numeric, '[]')) WITH &&);

-- Everybody finds every market by its host; a request changes its own market's row, and of it the domain only.
GRANT UPDATE (link_host) ON platform.markets TO tuan_app;
CREATE POLICY seen ON platform.markets FOR SELECT TO tuan_app, tuan_relay USING (true);
CREATE POLICY own ON platform.markets FOR UPDATE TO tuan_app USING (id = nullif(current_setting('tuan.market', true), '')::bigint);
ALTER TABLE platform.markets ENABLE ROW LEVEL SECURITY;
