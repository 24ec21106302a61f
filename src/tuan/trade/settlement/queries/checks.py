"""What must be true of claims, recalls and withdrawals at any moment."""

from tuan.platform.invariants import invariant

CLAIMED_SQL = invariant(
    "I25",
    "an order that was completed or forfeited has a claim for each of its lines, over exactly what was kept then; no other has any",
    "SELECT 'order ' || o.id FROM orders.orders o LEFT JOIN (SELECT l.order_id, count(*) AS lines, count(c.order_id) AS claimed, "
    "sum(l.amount_minor - l.refunded_minor) AS kept, sum(c.kept_minor) AS shared FROM orders.lines l "
    "LEFT JOIN settlement.claims c ON c.market_id = l.market_id AND c.order_id = l.order_id AND c.line_number = l.number "
    "WHERE l.market_id = $1 GROUP BY l.order_id) x ON x.order_id = o.id WHERE o.market_id = $1 "
    "AND CASE WHEN o.state IN ('completed', 'forfeited') THEN x.lines IS DISTINCT FROM x.claimed OR x.kept + coalesce("
    "(SELECT sum(r.amount_minor) FROM settlement.recalls r WHERE r.market_id = $1 AND r.order_id = o.id), 0) "
    "IS DISTINCT FROM x.shared "
    "ELSE x.claimed > 0 END",
)
RECALLED_SQL = invariant(
    "I58",
    "what was recalled from suppliers is booked, and given back by its case",
    "SELECT 'recall ' || coalesce(r.case_id, t.about) FROM (SELECT case_id, order_id, amount_minor, borne_minor, debt_minor "
    "FROM settlement.recalls WHERE market_id = $1) r FULL JOIN (SELECT about, "
    "coalesce(sum(amount) FILTER (WHERE kind IN ('recall', 'recall_owed')), 0) AS amount, "
    "coalesce(sum(amount) FILTER (WHERE kind LIKE 'borne\\_back%'), 0) AS borne, "
    "coalesce(sum(amount) FILTER (WHERE kind LIKE '%\\_owed'), 0) AS debt FROM ledger.transfers WHERE market_id = $1 "
    "AND (kind IN ('recall', 'recall_owed') OR kind LIKE 'borne\\_back%') GROUP BY about) t ON t.about = r.case_id "
    "LEFT JOIN aftersales.cases c ON c.market_id = $1 AND c.order_id = r.order_id AND c.id = r.case_id "
    "WHERE (r.amount_minor, r.borne_minor, r.debt_minor) IS DISTINCT FROM (t.amount, t.borne, t.debt) OR c.amount_minor IS DISTINCT FROM r.amount_minor",
)
BOOKED_SQL = invariant(
    "I26",
    "what claims share out is what the ledger has booked, order by order",
    "SELECT 'order ' || coalesce(c.order_id, t.about) FROM (SELECT order_id, sum(share_minor) AS share, sum(fee_minor) AS fee, "
    "sum(withheld_minor) AS withheld FROM settlement.claims WHERE market_id = $1 GROUP BY order_id) c FULL JOIN "
    "(SELECT about, sum(amount) FILTER (WHERE kind = 'supplier_share') AS share, sum(amount) FILTER (WHERE kind = 'platform_fee') AS fee, "
    "sum(amount) FILTER (WHERE kind = 'tax_withheld') AS withheld FROM ledger.transfers WHERE market_id = $1 "
    "AND kind IN ('supplier_share', 'platform_fee', 'tax_withheld') GROUP BY about) t ON t.about = c.order_id "
    "WHERE (coalesce(c.share, 0), coalesce(c.fee, 0), coalesce(c.withheld, 0)) IS DISTINCT FROM "
    "(coalesce(t.share, 0), coalesce(t.fee, 0), coalesce(t.withheld, 0))",
)
WITHDRAWN_SQL = invariant(
    "I27",
    "what is on its way out is exactly the withdrawals that have not ended",
    "SELECT coalesce(a.code, w.code) FROM (SELECT code, balance FROM ledger.accounts WHERE market_id = $1 "
    "AND code LIKE '%:withdrawing' AND balance <> 0) a FULL JOIN "
    "(SELECT coalesce('supplier:' || supplier_id, 'shop:' || shop_id) || ':withdrawing' AS code, sum(amount_minor) AS amount "
    "FROM settlement.withdrawals WHERE market_id = $1 AND state IN ('requested', 'due') GROUP BY supplier_id, shop_id) w ON w.code = a.code "
    "WHERE a.balance IS DISTINCT FROM w.amount",
)
ENDED_SQL = invariant(
    "I84",
    "a withdrawal is booked as it stands: out of the balance, paid with its fee, and back where it failed, was refused or came back",
    "SELECT 'withdrawal ' || coalesce(e.id, t.about) FROM (SELECT w.id, x.kind, x.amount FROM settlement.withdrawals w "
    "CROSS JOIN LATERAL (VALUES ('withdrawal', w.amount_minor), "
    "('withdrawal_paid', CASE WHEN w.state IN ('paid', 'returned') THEN w.amount_minor - w.fee_minor - w.short_minor END), "
    "('withdrawal_short', w.short_minor), "
    "('withdrawal_fee', CASE WHEN w.state IN ('paid', 'returned') THEN w.fee_minor END), "
    "('withdrawal_back', CASE WHEN w.state IN ('failed', 'rejected') THEN w.amount_minor END), "
    "('withdrawal_returned', CASE WHEN w.state = 'returned' THEN w.amount_minor - w.fee_minor END), "
    "('withdrawal_fee_back', CASE WHEN w.state = 'returned' THEN w.fee_minor END)) x(kind, amount) "
    "WHERE w.market_id = $1 AND x.amount > 0) e FULL JOIN (SELECT kind, about, amount FROM ledger.transfers "
    "WHERE market_id = $1 AND kind IN ('withdrawal', 'withdrawal_paid', 'withdrawal_short', 'withdrawal_fee', 'withdrawal_back', "
    "'withdrawal_returned', 'withdrawal_fee_back')) t ON t.kind = e.kind AND t.about = e.id "
    "WHERE e.amount IS DISTINCT FROM t.amount",
)
STATED_SQL = invariant(
    "I85",
    "what a supplier may claim, less what he owes, is what his statement's lines sum up to, but for what was withdrawn or was with him already",
    "SELECT 'supplier ' || coalesce(b.supplier, s.supplier) FROM (SELECT split_part(code, ':', 2) AS supplier, sum(amount) AS amount FROM ("
    "SELECT to_code AS code, amount FROM ledger.transfers WHERE market_id = $1 AND kind !~ '^(withdrawal|direct)' UNION ALL "
    "SELECT from_code, -amount FROM ledger.transfers WHERE market_id = $1 AND kind !~ '^(withdrawal|direct)') t "
    "WHERE code LIKE 'supplier:%:payable' OR code LIKE 'supplier:%:debt' GROUP BY 1) b FULL JOIN (SELECT supplier, sum(amount) AS amount "
    "FROM (SELECT supplier_id::text AS supplier, share_minor AS amount FROM settlement.claims WHERE market_id = $1 UNION ALL "
    "SELECT supplier_id::text, -amount_minor FROM settlement.charges WHERE market_id = $1 UNION ALL SELECT split_part(to_code, ':', 2), amount "
    "FROM ledger.transfers WHERE market_id = $1 AND from_code LIKE 'shop:%' AND to_code LIKE 'supplier:%') l GROUP BY supplier) s "
    "ON s.supplier = b.supplier WHERE coalesce(b.amount, 0) <> coalesce(s.amount, 0)",
)
SPLIT_SQL = invariant(
    "I86",
    "a withdrawal to an account that is split to is the sum of its parts, each from a payment by the same provider, which give no "
    "more than they took, and no order more than its payee was promised, of a seller with what he promised others",
    "SELECT 'withdrawal ' || w.id FROM settlement.withdrawals w JOIN settlement.accounts a ON a.market_id = $1 AND a.id = w.account_id "
    "LEFT JOIN (SELECT s.withdrawal_id, sum(s.amount_minor) AS minor, coalesce(sum(s.amount_minor) FILTER (WHERE s.state = 'held'), 0) "
    "AS held, coalesce(sum(s.amount_minor) FILTER (WHERE s.state = 'done'), 0) AS done, coalesce(sum(s.amount_minor) FILTER "
    "(WHERE s.state = 'released'), 0) AS released, array_agg(DISTINCT c.provider) AS providers FROM settlement.splits s "
    "JOIN payments.captures c ON c.market_id = $1 AND c.id = s.capture_id AND c.transaction = s.transaction WHERE s.market_id = $1 "
    "GROUP BY s.withdrawal_id) x ON x.withdrawal_id = w.id WHERE w.market_id = $1 AND (a.mode = 'split' OR x.minor > 0) AND ("
    "a.mode <> 'split' OR x.minor IS DISTINCT FROM w.amount_minor - w.fee_minor AND (w.short_minor = 0 OR x.minor > w.amount_minor - "
    "w.fee_minor) OR x.providers <> ARRAY[a.provider] OR CASE "
    "WHEN w.state = 'requested' THEN x.held <> x.minor WHEN w.state = 'due' THEN x.held = 0 OR x.released > 0 "
    "WHEN w.state = 'paid' THEN x.done <> w.amount_minor - w.fee_minor - w.short_minor OR x.held + x.released > 0 "
    "WHEN w.state = 'failed' THEN x.held + x.done + x.released > 0 ELSE x.released <> x.minor END) UNION ALL "
    "SELECT 'payment ' || c.transaction FROM settlement.splits s JOIN payments.captures c ON c.market_id = $1 AND c.id = s.capture_id "
    "WHERE s.market_id = $1 AND s.state IN ('held', 'done') GROUP BY c.id, c.transaction, c.amount_minor "
    "HAVING sum(s.amount_minor) > c.amount_minor UNION ALL "
    "SELECT 'order ' || s.order_id FROM settlement.splits s JOIN settlement.withdrawals w ON w.market_id = $1 AND w.id = s.withdrawal_id "
    "WHERE s.market_id = $1 AND s.state IN ('held', 'done') GROUP BY s.order_id, w.supplier_id, w.shop_id HAVING sum(s.amount_minor) > "
    "CASE WHEN w.shop_id IS NULL THEN coalesce((SELECT sum(c.share_minor + c.cut_minor) FROM settlement.claims c "
    "WHERE c.market_id = $1 AND c.order_id = s.order_id), 0) ELSE coalesce((SELECT sum(k.amount_minor) FROM settlement.cuts k "
    "WHERE k.market_id = $1 AND k.order_id = s.order_id AND k.code = 'shop:' || w.shop_id || ':pending'), 0) END",
)
DIRECT_SQL = invariant(
    "I89",
    "whose own accounts take the market's money has no balance there and nothing on its way out, and nobody else has goods for sale",
    "SELECT 'supplier ' || m.supplier_id FROM parties.merchants m WHERE m.market_id = $1 AND EXISTS (SELECT FROM ledger.accounts a "
    "WHERE a.market_id = $1 AND a.balance <> 0 AND a.code = ANY(ARRAY['supplier:' || m.supplier_id || ':payable', "
    "'supplier:' || m.supplier_id || ':withdrawing'])) UNION ALL "
    "SELECT 'product ' || p.id FROM parties.merchants m JOIN catalog.products p ON p.market_id = $1 AND p.state = 'listed' "
    "AND p.supplier_id <> m.supplier_id WHERE m.market_id = $1",
)
HOLDS_LIVE_SQL = invariant(
    "I28",
    "nothing holds a line that was settled",
    "SELECT 'order ' || h.order_id FROM settlement.holds h JOIN settlement.claims c ON c.market_id = h.market_id "
    "AND c.order_id = h.order_id AND c.line_number = h.line_number WHERE h.market_id = $1",
)
