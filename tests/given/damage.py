"""Damage that no verb can do, by the invariant that must find it.

Each line is run as superuser, without foreign keys and with the named CHECKs dropped, in a transaction that is taken
back. `$1` is the market. Several lines for one invariant are several damages, each found by itself.
"""

from tests.given import damage_shops

HOLD = (
    "INSERT INTO supply.movements (market_id, id, sku_id, hold_id, kind, units, at) SELECT market_id, gen_random_uuid(), "
    "sku_id, gen_random_uuid(), 'hold', {units}, now() FROM supply.stock WHERE market_id = $1; "
    "UPDATE supply.stock SET held = held + {units} WHERE market_id = $1"
)

NOTHING_LISTED = "UPDATE catalog.products SET state = 'off' WHERE market_id = $1 AND state = 'listed'"
MERCHANT = (
    "UPDATE parties.merchants SET supplier_id = (SELECT split_part(code, ':', 2)::uuid FROM ledger.accounts WHERE market_id = $1 "
    "AND code LIKE 'supplier:%:{end}' AND balance > 0 LIMIT 1) WHERE market_id = $1"
)

CHECKS = (
    ("ledger.accounts", "accounts_not_overdrawn_check"),
    ("ledger.transfers", "transfers_amount_in_bounds_check"),
    ("supply.stock", "stock_never_oversold_check"),
    ("payments.payables", "payables_applied_within_amount_check"),
    ("payments.captures", "captures_refunded_within_amount_check"),
    ("groupbuy.teams", "teams_never_overfull_check"),
    ("groupbuy.teams", "teams_formed_is_full_check"),
    ("orders.lines", "lines_amount_adds_up_check"),
    ("promotions.templates", "templates_never_overtaken_check"),
    ("orders.lines", "lines_refunded_by_part_check"),
    ("aftersales.cases", "cases_given_is_asked_check"),
    ("aftersales.cases", "cases_only_given_has_money_check"),
    ("aftersales.cases", "cases_open_has_deadline_check"),
    ("aftersales.cases", "cases_over_has_outcome_check"),
    ("orders.lines", "lines_returned_within_units_check"),
    ("orders.lines", "lines_lowered_is_given_back_check"),
    ("presale.bookings", "bookings_owed_has_time_check"),
    ("compliance.sign_offs", "sign_offs_two_persons_check"),
    ("compliance.sign_offs", "sign_offs_given_by_somebody_check"),
    ("compliance.metrics", "metrics_parts_of_pay_check"),
    ("distribution.commissions", "commissions_depth_is_one_or_two_check"),
    ("distribution.commissions", "commissions_within_goods_check"),
    ("distribution.commissions", "commissions_channel_lets_it_check"),
    ("distribution.versions", "versions_told_before_check"),
    ("orders.attributions", "attributions_shop_or_link_check"),
)

