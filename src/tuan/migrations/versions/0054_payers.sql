ALTER TABLE payments.captures ADD COLUMN payer TEXT DEFAULT '' NOT NULL;

ALTER TABLE sandbox.charges ADD COLUMN payer TEXT DEFAULT '' NOT NULL;

ALTER TABLE distribution.commissions DROP CONSTRAINT commissions_held_for_known_check;
ALTER TABLE distribution.commissions ADD CONSTRAINT commissions_held_for_known_check CHECK (held_for IN ('same_address', 'same_device', 'same_account', 'same_payer', 'ring', 'looked_at')) NOT VALID;
