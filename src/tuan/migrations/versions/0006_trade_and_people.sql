ALTER TABLE accounts.persons
	ADD COLUMN blocked_at TIMESTAMP WITH TIME ZONE,
	ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE,
	ADD CONSTRAINT persons_erased_is_empty_check CHECK (erased_at IS NULL OR phone IS NULL AND name = '' AND blocked_at IS NOT NULL) NOT VALID;

ALTER TABLE payments.quarantine
	ADD COLUMN resolution TEXT,
	ADD COLUMN resolved_at TIMESTAMP WITH TIME ZONE,
	ADD CONSTRAINT quarantine_resolution_known_check CHECK (resolution IN ('returned', 'settled', 'no_money')) NOT VALID,
	ADD CONSTRAINT quarantine_resolved_has_time_check CHECK ((resolution IS NULL) = (resolved_at IS NULL)) NOT VALID;
