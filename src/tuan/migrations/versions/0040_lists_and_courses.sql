CREATE TABLE membership.waiting (
	market_id BIGINT NOT NULL,
	organisation_id UUID NOT NULL,
	phone TEXT NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT waiting_pkey PRIMARY KEY (market_id, organisation_id, phone),
	CONSTRAINT waiting_market_id_organisation_id_fkey FOREIGN KEY(market_id, organisation_id) REFERENCES parties.organisations (market_id, id)
);

CREATE INDEX waiting_phone_idx ON membership.waiting (market_id, phone);
CREATE INDEX waiting_since_idx ON membership.waiting (market_id, since);

GRANT SELECT, INSERT, UPDATE, DELETE ON membership.waiting TO tuan_app;
ALTER TABLE membership.waiting ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON membership.waiting TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

ALTER TABLE shops.terms ADD COLUMN course_id UUID;
ALTER TABLE shops.terms ADD CONSTRAINT terms_market_id_course_id_fkey FOREIGN KEY(market_id, course_id) REFERENCES training.courses (market_id, id) NOT VALID;
