ALTER TABLE catalog.skus VALIDATE CONSTRAINT skus_customs_whole_check;
