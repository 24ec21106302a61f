DROP INDEX CONCURRENTLY IF EXISTS sharing.links_ending_once_idx;

CREATE UNIQUE INDEX CONCURRENTLY links_ending_once_idx ON sharing.links (market_id, sharer_id, kind, object_id, channel, campaign, expires_at) WHERE revoked_at IS NULL AND expires_at IS NOT NULL AND sharer_id IS NOT NULL;
