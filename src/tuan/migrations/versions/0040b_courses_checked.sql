ALTER TABLE shops.terms VALIDATE CONSTRAINT terms_market_id_course_id_fkey;
