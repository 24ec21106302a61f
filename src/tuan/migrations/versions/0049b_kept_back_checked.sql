ALTER TABLE shops.withheld VALIDATE CONSTRAINT withheld_by_somebody_check;
