DROP INDEX CONCURRENTLY IF EXISTS settlement.accounts_shop_idx;

CREATE INDEX CONCURRENTLY accounts_shop_idx ON settlement.accounts (market_id, shop_id, id) WHERE shop_id IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS settlement.withdrawals_shop_idx;

CREATE INDEX CONCURRENTLY withdrawals_shop_idx ON settlement.withdrawals (market_id, shop_id, id) WHERE shop_id IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS settlement.accounts_number_idx;

CREATE INDEX CONCURRENTLY accounts_number_idx ON settlement.accounts (market_id, number);
