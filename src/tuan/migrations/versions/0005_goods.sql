CREATE TABLE supply.reasons (
	market_id BIGINT NOT NULL,
	movement_id UUID NOT NULL,
	actor_id UUID NOT NULL,
	reason TEXT NOT NULL,
	CONSTRAINT reasons_pkey PRIMARY KEY (market_id, movement_id),
	CONSTRAINT reasons_market_id_movement_id_fkey FOREIGN KEY(market_id, movement_id) REFERENCES supply.movements (market_id, id)
);

GRANT SELECT, INSERT ON supply.reasons TO tuan_app;
ALTER TABLE supply.reasons ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON supply.reasons TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

-- A wider list of words lets every old row through: it is not read for that while others wait.
ALTER TABLE supply.movements DROP CONSTRAINT movements_kind_known_check;
ALTER TABLE supply.movements ADD CONSTRAINT movements_kind_known_check CHECK (kind IN ('receive', 'found', 'write_off', 'hold', 'settle', 'release', 'allot', 'give_back')) NOT VALID;