DAMAGES: dict[str, list[str]] = {
    **damage_shops.DAMAGES,
    "I79": [
        "DELETE FROM orders.declarations WHERE market_id = $1",
        "DELETE FROM orders.declarations d USING orders.orders o WHERE d.market_id = $1 AND o.market_id = $1 AND o.id = d.order_id AND o.shipped_at IS NULL; "
        "UPDATE orders.orders SET declares = false, placed_at = placed_at + interval '2 days' WHERE market_id = $1 AND declares AND shipped_at IS NULL",
    ],
    "I80": [
        "UPDATE orders.orders SET declares = false WHERE market_id = $1 AND declares",
        "UPDATE orders.lines SET is_imported = false WHERE market_id = $1 AND is_imported",
        "UPDATE orders.declarations SET order_id = gen_random_uuid() WHERE market_id = $1 AND sealed IS NOT NULL",
    ],
    "I80a": [
        "UPDATE identities.identities i SET person_id = p.id FROM accounts.persons p WHERE i.market_id = $1 AND p.market_id = $1 "
        "AND p.erased_at IS NOT NULL AND i.person_id = (SELECT min(person_id::text)::uuid FROM identities.identities WHERE market_id = $1)",
    ],
    "I52": [
        "UPDATE orders.orders SET later_minor = later_minor + 1 WHERE market_id = $1 AND state = 'deposited'",
        "UPDATE orders.lines SET later_minor = later_minor - 1 WHERE market_id = $1 AND later_minor > 0",
        "UPDATE payments.payables SET amount_minor = amount_minor + 1 WHERE market_id = $1 AND after_id IS NOT NULL",
        "UPDATE payments.payables SET after_id = NULL WHERE market_id = $1 AND after_id IS NOT NULL",
        "UPDATE payments.payables SET void_at = NULL WHERE market_id = $1 AND void_at IS NOT NULL",
        "UPDATE orders.orders SET state = 'to_ship' WHERE market_id = $1 AND state = 'deposited'",
        "UPDATE orders.orders SET state = 'deposited' WHERE market_id = $1 AND state = 'to_ship' AND balance_id IS NOT NULL",
    ],
    "I52a": [
        "DELETE FROM presale.bookings WHERE market_id = $1",
        "UPDATE presale.bookings SET deposit_minor = deposit_minor + 1 WHERE market_id = $1",
        "UPDATE presale.bookings SET kept_minor = kept_minor - 1 WHERE market_id = $1 AND kind = 'earnest'",
        "UPDATE presale.bookings SET person_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE presale.bookings SET is_open = NOT is_open WHERE market_id = $1",
    ],
    "I52b": [
        "UPDATE presale.bookings SET owed_minor = owed_minor - 1 WHERE market_id = $1 AND owed_minor > 0",
        "UPDATE presale.bookings SET owed_done_at = now(), owed_reference = 'x' WHERE market_id = $1 AND owed_minor > 0",
    ],
    "I53": [
        "UPDATE invoices.lines SET red_minor = red_minor - 1 WHERE market_id = $1 AND red_minor > 0",
        "UPDATE invoices.lines SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "DELETE FROM invoices.lines WHERE market_id = $1",
    ],
    "I53a": [
        "UPDATE invoices.invoices SET tax_minor = tax_minor - 1 WHERE market_id = $1 AND tax_minor > 0",
        "UPDATE invoices.invoices SET red_minor = red_minor - 1 WHERE market_id = $1 AND red_minor > 0",
        "UPDATE invoices.lines SET red_tax_minor = 0 WHERE market_id = $1 AND red_tax_minor > 0",
        "UPDATE invoices.red_lines SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "DELETE FROM invoices.reds WHERE market_id = $1",
    ],
    "I53b": [
        "UPDATE invoices.invoices SET person_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE invoices.invoices SET tax_number = '' WHERE market_id = $1 AND kind = 'company'",
    ],
    "I52c": [
        "UPDATE presale.bookings SET balance_from = balance_from - interval '1 year', balance_until = balance_until "
        "- interval '1 year' WHERE market_id = $1",
    ],
    "I52d": ["UPDATE payments.captures SET received_at = received_at + interval '1 year' WHERE market_id = $1"],
    "I16a": [
        "UPDATE promotions.coupons SET about = gen_random_uuid() WHERE market_id = $1 AND about IS NOT NULL",
        "UPDATE promotions.coupons SET state = 'held' WHERE market_id = $1 AND state = 'used'",
        "UPDATE promotions.coupons SET lines = lines + 1 WHERE market_id = $1 AND state = 'used'",
    ],
    "I51": [
        "INSERT INTO carts.lines (market_id, person_id, sku_id, units, added_at) SELECT $1, p.id, s.id, 1, now() "
        "FROM accounts.persons p, (SELECT gen_random_uuid() AS id FROM generate_series(1, 51)) s WHERE p.market_id = $1",
        "INSERT INTO promotions.set_lines (market_id, rule_id, sku_id, units) SELECT market_id, bundle_id, gen_random_uuid(), 1 "
        "FROM carts.sets, generate_series(1, 51) WHERE market_id = $1",
    ],
    "I83": [
        "UPDATE carts.sets SET sets = 99 WHERE market_id = $1",
        "UPDATE carts.sets SET set_minor = set_minor + 1 WHERE market_id = $1",
        "UPDATE carts.sets SET bundle_id = gen_random_uuid() WHERE market_id = $1",
    ],
    "I16b": [
        "UPDATE promotions.coupons SET state = 'free' WHERE market_id = $1 AND state = 'offered'",
        "UPDATE promotions.gifts SET state = 'withdrawn', ended_at = now() WHERE market_id = $1 AND state = 'open'",
        "UPDATE promotions.gifts SET taker_id = giver_id WHERE market_id = $1 AND state = 'taken'",
    ],
    "I16c": [
        "UPDATE promotions.coupons SET friends_missing = friends_missing + 1 WHERE market_id = $1 AND state = 'locked'"
    ],
    "I16": [
        "UPDATE promotions.templates SET taken = taken + 1 WHERE market_id = $1",
        "UPDATE promotions.templates SET total = taken - 1 WHERE market_id = $1 AND taken > 0",
        "UPDATE promotions.templates SET per_person = 0 WHERE market_id = $1 AND taken > 0",
    ],
    "I40": [
        "DELETE FROM sharing.bindings WHERE market_id = $1",
        "UPDATE sharing.bindings SET shop_id = gen_random_uuid() WHERE market_id = $1",
    ],
    "I24": [
        "UPDATE developers.feeds SET position = position + 1 WHERE market_id = $1",
        "UPDATE developers.events SET position = position + 1000000 WHERE market_id = $1 AND position = 2",
    ],
    "I8r": [
        "INSERT INTO reconciliation.lines (market_id, provider, day, number, kind, transaction, amount_minor, currency, at) "
        "VALUES ($1, 'sandbox', '2026-11-20', 1, 'charge', 'nobody''s', 100, 'CNY', now())",
    ],
    "I1": ["UPDATE ledger.accounts SET balance = balance + 1 WHERE market_id = $1 AND code = 'platform:income'"],
    "I2": [
        "UPDATE ledger.accounts SET balance = balance + 1 WHERE market_id = $1 AND code = 'platform:income'; "
        "UPDATE ledger.accounts SET balance = balance - 1 WHERE market_id = $1 AND code = 'buyers:prepayment'",
        "DELETE FROM ledger.accounts WHERE market_id = $1 AND code = 'platform:income'",
    ],
    "I2a": [
        "UPDATE groupbuy.teams SET held = held + 1 WHERE market_id = $1 AND state = 'gathering'",
        "UPDATE groupbuy.teams SET taken = taken - 1 WHERE market_id = $1 AND state = 'formed'",
        "UPDATE groupbuy.teams SET size = taken - 1 WHERE market_id = $1 AND state = 'formed'",
        "DELETE FROM groupbuy.seats WHERE market_id = $1 AND state = 'taken'",
    ],
    "I3": ["UPDATE ledger.accounts SET balance = -1 WHERE market_id = $1 AND code = 'platform:income'"],
    "I4": [
        "UPDATE supply.stock SET held = held + 1 WHERE market_id = $1",
        "UPDATE supply.stock SET on_hand = on_hand + 1 WHERE market_id = $1",
        "DELETE FROM supply.movements WHERE market_id = $1 AND kind = 'release'",
        HOLD.format(units=100_000),
    ],
    "I4a": ["UPDATE supply.allotments SET held = held + 1 WHERE market_id = $1"],
    "I4b": [
        HOLD.format(units=1),
        "UPDATE orders.lines SET hold_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE orders.lines SET returned_units = units WHERE market_id = $1",
        "UPDATE orders.orders SET holds_stock = NOT holds_stock WHERE market_id = $1 AND state = 'to_ship'",
    ],
    "I4c": [
        "UPDATE orders.orders SET holds_stock = NOT holds_stock WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE orders.orders SET holds_stock = NOT holds_stock WHERE market_id = $1 AND state = 'completed'",
    ],
    "I5": [
        "UPDATE payments.payables SET applied_minor = applied_minor - 1 WHERE market_id = $1 AND applied_minor > 0 AND refunded_minor = 0",
        "DELETE FROM payments.refunds WHERE market_id = $1 AND order_id IS NULL",
        "UPDATE payments.payables SET amount_minor = applied_minor - 1 WHERE market_id = $1 AND applied_minor > 0 AND refunded_minor = 0",
    ],
    "I5a": [
        "UPDATE orders.orders SET state = 'placed' WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE orders.orders SET state = 'closed' WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE orders.orders SET state = 'to_ship' WHERE market_id = $1 AND state = 'closed'",
    ],
    "I6": [
        "UPDATE payments.captures SET refunded_minor = refunded_minor - 1 WHERE market_id = $1 AND refunded_minor > 0",
        "UPDATE payments.refunds SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "UPDATE payments.captures SET refunded_minor = amount_minor * 2 WHERE market_id = $1 AND refunded_minor > 0; "
        "UPDATE payments.refunds SET amount_minor = amount_minor * 2 WHERE market_id = $1",
    ],
    "I6a": [
        "UPDATE orders.orders SET total_minor = total_minor + 1 WHERE market_id = $1 AND state = 'to_ship'",
        "DELETE FROM orders.allocations WHERE market_id = $1",
        "UPDATE orders.lines SET discount_minor = discount_minor + 1 WHERE market_id = $1",
        "UPDATE orders.lines SET refunded_minor = refunded_minor - 1 WHERE market_id = $1 AND refunded_minor > 0",
        "DELETE FROM payments.refunds WHERE market_id = $1 AND order_id IS NOT NULL",
        "UPDATE orders.orders SET state = 'cancelled' WHERE market_id = $1 AND state = 'to_ship'",
    ],
    "I6b": [
        "DELETE FROM aftersales.cases WHERE market_id = $1",
        "UPDATE aftersales.cases SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "UPDATE orders.orders SET refunded_minor = refunded_minor + 1 WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE orders.orders SET state = 'cancelled' WHERE market_id = $1 AND state = 'to_ship'",
    ],
    "I6c": [
        "UPDATE aftersales.case_lines SET goods_minor = goods_minor + 1 WHERE market_id = $1 AND is_open",
        "UPDATE aftersales.case_lines SET keeps_units = NOT keeps_units WHERE market_id = $1 AND NOT is_open",
        "UPDATE orders.lines SET refunded_minor = refunded_minor + 1 WHERE market_id = $1 AND returned_units = 1 AND units = 3",
        "UPDATE aftersales.cases SET outcome = 'denied' WHERE market_id = $1 AND outcome = 'given_back'",
    ],
    "I6d": [
        "DELETE FROM settlement.holds WHERE market_id = $1",
        "UPDATE settlement.holds SET line_number = line_number + 1 WHERE market_id = $1",
        "UPDATE aftersales.case_lines SET is_open = NOT is_open WHERE market_id = $1",
        "UPDATE orders.lines SET returned_units = units - 1 WHERE market_id = $1",
        "UPDATE aftersales.cases SET state = 'closed' WHERE market_id = $1 AND state = 'asked'",
    ],
    "I20b": [
        "UPDATE aftersales.cases SET deadline = now() - interval '1 year' WHERE market_id = $1 AND state = 'asked'"
    ],
    "I17": [
        "UPDATE payments.payables SET person_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE orders.orders SET currency = 'EUR' WHERE market_id = $1",
    ],
    "I17a": ["UPDATE groupbuy.seats SET person_id = gen_random_uuid() WHERE market_id = $1"],
    "I7": [
        "UPDATE payments.attempts SET amount_minor = amount_minor + 1 WHERE market_id = $1 AND state = 'captured'",
        "UPDATE payments.attempts SET state = 'declined' WHERE market_id = $1 AND state = 'captured'",
        "UPDATE payments.captures SET provider = 'other' WHERE market_id = $1",
        "UPDATE payments.captures SET payable_id = gen_random_uuid() WHERE market_id = $1",
    ],
    "I8": [
        "DELETE FROM ledger.transfers WHERE market_id = $1 AND kind = 'capture'",
        "DELETE FROM ledger.transfers WHERE market_id = $1 AND kind = 'refund'",
        "UPDATE ledger.transfers SET amount = amount + 1 WHERE market_id = $1 AND kind = 'refund_due'",
        "DELETE FROM payments.refunds WHERE market_id = $1",
        "UPDATE ledger.transfers SET about = gen_random_uuid() WHERE market_id = $1 AND kind = 'capture'",
    ],
    "I9": [
        "UPDATE groupbuy.seats SET state = 'released' WHERE market_id = $1 AND state = 'taken'",
        "UPDATE orders.orders SET paid_at = NULL WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE groupbuy.teams SET state = 'formed', ended_at = now() WHERE market_id = $1 AND state = 'gathering'",
        "UPDATE groupbuy.campaigns SET promise_min = 2 WHERE market_id = $1 AND size > 2; UPDATE groupbuy.teams "
        "SET state = 'formed', formed_by_promise = true WHERE market_id = $1 AND state = 'gathering'",
    ],
    "I9a": [
        "UPDATE orders.orders SET state = 'to_ship' WHERE market_id = $1 AND state = 'cancelled'",
        "UPDATE orders.orders SET refunded_minor = refunded_minor - 1 WHERE market_id = $1 AND state = 'cancelled'",
        "UPDATE groupbuy.seats SET state = 'taken' WHERE market_id = $1 AND state = 'lapsed'",
        "UPDATE groupbuy.seats SET state = 'held' WHERE market_id = $1 AND state = 'released'",
    ],
    "I9d": [
        "UPDATE orders.lines SET lowered_minor = lowered_minor - 1 WHERE market_id = $1 AND lowered_minor > 0",
        "UPDATE groupbuy.campaigns SET ladder = NULL WHERE market_id = $1",
        "UPDATE groupbuy.teams SET taken = taken - 1 WHERE market_id = $1 AND state = 'formed' AND campaign_id IN "
        "(SELECT id FROM groupbuy.campaigns WHERE market_id = $1 AND ladder IS NOT NULL)",
    ],
    "I9b": [
        "UPDATE orders.orders SET state = 'to_ship' WHERE market_id = $1 AND state = 'gathering'",
        "UPDATE orders.orders SET state = 'gathering' WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE orders.orders SET paid_at = NULL WHERE market_id = $1",
        "UPDATE orders.orders SET state = 'cancelled', ended_at = now() - interval '1 year' "
        "WHERE market_id = $1 AND state = 'gathering'",
    ],
    "I9c": [
        "UPDATE groupbuy.seats SET state = 'released' WHERE market_id = $1 AND state = 'taken'",
        "UPDATE orders.orders SET state = 'paid', paid_at = now() - interval '1 year' "
        "WHERE market_id = $1 AND state = 'gathering'",
    ],
    "I10": [
        "UPDATE groupbuy.limits SET units = units + 1 WHERE market_id = $1",
        "UPDATE groupbuy.seats SET units = 100 WHERE market_id = $1; UPDATE groupbuy.limits SET units = 100 "
        "WHERE market_id = $1 AND units > 0",
    ],
    "I35": [
        "UPDATE points.lots SET remaining = remaining - 1 WHERE market_id = $1 AND state = 'active'",
        "UPDATE points.lots SET state = 'active', expires_at = now() + interval '1 year' "
        "WHERE market_id = $1 AND state = 'pending'",
        "DELETE FROM ledger.accounts WHERE market_id = $1 AND starts_with(code, 'person:')",
    ],
    "I35a": [
        "DELETE FROM points.entries WHERE market_id = $1 AND kind = 'grant'",
        "UPDATE points.lots SET held = held + 1 WHERE market_id = $1 AND state = 'active'",
    ],
    "I35b": ["UPDATE points.wallets SET debt = debt + 1 WHERE market_id = $1"],
    "I35c": [
        "DELETE FROM points.entries WHERE market_id = $1 AND kind = 'grant'",
        "UPDATE ledger.transfers SET amount = amount + 1 WHERE market_id = $1 AND kind = 'points_grant'",
        "UPDATE ledger.transfers SET kind = 'points_earn' WHERE market_id = $1 AND kind = 'points_grant'",
    ],
    "I35e": [
        "UPDATE orders.orders SET points = points + 1 WHERE market_id = $1 AND state = 'to_ship' AND points > 0",
        "UPDATE points.spends SET state = 'held' WHERE market_id = $1 AND state = 'settled'",
    ],
    "I35d": ["UPDATE loyalty.check_ins SET points = points + 1 WHERE market_id = $1"],
    "I13": ["UPDATE platform.idempotency SET outcome = NULL WHERE market_id = $1"],
    "I14": [
        "INSERT INTO outbox.pending (market_id, consumer, fact_id, due_at, parked_at) "
        "VALUES ($1, 'x', gen_random_uuid(), now() + interval '10 years', now())",
        "INSERT INTO outbox.pending (market_id, consumer, fact_id, due_at) "
        "VALUES ($1, 'x', gen_random_uuid(), now() - interval '6 minutes')",
    ],
    "I15": [
        "UPDATE orders.orders SET paid_at = NULL WHERE market_id = $1 AND state = 'gathering'",
        "UPDATE orders.orders SET released_at = NULL WHERE market_id = $1 AND state = 'to_ship'",
        "UPDATE orders.orders SET shipped_at = NULL WHERE market_id = $1 AND state = 'completed'",
        "UPDATE orders.orders SET received_at = NULL WHERE market_id = $1 AND state = 'completed'",
        "UPDATE orders.orders SET ended_at = NULL WHERE market_id = $1 AND state = 'closed'",
        "UPDATE orders.orders SET ended_at = now() WHERE market_id = $1 AND state = 'to_ship'",
    ],
    "I18": ["UPDATE ledger.transfers SET amount = 0 WHERE market_id = $1"],
    "I19": [
        "UPDATE audit.entries SET reason = 'x' WHERE market_id = $1",
        "DELETE FROM audit.seals WHERE market_id = $1 AND position = 1",
    ],
    "I19a": [
        "DELETE FROM audit.seals WHERE market_id = $1",
        "INSERT INTO audit.entries (market_id, id, actor_id, action, subject, reason, before, after, at) "
        "VALUES ($1, gen_random_uuid(), gen_random_uuid(), 'x', 'x', 'x', '{}', '{}', now())",
    ],
    "I72": ["UPDATE planning.jobs SET runs = '[]' WHERE market_id = $1"],
    "I20": ["UPDATE orders.orders SET pay_by = now() - interval '1 year' WHERE market_id = $1 AND state = 'placed'"],
    "I20a": [
        "UPDATE groupbuy.teams SET deadline = now() - interval '1 year' WHERE market_id = $1 AND state = 'gathering'"
    ],
    "I25": [
        "DELETE FROM settlement.claims WHERE market_id = $1",
        "UPDATE settlement.claims SET kept_minor = kept_minor + 1, share_minor = share_minor + 1 WHERE market_id = $1",
        "UPDATE orders.orders SET state = 'received' WHERE market_id = $1 AND state = 'completed'",
    ],
    "I26": [
        "UPDATE settlement.claims SET share_minor = share_minor + 1, fee_minor = fee_minor - 1 WHERE market_id = $1",
        "DELETE FROM ledger.transfers WHERE market_id = $1 AND kind = 'platform_fee'",
    ],
    "I27": [
        "UPDATE settlement.withdrawals SET amount_minor = amount_minor + 1 WHERE market_id = $1 AND state = 'requested'",
        "DELETE FROM settlement.withdrawals WHERE market_id = $1",
    ],
    "I85": [
        "UPDATE settlement.charges SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "INSERT INTO ledger.transfers (market_id, id, kind, from_code, to_code, asset, amount, about, at) SELECT market_id, gen_random_uuid(), "
        "'present', 'platform:income', code, asset, 1, gen_random_uuid(), now() FROM ledger.accounts WHERE market_id = $1 AND code LIKE 'supplier:%:payable'",
    ],
    "I84": [
        "UPDATE settlement.withdrawals SET state = 'paid', returned_at = NULL WHERE market_id = $1 AND state = 'returned'",
        "UPDATE settlement.withdrawals SET fee_minor = fee_minor - 1 WHERE market_id = $1 AND state = 'returned'",
        "UPDATE settlement.withdrawals SET state = 'rejected', ended_at = now() WHERE market_id = $1 AND state = 'requested'",
        "DELETE FROM ledger.transfers WHERE market_id = $1 AND kind = 'withdrawal_fee_back'",
    ],
    "I88": [
        "UPDATE points.lots SET units = units + 1, remaining = remaining + 1 WHERE market_id = $1 AND source = 'leader'",
        "UPDATE groupbuy.campaigns SET leader_reward = NULL WHERE market_id = $1 AND leader_reward IS NOT NULL",
        "UPDATE groupbuy.teams SET leader_id = (SELECT max(id::text)::uuid FROM accounts.persons WHERE market_id = $1) WHERE market_id = $1 "
        "AND state = 'formed'",
    ],
    "I86": [
        "UPDATE settlement.splits SET amount_minor = amount_minor + 1 WHERE market_id = $1 AND state = 'held'",
        "UPDATE settlement.splits SET state = 'released', ended_at = now() WHERE market_id = $1 AND state = 'held'",
        "UPDATE settlement.accounts SET mode = 'transfer' WHERE market_id = $1 AND mode = 'split'",
        "UPDATE settlement.accounts SET provider = 'stripe' WHERE market_id = $1 AND mode = 'split'",
        "UPDATE settlement.withdrawals w SET amount_minor = 100000 FROM settlement.splits s WHERE w.market_id = $1 "
        "AND s.market_id = $1 AND s.withdrawal_id = w.id; UPDATE settlement.splits SET amount_minor = 100000 WHERE market_id = $1",
        "UPDATE settlement.withdrawals w SET supplier_id = NULL, shop_id = (SELECT max(id::text)::uuid FROM parties.shops WHERE market_id = $1) "
        "FROM settlement.splits s WHERE w.market_id = $1 AND s.market_id = $1 AND s.withdrawal_id = w.id AND w.supplier_id IS NOT NULL",
    ],
    "I89": [
        f"{NOTHING_LISTED}; {MERCHANT.format(end='payable')}",
        f"{NOTHING_LISTED}; UPDATE ledger.accounts SET balance = 0 WHERE market_id = $1 AND code LIKE 'supplier:%:payable'; "
        f"{MERCHANT.format(end='withdrawing')}",
        "UPDATE parties.merchants SET supplier_id = (SELECT s.id FROM parties.suppliers s WHERE s.market_id = $1 AND NOT EXISTS "
        "(SELECT FROM ledger.accounts a WHERE a.market_id = $1 AND a.code LIKE 'supplier:' || s.id || ':%') LIMIT 1) WHERE market_id = $1",
    ],
    "I28": [
        "INSERT INTO settlement.holds (market_id, order_id, line_number, case_id) "
        "SELECT market_id, order_id, line_number, gen_random_uuid() FROM settlement.claims WHERE market_id = $1"
    ],
    "I35f": ["UPDATE points.lots SET expires_at = now() - interval '1 year' WHERE market_id = $1 AND state = 'active'"],
    "I21": [
        "INSERT INTO accounts.addresses (market_id, id, person_id, recipient, phone, region, street, created_at) "
        "SELECT $1, gen_random_uuid(), id, 'x', 'x', 'x', 'x', now() FROM accounts.persons "
        "WHERE market_id = $1 AND erased_at IS NOT NULL",
        "INSERT INTO platform.sessions (market_id, token_hash, person_id, data, expires_at) SELECT $1, 'x', id, '{}', "
        "now() FROM accounts.persons WHERE market_id = $1 AND erased_at IS NOT NULL",
    ],
}
