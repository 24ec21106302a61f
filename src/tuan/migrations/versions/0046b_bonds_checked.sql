ALTER TABLE sharing.links VALIDATE CONSTRAINT links_forgotten_is_nobodys_check;
ALTER TABLE sharing.links VALIDATE CONSTRAINT links_channel_known_check;
ALTER TABLE sharing.changes VALIDATE CONSTRAINT changes_why_known_check;
