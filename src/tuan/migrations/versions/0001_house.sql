CREATE SCHEMA accounts;
GRANT USAGE ON SCHEMA accounts TO tuan_app, tuan_relay;

CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO tuan_app, tuan_relay;

CREATE SCHEMA catalog;
GRANT USAGE ON SCHEMA catalog TO tuan_app, tuan_relay;

CREATE SCHEMA ledger;
GRANT USAGE ON SCHEMA ledger TO tuan_app, tuan_relay;

CREATE SCHEMA outbox;
GRANT USAGE ON SCHEMA outbox TO tuan_app, tuan_relay;

CREATE SCHEMA payments;
GRANT USAGE ON SCHEMA payments TO tuan_app, tuan_relay;

CREATE SCHEMA platform;
GRANT USAGE ON SCHEMA platform TO tuan_app, tuan_relay;

CREATE SCHEMA sandbox;
GRANT USAGE ON SCHEMA sandbox TO tuan_app, tuan_relay;

CREATE SCHEMA parties;
GRANT USAGE ON SCHEMA parties TO tuan_app, tuan_relay;

CREATE SCHEMA orders;
GRANT USAGE ON SCHEMA orders TO tuan_app, tuan_relay;

CREATE SCHEMA aftersales;
GRANT USAGE ON SCHEMA aftersales TO tuan_app, tuan_relay;

CREATE SCHEMA groupbuy;
GRANT USAGE ON SCHEMA groupbuy TO tuan_app, tuan_relay;

CREATE SCHEMA supply;
GRANT USAGE ON SCHEMA supply TO tuan_app, tuan_relay;

CREATE TABLE accounts.persons (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	phone TEXT,
	name TEXT NOT NULL,
	locale TEXT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT persons_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT persons_phone_key UNIQUE (market_id, phone)
);

CREATE TABLE accounts.sign_in_codes (
	market_id BIGINT NOT NULL,
	phone TEXT NOT NULL,
	code_hash BYTEA NOT NULL,
	tries_left INTEGER NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	used BOOLEAN DEFAULT false NOT NULL,
	CONSTRAINT sign_in_codes_pkey PRIMARY KEY (market_id, phone),
	CONSTRAINT sign_in_codes_tries_left_not_negative_check CHECK (tries_left >= 0)
);

CREATE TABLE audit.entries (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	actor_id UUID NOT NULL,
	action TEXT NOT NULL,
	subject TEXT NOT NULL,
	reason TEXT NOT NULL,
	before JSONB NOT NULL,
	after JSONB NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT entries_pkey PRIMARY KEY (market_id, id)
);

CREATE TABLE audit.seals (
	market_id BIGINT NOT NULL,
	position BIGINT NOT NULL,
	entry_id UUID NOT NULL,
	hash BYTEA NOT NULL,
	sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT seals_pkey PRIMARY KEY (market_id, position),
	CONSTRAINT seals_market_id_entry_id_key UNIQUE (market_id, entry_id)
);

CREATE TABLE catalog.categories (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	slug TEXT NOT NULL,
	name TEXT NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT categories_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT categories_market_id_slug_key UNIQUE (market_id, slug)
);

CREATE TABLE ledger.accounts (
	market_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	asset TEXT NOT NULL,
	balance BIGINT DEFAULT 0 NOT NULL,
	may_overdraw BOOLEAN NOT NULL,
	CONSTRAINT accounts_pkey PRIMARY KEY (market_id, code, asset),
	CONSTRAINT accounts_not_overdrawn_check CHECK (may_overdraw OR balance >= 0)
);

CREATE TABLE ledger.transfers (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	kind TEXT NOT NULL,
	from_code TEXT NOT NULL,
	to_code TEXT NOT NULL,
	asset TEXT NOT NULL,
	amount BIGINT NOT NULL,
	about UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT transfers_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT transfers_amount_in_bounds_check CHECK (amount BETWEEN 1 AND 10000000000000),
	CONSTRAINT transfers_two_accounts_check CHECK (from_code <> to_code),
	CONSTRAINT transfers_market_id_kind_about_key UNIQUE (market_id, kind, about)
);

CREATE INDEX transfers_at_idx ON ledger.transfers (market_id, at);

