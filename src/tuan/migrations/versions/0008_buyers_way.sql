ALTER TABLE accounts.addresses ADD COLUMN preferred_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE accounts.sign_in_codes
	ADD COLUMN purpose TEXT DEFAULT 'sign_in' NOT NULL,
	ADD COLUMN request BYTEA DEFAULT '' NOT NULL;
