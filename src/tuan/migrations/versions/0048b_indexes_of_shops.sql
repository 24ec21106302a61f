DROP INDEX CONCURRENTLY IF EXISTS distribution.commissions_accrued_idx;

CREATE INDEX CONCURRENTLY commissions_accrued_idx ON distribution.commissions (market_id, shop_id, accrued_at);

DROP INDEX CONCURRENTLY IF EXISTS distribution.commissions_ended_idx;

CREATE INDEX CONCURRENTLY commissions_ended_idx ON distribution.commissions (market_id, shop_id, ended_at) WHERE ended_at IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS distribution.lowerings_at_idx;

CREATE INDEX CONCURRENTLY lowerings_at_idx ON distribution.lowerings (market_id, at);

DROP INDEX CONCURRENTLY IF EXISTS shops.consents_birthday_idx;

CREATE INDEX CONCURRENTLY consents_birthday_idx ON shops.consents (market_id, shop_id, birthday, id) WHERE ended_at IS NULL AND birthday <> '';
