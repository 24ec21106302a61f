ALTER TABLE orders.attributions ADD COLUMN channel TEXT;
ALTER TABLE orders.attributions ADD CONSTRAINT attributions_channel_known_check CHECK (channel IN ('web', 'wechat_h5', 'wechat_mp')) NOT VALID;
