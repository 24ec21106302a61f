-- The release before knows suppliers only: what it keeps back is theirs.
ALTER TABLE shops.withheld ADD COLUMN by_supplier BOOLEAN DEFAULT true NOT NULL;
ALTER TABLE shops.withheld ADD COLUMN by_market BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE shops.withheld ADD CONSTRAINT withheld_by_somebody_check CHECK (by_supplier OR by_market) NOT VALID;
