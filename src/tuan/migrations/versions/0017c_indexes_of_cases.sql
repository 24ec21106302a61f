DROP INDEX CONCURRENTLY IF EXISTS aftersales.cases_deadline_idx;

CREATE INDEX CONCURRENTLY cases_deadline_idx ON aftersales.cases (market_id, deadline) WHERE deadline IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS aftersales.cases_person_idx;

CREATE INDEX CONCURRENTLY cases_person_idx ON aftersales.cases (market_id, person_id, opened_at) WHERE person_id IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS aftersales.cases_state_idx;

CREATE INDEX CONCURRENTLY cases_state_idx ON aftersales.cases (market_id, state, opened_at) WHERE number > 0;

DROP INDEX CONCURRENTLY IF EXISTS aftersales.cases_supplier_idx;

CREATE INDEX CONCURRENTLY cases_supplier_idx ON aftersales.cases (market_id, supplier_id, deadline) WHERE deadline IS NOT NULL;
