-- The release before opens no link of this kind and makes none.
ALTER TABLE sharing.links DROP CONSTRAINT links_kind_known_check;
ALTER TABLE sharing.links ADD CONSTRAINT links_kind_known_check CHECK (kind IN ('product', 'team', 'shop', 'home', 'coupon')) NOT VALID;
