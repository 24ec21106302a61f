ALTER TABLE sharing.links ADD COLUMN is_forgotten BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE sharing.links ADD CONSTRAINT links_forgotten_is_nobodys_check CHECK (NOT is_forgotten OR sharer_id IS NULL) NOT VALID;

-- The release before makes no link of a page and ends no binding that has run out.
ALTER TABLE sharing.links DROP CONSTRAINT links_channel_known_check;
ALTER TABLE sharing.links ADD CONSTRAINT links_channel_known_check CHECK (channel IN ('web', 'wechat_h5', 'wechat_mp', 'poster', 'word', 'parcel', 'page')) NOT VALID;
ALTER TABLE sharing.changes DROP CONSTRAINT changes_why_known_check;
ALTER TABLE sharing.changes ADD CONSTRAINT changes_why_known_check CHECK (why IN ('link', 'left', 'expired', 'erased')) NOT VALID;
