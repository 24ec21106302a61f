"""What must be true of plans and commissions."""

from tuan.people.compliance.model import PROFILES, STRICTEST_FIRST
from tuan.platform.invariants import invariant
from tuan.play.distribution import model, tables

CHANNEL_CASE = (
    "CASE "
    + " ".join(f"WHEN n.channel = '{name}' THEN '{channel}'" for name, channel in model.CHANNEL_OF.items())
    + " ELSE 'web' END"
)
STRICTEST = "ARRAY['" + "', '".join(STRICTEST_FIRST) + "']"
STRICTER_CASE = f"({STRICTEST})[least(array_position({STRICTEST}, {CHANNEL_CASE}), array_position({STRICTEST}, coalesce(a.channel, 'web')))]"
DEEPEST_CASE = f"CASE {tables.DEEPEST_IN.replace('channel', 'c.channel')} ELSE 0 END"
DEEPEST_THERE_CASE = f"CASE {tables.DEEPEST_IN.replace('channel', 'a.channel')} ELSE 2 END"

PROMISED_SQL = invariant(
    "I63",
    "what shops are promised of a line is exactly what settlement was told to cut of it, and within its plan's cap",
    "SELECT 'commission ' || coalesce(c.id, k.id) FROM (SELECT * FROM distribution.commissions WHERE market_id = $1) c FULL JOIN "
    "(SELECT * FROM settlement.cuts WHERE market_id = $1 AND code LIKE 'shop:%:pending') k ON k.id = c.id "
    "WHERE (c.order_id, c.line_number, c.amount_minor, 'commission_' || c.depth, 'shop:' || c.shop_id || ':pending') "
    "IS DISTINCT FROM (k.order_id, k.line_number, k.amount_minor, k.kind, k.code) UNION ALL "
    "SELECT 'order ' || c.order_id FROM distribution.commissions c JOIN distribution.versions v ON v.market_id = c.market_id "
    "AND v.plan_id = c.plan_id AND v.number = c.version WHERE c.market_id = $1 GROUP BY c.order_id, c.line_number "
    "HAVING sum(c.amount_minor) * 10000 > max(c.goods_minor * v.line_most_bp)",
)
TO_OTHERS_SQL = invariant(
    "I64",
    "a commission is paid for a line that its shop recommended to somebody else, by a version that stood when it was placed",
    "SELECT 'commission ' || c.id FROM distribution.commissions c JOIN orders.orders o ON o.market_id = c.market_id AND o.id = c.order_id "
    "LEFT JOIN orders.attributions a ON a.market_id = c.market_id AND a.order_id = c.order_id AND a.line_number = c.line_number "
    "LEFT JOIN parties.shops s ON s.market_id = c.market_id AND s.id = c.shop_id "
    "LEFT JOIN distribution.versions v ON v.market_id = c.market_id AND v.plan_id = c.plan_id AND v.number = c.version "
    "LEFT JOIN parties.shops w ON w.market_id = a.market_id AND w.id = a.shop_id "
    "WHERE c.market_id = $1 AND (s.owner_id = o.person_id OR c.depth NOT IN (1, 2) OR c.depth = 1 AND a.shop_id IS DISTINCT FROM c.shop_id "
    "OR c.depth = 2 AND w.inviter_id IS DISTINCT FROM c.shop_id "
    "OR v.since IS NULL OR v.since > o.placed_at OR v.until <= o.placed_at)",
)
PENDING_SQL = invariant(
    "I65",
    "what lies with shops and is not theirs yet is exactly what is left of their settled commissions that are pending or held",
    "SELECT coalesce(a.code, c.code) FROM (SELECT code, balance FROM ledger.accounts WHERE market_id = $1 AND code LIKE 'shop:%:pending' "
    "AND balance <> 0) a FULL JOIN (SELECT 'shop:' || c.shop_id || ':pending' AS code, sum(CASE WHEN c.landed_minor IS NULL "
    "THEN t.amount WHEN c.state IN ('pending', 'held') THEN c.kept_minor ELSE 0 END) AS amount FROM distribution.commissions c "
    "LEFT JOIN ledger.transfers t ON t.market_id = c.market_id AND t.kind = 'commission_' || c.depth AND t.about = c.id "
    "WHERE c.market_id = $1 GROUP BY c.shop_id HAVING sum(CASE WHEN c.landed_minor IS NULL THEN t.amount "
    "WHEN c.state IN ('pending', 'held') THEN c.kept_minor ELSE 0 END) <> 0) c ON c.code = a.code "
    "WHERE a.balance IS DISTINCT FROM c.amount",
)
LANDED_SQL = invariant(
    "I65a",
    "what was settled of a commission is booked, and nothing of one that is held or void is the shop's",
    "SELECT 'commission ' || c.id FROM distribution.commissions c LEFT JOIN ledger.transfers t ON t.market_id = c.market_id "
    "AND t.kind = 'commission_' || c.depth AND t.about = c.id LEFT JOIN ledger.transfers m ON m.market_id = c.market_id "
    "AND m.kind = 'commission_matured' AND m.about = c.id WHERE c.market_id = $1 "
    "AND (c.landed_minor IS NOT NULL AND c.landed_minor <> coalesce(t.amount, 0) OR (m.id IS NOT NULL) <> (c.state = 'matured'))",
)
LOWERED_SQL = invariant(
    "I66",
    "of what a shop was promised is left what has not gone back, and a plan's budget has promised exactly that",
    "SELECT 'commission ' || c.id FROM distribution.commissions c LEFT JOIN (SELECT commission_id, sum(amount_minor) AS amount "
    "FROM distribution.lowerings WHERE market_id = $1 GROUP BY commission_id) l ON l.commission_id = c.id WHERE c.market_id = $1 "
    "AND c.kept_minor + coalesce(l.amount, 0) <> c.amount_minor UNION ALL "
    "SELECT 'plan ' || v.plan_id || ' v' || v.number FROM distribution.versions v LEFT JOIN (SELECT plan_id, version, sum(kept_minor) AS kept "
    "FROM distribution.commissions WHERE market_id = $1 GROUP BY plan_id, version) c ON c.plan_id = v.plan_id AND c.version = v.number "
    "WHERE v.market_id = $1 AND v.promised_minor <> coalesce(c.kept, 0)",
)


