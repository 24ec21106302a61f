ALTER TABLE parties.shops VALIDATE CONSTRAINT shops_state_known_check;
ALTER TABLE parties.shops VALIDATE CONSTRAINT shops_invited_by_another_check;
ALTER TABLE parties.shops VALIDATE CONSTRAINT shops_market_id_inviter_id_fkey;
