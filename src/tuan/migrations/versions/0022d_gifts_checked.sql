ALTER TABLE promotions.coupons VALIDATE CONSTRAINT coupons_state_known_check;
