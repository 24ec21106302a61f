ALTER TABLE catalog.skus ADD COLUMN hs_code TEXT;
ALTER TABLE catalog.skus ADD COLUMN origin TEXT;
ALTER TABLE catalog.skus ADD COLUMN declared_minor BIGINT;
ALTER TABLE catalog.skus ADD COLUMN tax_permyriad INTEGER;
ALTER TABLE catalog.skus ADD CONSTRAINT skus_customs_whole_check CHECK ((hs_code IS NULL) = (tax_permyriad IS NULL) AND (origin IS NULL) = (tax_permyriad IS NULL) AND (declared_minor IS NULL) = (tax_permyriad IS NULL) AND tax_permyriad BETWEEN 0 AND 10000) NOT VALID;
ALTER TABLE orders.lines ADD COLUMN is_imported BOOLEAN DEFAULT false NOT NULL;
