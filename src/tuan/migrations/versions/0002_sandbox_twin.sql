ALTER TABLE sandbox.charges
	ADD COLUMN notify_url TEXT DEFAULT '' NOT NULL,
	ADD COLUMN faults TEXT[] DEFAULT '{}' NOT NULL,
	ADD COLUMN doubts INTEGER DEFAULT 0 NOT NULL,
	ADD CONSTRAINT charges_faults_known_check CHECK (faults <@ ARRAY['delay', 'duplicate', 'reorder', 'loss', 'decline', 'unknown', 'cent_off', 'other_currency', 'other_merchant', 'wrong_signature']);

ALTER TABLE sandbox.refunds
	ADD COLUMN currency TEXT,
	ADD COLUMN doubts INTEGER DEFAULT 0 NOT NULL;

UPDATE sandbox.refunds AS r SET currency = m.currency FROM platform.markets m WHERE m.id = r.market_id;

ALTER TABLE sandbox.refunds ALTER COLUMN currency SET NOT NULL;

CREATE INDEX refunds_transaction_idx ON sandbox.refunds (market_id, transaction);

CREATE TABLE sandbox.deliveries (
	market_id BIGINT NOT NULL,
	notice_id UUID NOT NULL,
	copy INTEGER NOT NULL,
	attempt_id UUID NOT NULL,
	url TEXT NOT NULL,
	said TEXT NOT NULL,
	body TEXT NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE,
	delivered_at TIMESTAMP WITH TIME ZONE,
	answer TEXT DEFAULT '' NOT NULL,
	CONSTRAINT deliveries_pkey PRIMARY KEY (market_id, notice_id, copy),
	CONSTRAINT deliveries_delivered_is_not_due_check CHECK (delivered_at IS NULL OR due_at IS NULL),
	CONSTRAINT deliveries_market_id_attempt_id_fkey FOREIGN KEY(market_id, attempt_id) REFERENCES sandbox.charges (market_id, attempt_id)
);

CREATE INDEX deliveries_attempt_idx ON sandbox.deliveries (market_id, attempt_id);

CREATE INDEX deliveries_due_idx ON sandbox.deliveries (market_id, due_at) WHERE due_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox.deliveries TO tuan_app;
ALTER TABLE sandbox.deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox.deliveries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, due_at) ON sandbox.deliveries TO tuan_relay;
CREATE POLICY due ON sandbox.deliveries FOR SELECT TO tuan_relay USING (due_at IS NOT NULL);

-- Opening and joining are one verb now; what was answered under their keys is still answered under them.
UPDATE platform.idempotency AS i SET verb = 'groupbuy.seat_buyer' WHERE verb IN ('groupbuy.open_team', 'groupbuy.join_team')
  AND NOT EXISTS (SELECT FROM platform.idempotency o WHERE o.market_id = i.market_id AND o.actor_id = i.actor_id
  AND o.key = i.key AND o.verb IN ('groupbuy.open_team', 'groupbuy.join_team') AND o.verb <> i.verb);

-- The row of a hot SKU is rewritten with every batch: its page is tidied early, and no movement locks it for its key.
ALTER TABLE supply.stock SET (fillfactor = 20);
ALTER TABLE supply.movements DROP CONSTRAINT movements_market_id_sku_id_fkey;
ALTER TABLE supply.movements ADD CONSTRAINT movements_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id);
