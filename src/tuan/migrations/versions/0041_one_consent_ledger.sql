-- The release before writes rows without what was ticked, and knows no other places.
ALTER TABLE compliance.consents ADD COLUMN shows JSONB DEFAULT '[]' NOT NULL;
ALTER TABLE compliance.consents DROP CONSTRAINT consents_place_known_check;
ALTER TABLE compliance.consents ADD CONSTRAINT consents_place_known_check CHECK (place IN ('web', 'office', 'api', 'house', 'erased')) NOT VALID;