CREATE TABLE outbox.facts (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	body JSONB NOT NULL,
	trace TEXT NOT NULL,
	told_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT facts_pkey PRIMARY KEY (market_id, id)
);

CREATE TABLE outbox.pending (
	market_id BIGINT NOT NULL,
	consumer TEXT NOT NULL,
	fact_id UUID NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE NOT NULL,
	parked_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pending_pkey PRIMARY KEY (market_id, consumer, fact_id)
);

CREATE TABLE payments.quarantine (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	provider TEXT NOT NULL,
	transaction TEXT NOT NULL,
	reason TEXT NOT NULL,
	notice JSONB NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT quarantine_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT quarantine_market_id_provider_transaction_reason_key UNIQUE (market_id, provider, transaction, reason)
);

CREATE TABLE platform.idempotency (
	market_id BIGINT NOT NULL,
	actor_id UUID NOT NULL,
	verb TEXT NOT NULL,
	key TEXT NOT NULL,
	input_hash BYTEA NOT NULL,
	outcome JSONB,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT idempotency_pkey PRIMARY KEY (market_id, actor_id, verb, key),
	CONSTRAINT idempotency_key_short_check CHECK (length(key) <= 255)
)
 WITH (fillfactor = 50);

CREATE TABLE platform.limits (
	market_id BIGINT NOT NULL,
	bucket TEXT NOT NULL,
	window_start TIMESTAMP WITH TIME ZONE NOT NULL,
	count INTEGER NOT NULL,
	CONSTRAINT limits_pkey PRIMARY KEY (market_id, bucket, window_start),
	CONSTRAINT limits_count_positive_check CHECK (count > 0)
);

CREATE TABLE platform.markets (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	name TEXT NOT NULL,
	host TEXT NOT NULL,
	kind TEXT NOT NULL,
	currency TEXT NOT NULL,
	time_zone TEXT NOT NULL,
	clock_offset INTERVAL DEFAULT '0' NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT markets_pkey PRIMARY KEY (id),
	CONSTRAINT markets_host_key UNIQUE (host),
	CONSTRAINT markets_kind_known_check CHECK (kind IN ('live', 'test', 'replay')),
	CONSTRAINT markets_clock_true_when_live_check CHECK (kind <> 'live' OR clock_offset = '0')
);

CREATE TABLE platform.sessions (
	market_id BIGINT NOT NULL,
	token_hash BYTEA NOT NULL,
	person_id UUID,
	data JSONB NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT sessions_pkey PRIMARY KEY (market_id, token_hash)
);

CREATE INDEX sessions_expires_at_idx ON platform.sessions (market_id, expires_at);

CREATE TABLE sandbox.charges (
	market_id BIGINT NOT NULL,
	attempt_id UUID NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	state TEXT NOT NULL,
	paid_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT charges_pkey PRIMARY KEY (market_id, attempt_id),
	CONSTRAINT charges_state_known_check CHECK (state IN ('waiting', 'paid', 'declined', 'closed'))
)
 WITH (fillfactor = 60);

CREATE TABLE sandbox.refunds (
	market_id BIGINT NOT NULL,
	refund_id UUID NOT NULL,
	transaction TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	done_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT refunds_pkey PRIMARY KEY (market_id, refund_id)
);

