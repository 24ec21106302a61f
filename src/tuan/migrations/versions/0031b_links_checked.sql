ALTER TABLE sharing.links VALIDATE CONSTRAINT links_kind_known_check;
