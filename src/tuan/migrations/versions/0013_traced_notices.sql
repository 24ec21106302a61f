ALTER TABLE sandbox.deliveries ADD COLUMN trace text NOT NULL DEFAULT '';