CREATE TABLE accounts.addresses (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	recipient TEXT NOT NULL,
	phone TEXT NOT NULL,
	region TEXT NOT NULL,
	street TEXT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	removed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT addresses_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT addresses_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX addresses_person_idx ON accounts.addresses (market_id, person_id, id);

CREATE TABLE audit.unsealed (
	market_id BIGINT NOT NULL,
	entry_id UUID NOT NULL,
	CONSTRAINT unsealed_pkey PRIMARY KEY (market_id, entry_id),
	CONSTRAINT unsealed_market_id_entry_id_fkey FOREIGN KEY(market_id, entry_id) REFERENCES audit.entries (market_id, id)
);

CREATE TABLE parties.shops (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	owner_id UUID NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT shops_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT shops_market_id_owner_id_fkey FOREIGN KEY(market_id, owner_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX shops_owner_idx ON parties.shops (market_id, owner_id);

CREATE TABLE parties.suppliers (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	name TEXT NOT NULL,
	owner_id UUID NOT NULL,
	promise TEXT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT suppliers_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT suppliers_market_id_owner_id_fkey FOREIGN KEY(market_id, owner_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX suppliers_owner_idx ON parties.suppliers (market_id, owner_id);

CREATE TABLE payments.payables (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	currency TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	applied_minor BIGINT DEFAULT 0 NOT NULL,
	refunded_minor BIGINT DEFAULT 0 NOT NULL,
	pay_by TIMESTAMP WITH TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT payables_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT payables_amount_in_bounds_check CHECK (amount_minor BETWEEN 0 AND 10000000000000),
	CONSTRAINT payables_applied_within_amount_check CHECK (applied_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT payables_refunded_within_applied_check CHECK (refunded_minor BETWEEN 0 AND applied_minor),
	CONSTRAINT payables_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
)
 WITH (fillfactor = 70);

CREATE TABLE catalog.products (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	category_id UUID NOT NULL,
	title TEXT NOT NULL,
	story TEXT NOT NULL,
	pictures JSONB NOT NULL,
	fulfilment TEXT NOT NULL,
	state TEXT NOT NULL,
	listed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT products_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT products_fulfilment_known_check CHECK (fulfilment IN ('shipped', 'picked_up', 'address_later', 'digital')),
	CONSTRAINT products_state_known_check CHECK (state IN ('draft', 'listed', 'off')),
	CONSTRAINT products_listed_has_time_check CHECK ((state = 'draft') = (listed_at IS NULL)),
	CONSTRAINT products_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id),
	CONSTRAINT products_market_id_category_id_fkey FOREIGN KEY(market_id, category_id) REFERENCES catalog.categories (market_id, id)
);

CREATE INDEX products_listed_idx ON catalog.products (market_id, listed_at, id) WHERE state = 'listed';

CREATE TABLE orders.orders (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	payable_id UUID NOT NULL,
	person_id UUID NOT NULL,
	supplier_id UUID NOT NULL,
	state TEXT NOT NULL,
	release TEXT NOT NULL,
	fulfilment TEXT NOT NULL,
	address JSONB,
	currency TEXT NOT NULL,
	total_minor BIGINT NOT NULL,
	refunded_minor BIGINT DEFAULT 0 NOT NULL,
	placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	pay_by TIMESTAMP WITH TIME ZONE NOT NULL,
	paid_at TIMESTAMP WITH TIME ZONE,
	released_at TIMESTAMP WITH TIME ZONE,
	shipped_at TIMESTAMP WITH TIME ZONE,
	received_at TIMESTAMP WITH TIME ZONE,
	ended_at TIMESTAMP WITH TIME ZONE,
	end_reason TEXT,
	carrier TEXT,
	tracking TEXT,
	holds_stock BOOLEAN NOT NULL,
	version INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT orders_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT orders_state_known_check CHECK (state IN ('placed', 'paid', 'gathering', 'to_ship', 'shipped', 'received', 'closed', 'completed', 'cancelled')),
	CONSTRAINT orders_release_known_check CHECK (release IN ('at_once', 'on_command')),
	CONSTRAINT orders_fulfilment_known_check CHECK (fulfilment IN ('shipped', 'picked_up', 'address_later', 'digital')),
	CONSTRAINT orders_total_in_bounds_check CHECK (total_minor BETWEEN 0 AND 10000000000000),
	CONSTRAINT orders_refunded_within_total_check CHECK (refunded_minor BETWEEN 0 AND total_minor),
	CONSTRAINT orders_shipped_needs_address_check CHECK (fulfilment <> 'shipped' OR address IS NOT NULL),
	CONSTRAINT orders_market_id_payable_id_fkey FOREIGN KEY(market_id, payable_id) REFERENCES payments.payables (market_id, id),
	CONSTRAINT orders_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id),
	CONSTRAINT orders_market_id_supplier_id_fkey FOREIGN KEY(market_id, supplier_id) REFERENCES parties.suppliers (market_id, id)
);

CREATE INDEX orders_payable_idx ON orders.orders (market_id, payable_id);

CREATE INDEX orders_person_idx ON orders.orders (market_id, person_id, id);

CREATE INDEX orders_received_idx ON orders.orders (market_id, received_at) WHERE state = 'received';

CREATE INDEX orders_shipped_idx ON orders.orders (market_id, shipped_at) WHERE state = 'shipped';

CREATE INDEX orders_to_ship_idx ON orders.orders (market_id, supplier_id, id) WHERE state = 'to_ship';

CREATE INDEX orders_unpaid_idx ON orders.orders (market_id, pay_by) WHERE state = 'placed';

CREATE TABLE payments.attempts (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	payable_id UUID NOT NULL,
	provider TEXT NOT NULL,
	merchant TEXT NOT NULL,
	app TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	state TEXT NOT NULL,
	started_at TIMESTAMP WITH TIME ZONE NOT NULL,
	next_query_at TIMESTAMP WITH TIME ZONE,
	queries INTEGER DEFAULT 0 NOT NULL,
	trace TEXT NOT NULL,
	CONSTRAINT attempts_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT attempts_state_known_check CHECK (state IN ('pending', 'captured', 'declined', 'closed', 'disputed')),
	CONSTRAINT attempts_pending_is_asked_check CHECK ((state = 'pending') = (next_query_at IS NOT NULL)),
	CONSTRAINT attempts_market_id_payable_id_fkey FOREIGN KEY(market_id, payable_id) REFERENCES payments.payables (market_id, id)
);

CREATE INDEX attempts_due_idx ON payments.attempts (market_id, next_query_at) WHERE state = 'pending';

CREATE UNIQUE INDEX attempts_one_pending ON payments.attempts (market_id, payable_id) WHERE state = 'pending';

CREATE TABLE aftersales.cases (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	reason TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT cases_pkey PRIMARY KEY (market_id, order_id),
	CONSTRAINT cases_amount_positive_check CHECK (amount_minor > 0),
	CONSTRAINT cases_market_id_order_id_fkey FOREIGN KEY(market_id, order_id) REFERENCES orders.orders (market_id, id)
);

CREATE TABLE catalog.skus (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	product_id UUID NOT NULL,
	options TEXT NOT NULL,
	price_minor BIGINT NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT skus_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT skus_price_in_bounds_check CHECK (price_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT skus_market_id_product_id_position_key UNIQUE (market_id, product_id, position),
	CONSTRAINT skus_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE TABLE groupbuy.campaigns (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	product_id UUID NOT NULL,
	state TEXT NOT NULL,
	size INTEGER NOT NULL,
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	team_seconds INTEGER NOT NULL,
	pay_seconds INTEGER NOT NULL,
	units_per_order_max INTEGER NOT NULL,
	units_per_person_max INTEGER,
	audience TEXT NOT NULL,
	late_policy TEXT NOT NULL,
	may_leave BOOLEAN NOT NULL,
	shows_open_teams BOOLEAN NOT NULL,
	promise_min INTEGER,
	ladder JSONB,
	leader_reward JSONB,
	revises_id UUID,
	CONSTRAINT campaigns_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT campaigns_state_known_check CHECK (state IN ('running', 'ended')),
	CONSTRAINT campaigns_audience_known_check CHECK (audience IN ('all', 'newcomers')),
	CONSTRAINT campaigns_late_policy_known_check CHECK (late_policy IN ('another_team', 'new_team', 'refund')),
	CONSTRAINT campaigns_size_in_bounds_check CHECK (size BETWEEN 2 AND 1000),
	CONSTRAINT campaigns_window_positive_check CHECK (ends_at > starts_at AND team_seconds > 0 AND pay_seconds > 0),
	CONSTRAINT campaigns_limits_positive_check CHECK (units_per_order_max > 0 AND units_per_person_max > 0),
	CONSTRAINT campaigns_promise_in_bounds_check CHECK (promise_min BETWEEN 1 AND size - 1),
	CONSTRAINT campaigns_market_id_product_id_fkey FOREIGN KEY(market_id, product_id) REFERENCES catalog.products (market_id, id)
);

CREATE UNIQUE INDEX campaigns_one_running ON groupbuy.campaigns (market_id, product_id) WHERE state = 'running';

CREATE TABLE payments.captures (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	payable_id UUID NOT NULL,
	attempt_id UUID NOT NULL,
	provider TEXT NOT NULL,
	transaction TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	applied_minor BIGINT NOT NULL,
	refunded_minor BIGINT DEFAULT 0 NOT NULL,
	paid_at TIMESTAMP WITH TIME ZONE NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT captures_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT captures_applied_within_amount_check CHECK (amount_minor > 0 AND applied_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT captures_refunded_within_amount_check CHECK (refunded_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT captures_market_id_provider_transaction_key UNIQUE (market_id, provider, transaction),
	CONSTRAINT captures_market_id_payable_id_fkey FOREIGN KEY(market_id, payable_id) REFERENCES payments.payables (market_id, id),
	CONSTRAINT captures_market_id_attempt_id_fkey FOREIGN KEY(market_id, attempt_id) REFERENCES payments.attempts (market_id, id)
)
 WITH (fillfactor = 80);

CREATE INDEX captures_payable_idx ON payments.captures (market_id, payable_id);

CREATE TABLE catalog.prices (
	market_id BIGINT NOT NULL,
	sku_id UUID NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	price_minor BIGINT NOT NULL,
	CONSTRAINT prices_pkey PRIMARY KEY (market_id, sku_id, since),
	CONSTRAINT prices_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

CREATE TABLE groupbuy.campaign_prices (
	market_id BIGINT NOT NULL,
	campaign_id UUID NOT NULL,
	sku_id UUID NOT NULL,
	price_minor BIGINT NOT NULL,
	allotment_id UUID,
	CONSTRAINT campaign_prices_pkey PRIMARY KEY (market_id, campaign_id, sku_id),
	CONSTRAINT campaign_prices_price_in_bounds_check CHECK (price_minor BETWEEN 1 AND 10000000000000),
	CONSTRAINT campaign_prices_market_id_campaign_id_fkey FOREIGN KEY(market_id, campaign_id) REFERENCES groupbuy.campaigns (market_id, id),
	CONSTRAINT campaign_prices_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

CREATE INDEX campaign_prices_sku_idx ON groupbuy.campaign_prices (market_id, sku_id);

CREATE TABLE groupbuy.limits (
	market_id BIGINT NOT NULL,
	campaign_id UUID NOT NULL,
	person_id UUID NOT NULL,
	units BIGINT NOT NULL,
	CONSTRAINT limits_pkey PRIMARY KEY (market_id, campaign_id, person_id),
	CONSTRAINT limits_units_not_negative_check CHECK (units >= 0),
	CONSTRAINT limits_market_id_campaign_id_fkey FOREIGN KEY(market_id, campaign_id) REFERENCES groupbuy.campaigns (market_id, id)
);

CREATE TABLE groupbuy.teams (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	campaign_id UUID NOT NULL,
	leader_id UUID NOT NULL,
	state TEXT NOT NULL,
	size INTEGER NOT NULL,
	held INTEGER NOT NULL,
	taken INTEGER NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	deadline TIMESTAMP WITH TIME ZONE,
	ended_at TIMESTAMP WITH TIME ZONE,
	formed_by_promise BOOLEAN DEFAULT false NOT NULL,
	CONSTRAINT teams_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT teams_state_known_check CHECK (state IN ('opening', 'gathering', 'formed', 'lapsed', 'void')),
	CONSTRAINT teams_never_overfull_check CHECK (held >= 0 AND taken >= 0 AND held + taken <= size),
	CONSTRAINT teams_gathering_has_deadline_check CHECK (state IN ('opening', 'void') OR deadline IS NOT NULL),
	CONSTRAINT teams_formed_is_full_check CHECK (state <> 'formed' OR taken = size OR formed_by_promise),
	CONSTRAINT teams_market_id_campaign_id_fkey FOREIGN KEY(market_id, campaign_id) REFERENCES groupbuy.campaigns (market_id, id),
	CONSTRAINT teams_market_id_leader_id_fkey FOREIGN KEY(market_id, leader_id) REFERENCES accounts.persons (market_id, id)
);

CREATE INDEX teams_campaign_idx ON groupbuy.teams (market_id, campaign_id, deadline) WHERE state = 'gathering';

CREATE INDEX teams_due_idx ON groupbuy.teams (market_id, deadline, id) WHERE state = 'gathering';

CREATE TABLE orders.lines (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	number INTEGER NOT NULL,
	sku_id UUID NOT NULL,
	title TEXT NOT NULL,
	options TEXT NOT NULL,
	picture TEXT NOT NULL,
	units BIGINT NOT NULL,
	list_price_minor BIGINT NOT NULL,
	discount_minor BIGINT NOT NULL,
	freight_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	amount_minor BIGINT NOT NULL,
	refunded_minor BIGINT DEFAULT 0 NOT NULL,
	hold_id UUID NOT NULL,
	allotment_id UUID,
	CONSTRAINT lines_pkey PRIMARY KEY (market_id, order_id, number),
	CONSTRAINT lines_units_positive_check CHECK (units > 0),
	CONSTRAINT lines_amount_adds_up_check CHECK (amount_minor = list_price_minor * units - discount_minor + freight_minor AND tax_minor >= 0 AND freight_minor >= 0 AND discount_minor BETWEEN 0 AND list_price_minor * units),
	CONSTRAINT lines_refunded_within_amount_check CHECK (refunded_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT lines_market_id_order_id_fkey FOREIGN KEY(market_id, order_id) REFERENCES orders.orders (market_id, id),
	CONSTRAINT lines_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

CREATE TABLE payments.refunds (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	capture_id UUID NOT NULL,
	order_id UUID,
	amount_minor BIGINT NOT NULL,
	reason TEXT NOT NULL,
	state TEXT NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	done_at TIMESTAMP WITH TIME ZONE,
	provider_ref TEXT,
	trace TEXT NOT NULL,
	CONSTRAINT refunds_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT refunds_amount_positive_check CHECK (amount_minor > 0),
	CONSTRAINT refunds_state_known_check CHECK (state IN ('due', 'done', 'stuck')),
	CONSTRAINT refunds_due_has_time_check CHECK ((state = 'due') = (next_attempt_at IS NOT NULL)),
	CONSTRAINT refunds_market_id_capture_id_fkey FOREIGN KEY(market_id, capture_id) REFERENCES payments.captures (market_id, id)
);

CREATE INDEX refunds_capture_idx ON payments.refunds (market_id, capture_id);

CREATE INDEX refunds_due_idx ON payments.refunds (market_id, next_attempt_at) WHERE state = 'due';

CREATE INDEX refunds_order_idx ON payments.refunds (market_id, order_id);

CREATE TABLE supply.stock (
	market_id BIGINT NOT NULL,
	sku_id UUID NOT NULL,
	on_hand BIGINT NOT NULL,
	held BIGINT DEFAULT 0 NOT NULL,
	allotted BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT stock_pkey PRIMARY KEY (market_id, sku_id),
	CONSTRAINT stock_never_oversold_check CHECK (held >= 0 AND allotted >= 0 AND on_hand >= held + allotted),
	CONSTRAINT stock_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES catalog.skus (market_id, id)
);

CREATE TABLE groupbuy.seats (
	market_id BIGINT NOT NULL,
	team_id UUID NOT NULL,
	order_id UUID NOT NULL,
	person_id UUID NOT NULL,
	units BIGINT NOT NULL,
	state TEXT NOT NULL,
	held_at TIMESTAMP WITH TIME ZONE NOT NULL,
	taken_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT seats_pkey PRIMARY KEY (market_id, team_id, order_id),
	CONSTRAINT seats_state_known_check CHECK (state IN ('held', 'taken', 'released', 'left', 'lapsed')),
	CONSTRAINT seats_units_positive_check CHECK (units > 0),
	CONSTRAINT seats_market_id_team_id_fkey FOREIGN KEY(market_id, team_id) REFERENCES groupbuy.teams (market_id, id),
	CONSTRAINT seats_market_id_person_id_fkey FOREIGN KEY(market_id, person_id) REFERENCES accounts.persons (market_id, id)
);

CREATE UNIQUE INDEX seats_one_per_order ON groupbuy.seats (market_id, order_id) WHERE state IN ('held', 'taken');

CREATE UNIQUE INDEX seats_one_per_person ON groupbuy.seats (market_id, team_id, person_id) WHERE state IN ('held', 'taken');

CREATE INDEX seats_order_idx ON groupbuy.seats (market_id, order_id);

CREATE TABLE orders.allocations (
	market_id BIGINT NOT NULL,
	order_id UUID NOT NULL,
	line_number INTEGER NOT NULL,
	reason TEXT NOT NULL,
	bearer TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	CONSTRAINT allocations_pkey PRIMARY KEY (market_id, order_id, line_number, reason),
	CONSTRAINT allocations_bearer_known_check CHECK (bearer IN ('supplier', 'shop', 'market', 'organisation')),
	CONSTRAINT allocations_amount_positive_check CHECK (amount_minor > 0),
	CONSTRAINT allocations_market_id_order_id_line_number_fkey FOREIGN KEY(market_id, order_id, line_number) REFERENCES orders.lines (market_id, order_id, number)
);

CREATE TABLE supply.allotments (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	sku_id UUID NOT NULL,
	units BIGINT NOT NULL,
	held BIGINT DEFAULT 0 NOT NULL,
	open BOOLEAN DEFAULT true NOT NULL,
	CONSTRAINT allotments_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT allotments_never_oversold_check CHECK (held >= 0 AND units >= held),
	CONSTRAINT allotments_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES supply.stock (market_id, sku_id)
);

CREATE TABLE supply.movements (
	market_id BIGINT NOT NULL,
	id UUID NOT NULL,
	sku_id UUID NOT NULL,
	allotment_id UUID,
	hold_id UUID,
	kind TEXT NOT NULL,
	units BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT movements_pkey PRIMARY KEY (market_id, id),
	CONSTRAINT movements_units_positive_check CHECK (units > 0),
	CONSTRAINT movements_hold_named_check CHECK ((kind IN ('hold', 'settle', 'release')) = (hold_id IS NOT NULL)),
	CONSTRAINT movements_allotment_named_check CHECK (kind NOT IN ('allot', 'give_back') OR allotment_id IS NOT NULL),
	CONSTRAINT movements_kind_known_check CHECK (kind IN ('receive', 'write_off', 'hold', 'settle', 'release', 'allot', 'give_back')),
	CONSTRAINT movements_market_id_sku_id_fkey FOREIGN KEY(market_id, sku_id) REFERENCES supply.stock (market_id, sku_id)
);

CREATE UNIQUE INDEX movements_ended_once ON supply.movements (market_id, hold_id) WHERE kind IN ('settle', 'release');

CREATE UNIQUE INDEX movements_held_once ON supply.movements (market_id, hold_id) WHERE kind = 'hold';

CREATE INDEX movements_sku_idx ON supply.movements (market_id, sku_id, at);

GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.persons TO tuan_app;
ALTER TABLE accounts.persons ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON accounts.persons TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.sign_in_codes TO tuan_app;
ALTER TABLE accounts.sign_in_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON accounts.sign_in_codes TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON audit.entries TO tuan_app;
ALTER TABLE audit.entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON audit.entries TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON audit.seals TO tuan_app;
ALTER TABLE audit.seals ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON audit.seals TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.categories TO tuan_app;
ALTER TABLE catalog.categories ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON catalog.categories TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.accounts TO tuan_app;
ALTER TABLE ledger.accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON ledger.accounts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON ledger.transfers TO tuan_app;
ALTER TABLE ledger.transfers ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON ledger.transfers TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON outbox.facts TO tuan_app;
ALTER TABLE outbox.facts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON outbox.facts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON outbox.pending TO tuan_app;
ALTER TABLE outbox.pending ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON outbox.pending TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, consumer, fact_id, due_at, parked_at) ON outbox.pending TO tuan_relay;
CREATE POLICY due ON outbox.pending FOR SELECT TO tuan_relay USING (parked_at IS NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON payments.quarantine TO tuan_app;
ALTER TABLE payments.quarantine ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON payments.quarantine TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON platform.idempotency TO tuan_app;
ALTER TABLE platform.idempotency ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON platform.idempotency TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON platform.limits TO tuan_app;
ALTER TABLE platform.limits ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON platform.limits TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, UPDATE (name) ON platform.markets TO tuan_app;
GRANT SELECT (id, clock_offset) ON platform.markets TO tuan_relay;

GRANT SELECT, INSERT, UPDATE, DELETE ON platform.sessions TO tuan_app;
ALTER TABLE platform.sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON platform.sessions TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox.charges TO tuan_app;
ALTER TABLE sandbox.charges ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox.charges TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox.refunds TO tuan_app;
ALTER TABLE sandbox.refunds ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON sandbox.refunds TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.addresses TO tuan_app;
ALTER TABLE accounts.addresses ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON accounts.addresses TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON audit.unsealed TO tuan_app;
ALTER TABLE audit.unsealed ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON audit.unsealed TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, entry_id) ON audit.unsealed TO tuan_relay;
CREATE POLICY due ON audit.unsealed FOR SELECT TO tuan_relay USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON parties.shops TO tuan_app;
ALTER TABLE parties.shops ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON parties.shops TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON parties.suppliers TO tuan_app;
ALTER TABLE parties.suppliers ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON parties.suppliers TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON payments.payables TO tuan_app;
ALTER TABLE payments.payables ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON payments.payables TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.products TO tuan_app;
ALTER TABLE catalog.products ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON catalog.products TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON orders.orders TO tuan_app;
ALTER TABLE orders.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON orders.orders TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, pay_by, shipped_at, received_at) ON orders.orders TO tuan_relay;
CREATE POLICY due ON orders.orders FOR SELECT TO tuan_relay USING (state IN ('placed', 'shipped', 'received'));

GRANT SELECT, INSERT, UPDATE, DELETE ON payments.attempts TO tuan_app;
ALTER TABLE payments.attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON payments.attempts TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, next_query_at) ON payments.attempts TO tuan_relay;
CREATE POLICY due ON payments.attempts FOR SELECT TO tuan_relay USING (state = 'pending');

GRANT SELECT, INSERT ON aftersales.cases TO tuan_app;
ALTER TABLE aftersales.cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON aftersales.cases TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.skus TO tuan_app;
ALTER TABLE catalog.skus ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON catalog.skus TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON groupbuy.campaigns TO tuan_app;
ALTER TABLE groupbuy.campaigns ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON groupbuy.campaigns TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON payments.captures TO tuan_app;
ALTER TABLE payments.captures ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON payments.captures TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON catalog.prices TO tuan_app;
ALTER TABLE catalog.prices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON catalog.prices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON groupbuy.campaign_prices TO tuan_app;
ALTER TABLE groupbuy.campaign_prices ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON groupbuy.campaign_prices TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON groupbuy.limits TO tuan_app;
ALTER TABLE groupbuy.limits ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON groupbuy.limits TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON groupbuy.teams TO tuan_app;
ALTER TABLE groupbuy.teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON groupbuy.teams TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, deadline) ON groupbuy.teams TO tuan_relay;
CREATE POLICY due ON groupbuy.teams FOR SELECT TO tuan_relay USING (state = 'gathering');

GRANT SELECT, INSERT, UPDATE, DELETE ON orders.lines TO tuan_app;
ALTER TABLE orders.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON orders.lines TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON payments.refunds TO tuan_app;
ALTER TABLE payments.refunds ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON payments.refunds TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
GRANT SELECT (market_id, state, next_attempt_at) ON payments.refunds TO tuan_relay;
CREATE POLICY due ON payments.refunds FOR SELECT TO tuan_relay USING (state = 'due');

GRANT SELECT, INSERT, UPDATE, DELETE ON supply.stock TO tuan_app;
ALTER TABLE supply.stock ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON supply.stock TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON groupbuy.seats TO tuan_app;
ALTER TABLE groupbuy.seats ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON groupbuy.seats TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON orders.allocations TO tuan_app;
ALTER TABLE orders.allocations ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON orders.allocations TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT, UPDATE, DELETE ON supply.allotments TO tuan_app;
ALTER TABLE supply.allotments ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON supply.allotments TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

GRANT SELECT, INSERT ON supply.movements TO tuan_app;
ALTER TABLE supply.movements ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON supply.movements TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);
