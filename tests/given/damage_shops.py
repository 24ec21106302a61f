"""The same for shops and those around them: imports, recalls, shares, commissions, the law, sourcing, levels and leagues."""

DAMAGES: dict[str, list[str]] = {
    "I81": [
        "UPDATE membership.waiting SET since = since - interval '92 days' WHERE market_id = $1",
    ],
    "I57": [
        "UPDATE imports.jobs SET done = done + 1 WHERE market_id = $1 AND state = 'done'",
        "UPDATE imports.lines SET is_done = false WHERE market_id = $1 AND is_done",
        "DELETE FROM imports.lines WHERE market_id = $1",
    ],
    "I58": [
        "UPDATE settlement.recalls SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "UPDATE settlement.recalls SET case_id = gen_random_uuid() WHERE market_id = $1",
        "DELETE FROM ledger.transfers WHERE market_id = $1 AND kind LIKE 'recall%'",
    ],
    "I61": [
        "UPDATE parties.shops SET owner_id = gen_random_uuid() WHERE market_id = $1 AND inviter_id IS NOT NULL",
        "UPDATE parties.shops SET inviter_id = NULL WHERE market_id = $1 AND inviter_id IS NOT NULL",
        "UPDATE parties.shops s SET inviter_id = i.id FROM parties.shops i WHERE s.market_id = $1 AND i.market_id = $1 "
        "AND s.inviter_id IS NULL AND i.id <> s.id AND EXISTS (SELECT FROM shops.applications a WHERE a.market_id = $1 "
        "AND a.shop_id = s.id)",
        "DELETE FROM shops.pages WHERE market_id = $1",
        "INSERT INTO parties.shops (market_id, id, name, owner_id, created_at) SELECT market_id, gen_random_uuid(), name, "
        "owner_id, created_at FROM parties.shops WHERE market_id = $1 LIMIT 1",
    ],
    "I87": [
        "UPDATE sharing.links SET shop_id = NULL WHERE market_id = $1 AND sharer_id IS NOT NULL",
    ],
    "I62": [
        "UPDATE shops.pages SET held_minor = held_minor - 1 WHERE market_id = $1 AND held_minor > 0",
        "UPDATE shops.coupons SET held_minor = held_minor - 100 WHERE market_id = $1 AND ended_at IS NOT NULL AND held_minor > 0",
        "UPDATE promotions.templates SET bearer = 'supplier' WHERE market_id = $1 AND id IN (SELECT template_id FROM "
        "shops.coupons WHERE market_id = $1)",
        "UPDATE promotions.templates SET total = total + 1 WHERE market_id = $1 AND id IN (SELECT template_id FROM "
        "shops.coupons WHERE market_id = $1)",
        "DELETE FROM shops.coupons WHERE market_id = $1",
    ],
    "I62a": [
        "UPDATE shops.consents SET ended_at = now() WHERE market_id = $1",
        "UPDATE shops.customers SET person_id = gen_random_uuid() WHERE market_id = $1",
    ],
    "I63": [
        "DELETE FROM settlement.cuts WHERE market_id = $1 AND code LIKE 'shop:%:pending'",
        "UPDATE distribution.commissions SET amount_minor = amount_minor + 1 WHERE market_id = $1",
        "UPDATE distribution.versions SET line_most_bp = 1 WHERE market_id = $1",
    ],
    "I63a": [
        "UPDATE accounts.persons SET is_bound = false WHERE market_id = $1 AND is_bound",
        "UPDATE accounts.persons SET is_bound = true WHERE market_id = $1 AND NOT is_bound",
    ],
    "I64": [
        "UPDATE orders.orders o SET person_id = s.owner_id FROM distribution.commissions c, parties.shops s "
        "WHERE o.market_id = $1 AND c.market_id = $1 AND c.order_id = o.id AND s.market_id = $1 AND s.id = c.shop_id",
        "UPDATE distribution.commissions SET shop_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE orders.attributions SET shop_id = NULL WHERE market_id = $1",
        "UPDATE distribution.commissions SET depth = 3 WHERE market_id = $1",
        "UPDATE distribution.versions SET since = since + interval '1 year' WHERE market_id = $1",
    ],
    "I77": [
        "UPDATE distribution.commissions SET channel = 'wechat_h5' WHERE market_id = $1 AND channel = 'web'",
        "UPDATE sharing.links n SET channel = 'wechat_mp' FROM orders.attributions a JOIN distribution.commissions c ON c.market_id = $1 "
        "AND c.order_id = a.order_id WHERE n.market_id = $1 AND a.market_id = $1 AND n.code = a.code",
        "UPDATE orders.attributions SET channel = 'wechat_h5' WHERE market_id = $1; "
        "UPDATE distribution.commissions SET depth = 2 WHERE market_id = $1 AND channel = 'web'",
        "INSERT INTO distribution.withheld SELECT market_id, id, order_id, line_number, depth, shop_id, plan_id, version, channel, '', accrued_at "
        "FROM distribution.commissions WHERE market_id = $1 AND channel IS NOT NULL",
    ],
    "I78": [
        "UPDATE distribution.versions SET told_at = told_at + interval '1 day' WHERE market_id = $1 AND notice_days > 0",
        "UPDATE distribution.versions SET until = until + interval '1 day' WHERE market_id = $1 AND end_notice_days > 0",
    ],
    "I65": [
        "UPDATE distribution.commissions SET state = 'pending', ended_at = NULL WHERE market_id = $1 AND state = 'matured'",
        "UPDATE ledger.accounts SET balance = balance + 1 WHERE market_id = $1 AND code LIKE 'shop:%:pending'",
    ],
    "I65a": [
        "UPDATE distribution.commissions SET landed_minor = landed_minor - 1 WHERE market_id = $1 AND landed_minor > 0",
        "UPDATE distribution.commissions SET state = 'held', held_for = 'ring', ended_at = NULL WHERE market_id = $1 AND state = 'matured'",
        "DELETE FROM ledger.transfers WHERE market_id = $1 AND kind = 'commission_matured'",
    ],
    "I66": [
        "DELETE FROM distribution.lowerings WHERE market_id = $1",
        "UPDATE distribution.versions SET promised_minor = promised_minor + 1 WHERE market_id = $1",
    ],
    "I67": [
        "INSERT INTO compliance.consents (market_id, id, person_id, purpose, about_id, is_given, version, language, place, at) "
        "SELECT $1, gen_random_uuid(), id, 'shop_customer', id, true, 'x', 'en', 'web', now() + interval '1 year' "
        "FROM accounts.persons WHERE market_id = $1 AND erased_at IS NOT NULL",
    ],
    "I69": [
        "UPDATE compliance.consents SET is_given = false WHERE market_id = $1 AND purpose = 'organisation_member'",
        "UPDATE membership.members SET state = 'active' WHERE market_id = $1 AND state = 'left'",
    ],
    "I76": [
        "DELETE FROM compliance.consents WHERE market_id = $1 AND purpose = 'shop_customer'",
        "UPDATE compliance.consents SET shows = '[]' WHERE market_id = $1 AND purpose = 'shop_customer' AND is_given",
        "UPDATE shops.consents SET ended_at = now() WHERE market_id = $1 AND ended_at IS NULL",
        "UPDATE shops.consents SET shop_id = gen_random_uuid() WHERE market_id = $1 AND ended_at IS NULL",
        "UPDATE shops.consents SET ended_at = NULL WHERE market_id = $1",
    ],
    "I68": [
        "UPDATE compliance.sign_offs SET given_by = asked_by WHERE market_id = $1 AND state = 'given'",
        "UPDATE compliance.sign_offs SET given_by = NULL WHERE market_id = $1 AND state = 'given'",
        "UPDATE compliance.metrics SET recruits_minor = 1 WHERE market_id = $1",
    ],
    "I70": [
        "DELETE FROM sourcing.licences WHERE market_id = $1",
        "UPDATE sourcing.licences SET state = 'in_check', decided_at = NULL WHERE market_id = $1",
        "UPDATE sourcing.licences SET supplier_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE sourcing.licences SET valid_until = '2020-01-01' WHERE market_id = $1",
    ],
    "I70a": [
        "UPDATE sourcing.proposals SET supplier_id = gen_random_uuid() WHERE market_id = $1",
        "UPDATE sourcing.proposals SET state = 'open', decided_at = NULL, shown = NULL WHERE market_id = $1",
        "UPDATE catalog.products SET state = 'draft', listed_at = NULL WHERE market_id = $1",
    ],
    "I71": [
        "UPDATE shipping.parcels SET status = 'returned' WHERE market_id = $1 AND status = 'delivered'",
        "UPDATE shipping.parcels SET status_at = status_at + interval '1 hour' WHERE market_id = $1",
        "DELETE FROM shipping.scans WHERE market_id = $1",
        "UPDATE shipping.parcels SET supplier_id = gen_random_uuid() WHERE market_id = $1",
    ],
    "I71a": [
        "UPDATE orders.orders o SET state = 'to_ship' FROM shipping.parcels p WHERE o.market_id = $1 "
        "AND p.market_id = o.market_id AND p.order_id = o.id AND p.status = 'delivered'",
        "UPDATE shipping.parcels SET tracking = 'another' WHERE market_id = $1 AND label = 'written'",
    ],
    "I73": [
        "DELETE FROM training.passes WHERE market_id = $1",
        "UPDATE training.tries SET is_passed = NOT is_passed WHERE market_id = $1",
        "UPDATE training.passes SET version = version + 1 WHERE market_id = $1",
        "UPDATE training.tries SET right_count = 0 WHERE market_id = $1",
        "INSERT INTO training.tries SELECT market_id, person_id, course_id, n + 1, version, day, answers, 0, false, at "
        "FROM training.tries, generate_series(1, 9) n WHERE market_id = $1 AND number = 1",
    ],
    "I74": [
        "UPDATE leagues.standings SET level = level + 1 WHERE market_id = $1",
        "UPDATE leagues.changes SET to_level = to_level + 2 WHERE market_id = $1",
    ],
    "I82": [
        "DELETE FROM parties.benefits WHERE market_id = $1",
        "INSERT INTO parties.benefits (market_id, shop_id, word, since) SELECT $1, id, 'support_first', now() FROM parties.shops WHERE market_id = $1",
        "UPDATE leagues.standings SET level = 1 WHERE market_id = $1",
    ],
    "I75": [
        "UPDATE leagues.entries SET rank = rank + 1 WHERE market_id = $1 AND rank = 1",
        "UPDATE leagues.entries SET score_minor = score_minor + 1000000000, reached_at = now() WHERE market_id = $1 AND rank = 2",
        "UPDATE leagues.entries SET result = NULL WHERE market_id = $1 AND rank = 2",
        "UPDATE leagues.entries SET result = 'stayed' WHERE market_id = $1 AND result = 'promoted'",
        "UPDATE leagues.entries SET result = 'relegated' WHERE market_id = $1 AND rank = 2",
    ],
}
