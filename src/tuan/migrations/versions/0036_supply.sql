ALTER TABLE catalog.products ADD COLUMN is_paused BOOLEAN DEFAULT false NOT NULL;

CREATE SCHEMA sourcing;
GRANT USAGE ON SCHEMA sourcing TO tuan_app, tuan_relay;

CREATE TABLE sourcing.applications (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	name TEXT NOT NULL,
	contact TEXT NOT NULL,
	promise TEXT NOT NULL,
	state TEXT NOT NULL,
	submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	decided_at TIMESTAMP WITH TIME ZONE,
	reason TEXT DEFAULT '' NOT NULL,
	supplier_id UUID,
	CONSTRAINT applications_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT applications_state_known_check CHECK (state IN ('submitted', 'in_check', 'approved', 'refused', 'withdrawn')),
	CONSTRAINT applications_approved_has_supplier_check CHECK ((state = 'approved') = (supplier_id IS NOT NULL)),
	CONSTRAINT applications_over_has_time_check CHECK ((state IN ('submitted', 'in_check')) = (decided_at IS NULL)),
	CONSTRAINT applications_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT applications_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE UNIQUE INDEX applications_open_once ON sourcing.applications (market_id, person_id) WHERE state IN ('submitted', 'in_check');
CREATE INDEX applications_person_idx ON sourcing.applications (market_id, person_id, id);
CREATE INDEX applications_state_idx ON sourcing.applications (market_id, state, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON sourcing.applications TO tuan_app;
ALTER TABLE sourcing.applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sourcing.applications TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sourcing.licences (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	application_id UUID,
	supplier_id UUID,
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
	valid_until DATE,
	picture TEXT NOT NULL,
	state TEXT NOT NULL,
	submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	decided_at TIMESTAMP WITH TIME ZONE,
	warned_at TIMESTAMP WITH TIME ZONE,
	reason TEXT DEFAULT '' NOT NULL,
	CONSTRAINT licences_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT licences_kind_known_check CHECK (kind IN ('business', 'own_produce', 'food', 'brand', 'import', 'other')),
	CONSTRAINT licences_state_known_check CHECK (state IN ('submitted', 'in_check', 'approved', 'expired', 'refused', 'renewed', 'withdrawn')),
	CONSTRAINT licences_somebodys_check CHECK (application_id IS NOT NULL OR supplier_id IS NOT NULL),
	CONSTRAINT licences_over_has_time_check CHECK ((state IN ('submitted', 'in_check')) = (decided_at IS NULL)),
	CONSTRAINT licences_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT licences_market_id_application_id_fkey FOREIGN KEY(market_id, application_id) REFERENCES sourcing.applications (market_id, id),
	CONSTRAINT licences_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX licences_application_idx ON sourcing.licences (market_id, application_id, id);
CREATE INDEX licences_ending_idx ON sourcing.licences (market_id, valid_until) WHERE state = 'approved' AND valid_until IS NOT NULL;
CREATE INDEX licences_person_idx ON sourcing.licences (market_id, person_id, id);
CREATE INDEX licences_supplier_idx ON sourcing.licences (market_id, supplier_id, id);
CREATE INDEX licences_waiting_idx ON sourcing.licences (market_id, id) WHERE state IN ('submitted', 'in_check');

GRANT SELECT, INSERT, UPDATE, DELETE ON sourcing.licences TO tuan_app;
ALTER TABLE sourcing.licences ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sourcing.licences TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sourcing.proposals (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	product_id UUID NOT NULL,
	shown JSONB,
	proposed JSONB NOT NULL,
	state TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	decided_at TIMESTAMP WITH TIME ZONE,
	reason TEXT DEFAULT '' NOT NULL,
	CONSTRAINT proposals_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT proposals_state_known_check CHECK (state IN ('open', 'approved', 'refused', 'withdrawn')),
	CONSTRAINT proposals_over_has_time_check CHECK ((state = 'open') = (decided_at IS NULL)),
	CONSTRAINT proposals_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id),
	CONSTRAINT proposals_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE UNIQUE INDEX proposals_open_once ON sourcing.proposals (market_id, product_id) WHERE state = 'open';
CREATE INDEX proposals_product_idx ON sourcing.proposals (market_id, product_id, id);
CREATE INDEX proposals_state_idx ON sourcing.proposals (market_id, state, id);
CREATE INDEX proposals_supplier_idx ON sourcing.proposals (market_id, supplier_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON sourcing.proposals TO tuan_app;
ALTER TABLE sourcing.proposals ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sourcing.proposals TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE SCHEMA shipping;
GRANT USAGE ON SCHEMA shipping TO tuan_app, tuan_relay;

CREATE TABLE shipping.parcels (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	order_id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	carrier TEXT NOT NULL,
	tracking TEXT DEFAULT '' NOT NULL,
	label TEXT NOT NULL,
	status TEXT DEFAULT 'waiting' NOT NULL,
	status_at TIMESTAMP WITH TIME ZONE,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	notify_url TEXT DEFAULT '' NOT NULL,
	why TEXT DEFAULT '' NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	tries INTEGER DEFAULT 0 NOT NULL,
	trace TEXT DEFAULT '' NOT NULL,
	CONSTRAINT parcels_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT parcels_label_known_check CHECK (label IN ('written', 'due', 'made', 'failed')),
	CONSTRAINT parcels_status_known_check CHECK (status IN ('waiting', 'picked_up', 'in_transit', 'out_for_delivery', 'problem', 'delivered', 'returning', 'returned')),
	CONSTRAINT parcels_numbered_check CHECK ((tracking <> '') = (label IN ('written', 'made'))),
	CONSTRAINT parcels_moved_has_time_check CHECK ((status = 'waiting') = (status_at IS NULL)),
	CONSTRAINT parcels_failed_rests_check CHECK (label <> 'failed' OR next_attempt_at IS NULL),
	CONSTRAINT parcels_market_id_order_id_fkey FOREIGN KEY(market_id, order_id) REFERENCES orders.orders (market_id, id),
	CONSTRAINT parcels_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX parcels_due_idx ON shipping.parcels (market_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX parcels_order_idx ON shipping.parcels (market_id, order_id);
CREATE UNIQUE INDEX parcels_order_once ON shipping.parcels (market_id, order_id) WHERE label <> 'failed';
CREATE INDEX parcels_supplier_idx ON shipping.parcels (market_id, supplier_id, id);
CREATE INDEX parcels_tracking_idx ON shipping.parcels (market_id, tracking) WHERE tracking <> '';

GRANT SELECT, INSERT, UPDATE, DELETE ON shipping.parcels TO tuan_app;
ALTER TABLE shipping.parcels ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shipping.parcels TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, label, next_attempt_at) ON shipping.parcels TO tuan_relay;
CREATE POLICY due ON shipping.parcels FOR SELECT TO tuan_relay USING (next_attempt_at IS NOT NULL);

CREATE TABLE shipping.scans (
	market_id BIGINT NOT NULL,
	parcel_id UUID NOT NULL,
	number TEXT NOT NULL,
	status TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	place TEXT NOT NULL,
	words TEXT NOT NULL,
	heard_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT scans_pkey PRIMARY KEY (market_id, parcel_id, number),
	CONSTRAINT scans_status_known_check CHECK (status IN ('picked_up', 'in_transit', 'out_for_delivery', 'problem', 'delivered', 'returning', 'returned')),
	CONSTRAINT scans_market_id_parcel_id_fkey FOREIGN KEY(market_id, parcel_id) REFERENCES shipping.parcels (market_id, id)
);

GRANT SELECT, INSERT ON shipping.scans TO tuan_app;
ALTER TABLE shipping.scans ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON shipping.scans TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE SCHEMA sandbox_carrier;
GRANT USAGE ON SCHEMA sandbox_carrier TO tuan_app, tuan_relay;

CREATE TABLE sandbox_carrier.waybills (
	market_id BIGINT NOT NULL,
	parcel_id UUID NOT NULL,
	tracking TEXT NOT NULL,
	announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
	habits TEXT[] DEFAULT '{}' NOT NULL,
	doubts INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT waybills_pkey PRIMARY KEY (market_id, parcel_id),
	CONSTRAINT waybills_habits_known_check CHECK (habits <@ ARRAY['delay', 'duplicate', 'reorder', 'loss', 'wrong_signature', 'unknown', 'nobody_home', 'refuses']),
	CONSTRAINT waybills_market_id_tracking_key UNIQUE (market_id, tracking)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox_carrier.waybills TO tuan_app;
ALTER TABLE sandbox_carrier.waybills ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox_carrier.waybills TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

CREATE TABLE sandbox_carrier.letters (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	copy INTEGER NOT NULL,
	parcel_id UUID NOT NULL,
	url TEXT NOT NULL,
	body TEXT NOT NULL,
	is_signed_right BOOLEAN NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE,
	delivered_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT letters_pkey PRIMARY KEY (market_id, id, copy),
	CONSTRAINT letters_delivered_is_not_due_check CHECK (delivered_at IS NULL OR due_at IS NULL),
	CONSTRAINT letters_market_id_parcel_id_fkey FOREIGN KEY(market_id, parcel_id) REFERENCES sandbox_carrier.waybills (market_id, parcel_id)
);

CREATE INDEX letters_due_idx ON sandbox_carrier.letters (market_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX letters_parcel_idx ON sandbox_carrier.letters (market_id, parcel_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox_carrier.letters TO tuan_app;
ALTER TABLE sandbox_carrier.letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox_carrier.letters TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, due_at) ON sandbox_carrier.letters TO tuan_relay;
CREATE POLICY due ON sandbox_carrier.letters FOR SELECT TO tuan_relay USING (due_at IS NOT NULL);
