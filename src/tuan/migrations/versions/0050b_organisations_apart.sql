ALTER TABLE settlement.withdrawals VALIDATE CONSTRAINT withdrawals_short_within_amount_check;
ALTER TABLE settlement.accounts VALIDATE CONSTRAINT accounts_mode_known_check;
ALTER TABLE reconciliation.lines VALIDATE CONSTRAINT lines_kind_known_check;
ALTER TABLE reconciliation.tickets VALIDATE CONSTRAINT tickets_kind_known_check;
ALTER TABLE points.lots VALIDATE CONSTRAINT lots_source_known_check;
ALTER TABLE groupbuy.campaigns VALIDATE CONSTRAINT campaigns_leader_reward_is_points_check;

-- Every payout so far was a transfer, whatever its label said.
UPDATE settlement.accounts SET mode = 'transfer' WHERE mode <> 'transfer';

-- What is booked of an order, less what came back of it, is its organisations': in the proportion of their coupons on it, by the
-- difference of floors, so that the parts make the whole. One transfer moves each organisation's sum; both sides stand in it.
-- chr(58): a colon before a word would be read as a parameter.
WITH booked AS (
	SELECT t.market_id, t.asset, coalesce(r.order_id, t.about) AS order_id,
		sum(CASE WHEN t.kind = 'borne_by_organisation' THEN t.amount ELSE -t.amount END) AS minor
	FROM ledger.transfers t LEFT JOIN settlement.recalls r ON r.market_id = t.market_id AND r.case_id = t.about
	WHERE t.kind IN ('borne_by_organisation', 'borne_back_organisation', 'borne_back_organisation_owed')
	GROUP BY t.market_id, t.asset, coalesce(r.order_id, t.about)
), whose AS (
	SELECT a.market_id, a.order_id, m.organisation_id, sum(a.amount_minor) AS minor
	FROM orders.allocations a JOIN promotions.coupons c ON c.market_id = a.market_id AND c.id = a.source_id
	JOIN membership.months m ON m.market_id = c.market_id AND m.template_id = c.template_id
	WHERE a.bearer = 'organisation' GROUP BY a.market_id, a.order_id, m.organisation_id
), runs AS (
	SELECT w.*, sum(w.minor) OVER (PARTITION BY w.market_id, w.order_id ORDER BY w.organisation_id) AS until,
		sum(w.minor) OVER (PARTITION BY w.market_id, w.order_id) AS whole FROM whose w
), sums AS (
	SELECT b.market_id, b.asset, r.organisation_id,
		sum(div(b.minor * r.until, r.whole) - div(b.minor * (r.until - r.minor), r.whole))::bigint AS minor
	FROM booked b JOIN runs r ON r.market_id = b.market_id AND r.order_id = b.order_id
	GROUP BY b.market_id, b.asset, r.organisation_id
), moved AS (
	INSERT INTO ledger.transfers (market_id, id, kind, from_code, to_code, asset, amount, about, at)
	SELECT market_id, organisation_id, 'organisation_apart', 'organisation:' || organisation_id || chr(58) || 'discounts',
		'organisation:discounts', asset, minor, organisation_id, now() FROM sums WHERE minor > 0
	RETURNING market_id, from_code, asset, amount
), made AS (
	INSERT INTO ledger.accounts (market_id, code, asset, balance, may_overdraw)
	SELECT market_id, from_code, asset, -amount, true FROM moved
)
UPDATE ledger.accounts a SET balance = a.balance + s.minor
FROM (SELECT market_id, asset, sum(amount) AS minor FROM moved GROUP BY market_id, asset) s
WHERE a.market_id = s.market_id AND a.asset = s.asset AND a.code = 'organisation:discounts';
