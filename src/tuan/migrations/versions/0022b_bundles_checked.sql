ALTER TABLE promotions.rules VALIDATE CONSTRAINT rules_kind_known_check;