IN_CHANNEL_SQL = invariant(
    "I77",
    "a commission came about in the stricter of two channels, of the link that brought its order and of where its buyer was, and no "
    "owner of them forbids that its level is paid",
    "SELECT 'commission ' || c.id FROM distribution.commissions c JOIN orders.attributions a ON a.market_id = c.market_id "
    "AND a.order_id = c.order_id AND a.line_number = c.line_number LEFT JOIN sharing.links n ON n.market_id = a.market_id "
    "AND n.code = a.code WHERE c.market_id = $1 AND c.channel IS NOT NULL AND "
    f"(c.channel NOT IN ({STRICTER_CASE}, {CHANNEL_CASE}) OR c.depth > least({DEEPEST_CASE}, {DEEPEST_THERE_CASE})) UNION ALL "
    "SELECT 'line ' || w.line_number || ' of ' || w.order_id FROM distribution.withheld w JOIN distribution.commissions c "
    "ON c.market_id = w.market_id AND c.order_id = w.order_id AND c.line_number = w.line_number AND c.depth = w.depth WHERE w.market_id = $1",
)
"""Those that an older release promised name no channel, or their link's alone."""


NOTICE_CASE = (
    "CASE " + " ".join(f"WHEN n.profile = '{law.code}' THEN {law.notice_days}" for law in PROFILES.values()) + " END"
)
TOLD_BEFORE_SQL = invariant(
    "I78",
    "where new terms pay less, shops were told as many days before as the law says, and a plan says one thing at a time",
    "SELECT 'plan ' || n.plan_id || ' v' || n.number FROM distribution.versions n JOIN distribution.versions o ON o.market_id = n.market_id "
    "AND o.plan_id = n.plan_id AND o.until = n.since AND o.since < o.until WHERE n.market_id = $1 "
    f"AND n.since < n.told_at + ({NOTICE_CASE}) * interval '24 hours' AND (n.until IS NULL OR n.until > n.since) "
    "AND (n.line_most_bp < o.line_most_bp OR n.hold_days > o.hold_days OR EXISTS (SELECT FROM distribution.rates r "
    "JOIN distribution.rates s ON s.market_id = r.market_id AND s.plan_id = n.plan_id AND s.number = n.number AND s.scope = r.scope "
    "AND s.object_id IS NOT DISTINCT FROM r.object_id AND s.depth = r.depth WHERE r.market_id = $1 AND r.plan_id = o.plan_id "
    "AND r.number = o.number AND r.depth = 1 AND (s.rate_bp < r.rate_bp OR s.fixed_minor < r.fixed_minor))) AND NOT EXISTS (SELECT FROM "
    "distribution.versions x WHERE x.market_id = $1 AND x.plan_id <> n.plan_id AND x.since <= n.since AND (x.until IS NULL OR x.until > n.since)) "
    "UNION ALL SELECT 'plan ' || n.plan_id || ' v' || n.number FROM distribution.versions n JOIN distribution.versions o "
    "ON o.market_id = n.market_id AND o.plan_id = n.plan_id AND o.number <> n.number AND o.since <= n.since "
    "AND (o.until IS NULL OR o.until > n.since) WHERE n.market_id = $1 AND n.since IS NOT NULL AND (n.until IS NULL OR n.until > n.since)",
)
"""Where another plan stands beside it, its rates may be the ones that count."""
