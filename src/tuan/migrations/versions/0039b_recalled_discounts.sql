ALTER TABLE settlement.recalls ADD COLUMN borne_minor BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE settlement.recalls DROP CONSTRAINT recalls_debt_within_amount_check;
ALTER TABLE settlement.recalls ADD CONSTRAINT recalls_debt_within_both_check CHECK (amount_minor BETWEEN 0 AND 10000000000000 AND borne_minor BETWEEN 0 AND 10000000000000 AND amount_minor + borne_minor > 0 AND debt_minor BETWEEN 0 AND amount_minor + borne_minor) NOT VALID;
