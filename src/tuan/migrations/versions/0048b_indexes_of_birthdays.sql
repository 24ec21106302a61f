DROP INDEX CONCURRENTLY IF EXISTS shops.consents_birthday_idx;

CREATE INDEX CONCURRENTLY consents_birthday_idx ON shops.consents (market_id, shop_id, birthday, id) WHERE ended_at IS NULL AND birthday <> '';
