"""Reads of distribution, and what must be true of it."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.people import compliance, parties
from tuan.people.compliance.model import Pay, Plan, Rule, fingerprint_of
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.play.distribution import model, store, tables
from tuan.play.distribution.model import CommissionState, PlanBreach, Target, Terms, Version

NEWEST = Wanted()
LAST = UUID(int=2**128 - 1)

LEAST_PRICE_SQL = (
    "SELECT min(k.price_minor) FROM catalog.skus k JOIN catalog.products p ON p.market_id = k.market_id AND p.id = k.product_id "
    "WHERE k.market_id = $1 AND k.retired_at IS NULL AND ($2 = 'market' OR CASE WHEN $2 = 'category' THEN p.category_id "
    "WHEN $2 = 'product' THEN p.id ELSE k.id END = $3::uuid)"
)
PLANS_SQL = (
    "SELECT p.id, p.name, p.made_at, v.number, v.state, v.profile, v.since, v.until, v.line_most_bp, v.budget_minor, v.promised_minor, "
    "v.hold_days FROM distribution.plans p JOIN distribution.versions v ON v.market_id = p.market_id AND v.plan_id = p.id "
    "WHERE p.market_id = $1 ORDER BY p.made_at DESC, p.id, v.number DESC LIMIT 500"
)
PROMISED_BETWEEN_SQL = (
    "SELECT coalesce(sum(c.kept_minor), 0)::bigint AS all_minor, coalesce(sum(c.kept_minor) FILTER (WHERE NOT EXISTS (SELECT "
    "FROM parties.shops s WHERE s.market_id = o.market_id AND s.owner_id = o.person_id)), 0)::bigint AS retail_minor, "
    "coalesce(sum(c.kept_minor) FILTER (WHERE l.order_id IS NULL), 0)::bigint AS recruits_minor "
    "FROM distribution.commissions c LEFT JOIN orders.orders o ON o.market_id = c.market_id AND o.id = c.order_id "
    "LEFT JOIN orders.lines l ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.number = c.line_number "
    "WHERE c.market_id = $1 AND c.accrued_at >= $2 AND c.accrued_at < $3"
)
"""What stems from nobody's goods is for recruits; the foreign key lets there be none."""
PAID_BY_MONTH_SQL = (
    "SELECT p.month, p.shop_id, coalesce(sum(p.paid) FILTER (WHERE p.depth = 1), 0)::bigint AS own_minor, "
    "coalesce(sum(p.paid) FILTER (WHERE p.depth = 2), 0)::bigint AS invited_minor, "
    "coalesce(sum(p.paid) FILTER (WHERE p.depth IS NULL), 0)::bigint AS recruits_minor, sum(p.paid)::bigint AS paid_minor, "
    "sum(p.back)::bigint AS back_minor FROM ("
    "SELECT date_trunc('month', t.at AT TIME ZONE $4::text)::date AS month, split_part(t.to_code, ':', 2)::uuid AS shop_id, c.depth, "
    "t.amount AS paid, 0 AS back FROM ledger.transfers t LEFT JOIN (distribution.commissions c JOIN orders.lines l "
    "ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.number = c.line_number) ON c.market_id = t.market_id "
    "AND c.id = t.about AND t.kind = 'commission_matured' WHERE t.market_id = $1 AND t.at >= $2 AND t.at < $3 "
    "AND t.to_code LIKE 'shop:%:payable' AND t.kind <> 'withdrawal_back' UNION ALL "
    "SELECT date_trunc('month', t.at AT TIME ZONE $4::text)::date, split_part(t.from_code, ':', 2)::uuid, 0, 0, t.amount "
    "FROM ledger.transfers t WHERE t.market_id = $1 AND t.at >= $2 AND t.at < $3 "
    "AND t.kind IN ('commission_back', 'commission_back_owed')) p GROUP BY p.month, p.shop_id ORDER BY p.month, p.shop_id"
)
"""From the ledger, so that whatever a shop could claim is told: what is of no line of goods counts as pay for recruits."""
NAMES_SQL = "SELECT id, name FROM distribution.plans WHERE market_id = $1 AND id = ANY($2::uuid[])"
VERSIONS_OF_SQL = (
    "SELECT plan_id, number, state, since, until, promised_minor, line_most_bp, budget_minor, hold_days FROM distribution.versions "
    "WHERE market_id = $1 AND plan_id = $2 ORDER BY number"
)
GOODS_SQL = (
    "SELECT p.id AS product_id, p.category_id, k.id AS sku_id, k.price_minor FROM catalog.products p JOIN catalog.skus k "
    "ON k.market_id = p.market_id AND k.product_id = p.id WHERE p.market_id = $1 AND p.id = ANY($2::uuid[]) AND k.retired_at IS NULL"
)
LOWERINGS_SQL = (
    "SELECT id, commission_id, amount_minor, debt_minor, why, at FROM distribution.lowerings WHERE market_id = $1 "
    "AND commission_id = ANY($2::uuid[]) ORDER BY at, id"
)
SUMS_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(kept_minor) FILTER (WHERE state = 'pending'), 0)::bigint AS pending, "
    "coalesce(sum(kept_minor) FILTER (WHERE state = 'held'), 0)::bigint AS held, "
    "coalesce(sum(kept_minor) FILTER (WHERE state = 'matured'), 0)::bigint AS matured, "
    "coalesce(sum(amount_minor - kept_minor), 0)::bigint AS lowered FROM distribution.commissions "
    "WHERE market_id = $1 AND shop_id = $2 AND accrued_at >= $3 AND accrued_at < $4"
)
MATURED_SQL = (
    "SELECT coalesce(sum(t.amount), 0)::bigint FROM distribution.commissions c JOIN ledger.transfers t ON t.market_id = c.market_id "
    "AND t.kind = 'commission_matured' AND t.about = c.id WHERE c.market_id = $1 AND c.shop_id = $2 AND c.ended_at >= $3 AND c.ended_at < $4"
)
BACK_SQL = (
    "SELECT coalesce(sum(l.amount_minor), 0)::bigint AS back, coalesce(sum(l.debt_minor), 0)::bigint AS debt "
    "FROM distribution.commissions c JOIN distribution.lowerings l ON l.market_id = c.market_id AND l.commission_id = c.id "
    "WHERE c.market_id = $1 AND c.shop_id = $2 AND c.state = 'matured' AND l.at >= $3 AND l.at < $4 AND l.at > c.ended_at"
)
TOUCHED_SQL = (
    "SELECT id FROM distribution.commissions WHERE market_id = $1 AND shop_id = $2 AND accrued_at >= $3 AND accrued_at < $4 UNION "
    "SELECT id FROM distribution.commissions WHERE market_id = $1 AND shop_id = $2 AND ended_at >= $3 AND ended_at < $4 UNION "
    "SELECT l.commission_id FROM distribution.lowerings l JOIN distribution.commissions c ON c.market_id = l.market_id "
    "AND c.id = l.commission_id WHERE l.market_id = $1 AND c.shop_id = $2 AND l.at >= $3 AND l.at < $4"
)
"""What happened to a shop's commissions in a stretch of time: promised, become its own or void, lowered."""
DAY_SUMS_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'pending' AND c.accrued_at >= $3), 0)::bigint AS pending, "
    "coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'held' AND c.accrued_at >= $3), 0)::bigint AS held, "
    "coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'matured' AND c.ended_at >= $3 AND c.ended_at < $4), 0)::bigint AS matured, "
    "coalesce(sum((SELECT sum(l.amount_minor) FROM distribution.lowerings l WHERE l.market_id = c.market_id AND l.commission_id = c.id "
    "AND l.at >= $3 AND l.at < $4)), 0)::bigint AS lowered FROM distribution.commissions c WHERE c.market_id = $1 "
    f"AND c.id IN ({TOUCHED_SQL})"
)
DAY_SQL = (
    "SELECT c.id, c.order_id, c.line_number, c.depth, c.amount_minor, c.kept_minor, c.state, c.held_for, c.accrued_at, c.matures_at, "
    "c.ended_at, c.appeal, c.appealed_at, c.answer, x.title, x.options, x.units, (SELECT coalesce(jsonb_agg(jsonb_build_object("
    "'amount_minor', l.amount_minor, 'why', l.why) ORDER BY l.at, l.id), '[]') FROM distribution.lowerings l "
    "WHERE l.market_id = c.market_id AND l.commission_id = c.id) AS lowerings FROM distribution.commissions c JOIN orders.lines x "
    "ON x.market_id = c.market_id AND x.order_id = c.order_id AND x.number = c.line_number WHERE c.market_id = $1 "
    f"AND c.id IN ({TOUCHED_SQL}) AND c.id < $5 ORDER BY c.id DESC LIMIT $6"
)
TOLD_SQL = (
    "SELECT c.id, c.order_id, c.line_number, c.depth, c.amount_minor, c.kept_minor, c.state, c.held_for, c.appeal, c.answer, "
    "c.accrued_at, c.ended_at FROM distribution.commissions c JOIN parties.shops s ON s.market_id = c.market_id AND s.id = c.shop_id "
    "WHERE c.market_id = $1 AND s.owner_id = $2 ORDER BY c.id"
)

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


@dataclass(frozen=True, slots=True)
class Earnings:
    """Of a shop's commissions that were promised in a stretch of time, in minor units: how they stand now."""

    lines: int
    pending: int
    held: int
    matured: int
    lowered: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What one unit of a product would bring the shop that recommends it, in minor units, from its cheapest to its dearest."""

    least_minor: int
    most_minor: int


# ── plans ──
async def as_law_reads(work: Work, terms: Terms) -> dict[Target, Plan]:
    """What the guard is asked about each target of these terms, since a line belongs to one of them only."""
    found = {}
    for target, rates in model.by_target(terms.rates).items():
        is_fixed = any(rate.fixed_minor for rate in rates)
        least = await work.fetch_value(LEAST_PRICE_SQL, *target) if is_fixed else 0
        found[target] = model.as_law_reads(terms, rates, least or 0)
    return found


async def breaches_of(work: Work, terms: Terms) -> list[PlanBreach]:
    """Every rule of the market's law that these terms do not keep with the signatures that count now, with its article."""
    return [
        PlanBreach(one.rule, one.article, *target)
        for target, plan in (await as_law_reads(work, terms)).items()
        for one in await compliance.breaches_of(work, plan)
    ]


async def to_sign(work: Work, terms: Terms) -> dict[Target, str]:
    """The fingerprints of what somebody has to answer for by name before it is switched on, by target."""
    return {
        target: fingerprint_of(plan)
        for target, plan in (await as_law_reads(work, terms)).items()
        if any(reward.depth > 1 for reward in plan.rewards)
    }


async def with_signatures(work: Work, versions: Iterable[Version]) -> list[Version]:
    """These versions without what nobody answers for any more; where there is no second level, nothing is asked."""
    found = []
    for version in versions:
        open_ = []
        if model.is_signed_for(version.terms.rates):
            for target, fingerprint in (await to_sign(work, version.terms)).items():
                if await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, fingerprint) is None:
                    open_.append(target)
        found.append(model.unsigned(version, open_))
    return found


async def plans(work: Work) -> list[Any]:
    """Rows of plans with their versions, the newest first of both."""
    return await work.fetch(PLANS_SQL)


async def plan_names(work: Work, wanted: Collection[UUID]) -> dict[UUID, str]:
    """Names of plans by id."""
    return {row["id"]: row["name"] for row in await work.fetch(NAMES_SQL, list(wanted))}


async def access_plan(work: Work, plan: UUID) -> tuple[str, list[Version]]:
    """Its name and its versions, the oldest first; raises Refused(NotFound)."""
    name = (await plan_names(work, [plan])).get(plan)
    if name is None:
        raise Refused(NotFound())
    return name, await store.with_rates(work, await work.fetch(VERSIONS_OF_SQL, plan))


async def running(work: Work) -> list[Version]:
    """What pays for lines that are placed now."""
    return await with_signatures(work, await store.load_versions(work, work.now, work.now))


async def pay_of(work: Work, versions: Iterable[Version], products: Collection[UUID]) -> dict[UUID, dict[int, Shown]]:
    """What these versions would pay for one unit, by product and level; products of which nothing is paid are absent."""
    found: dict[UUID, dict[int, list[int]]] = {}
    standing = list(versions)
    for row in await work.fetch(GOODS_SQL, list(products)) if standing else ():
        paid = model.pay_for_one(
            row["sku_id"], row["product_id"], row["category_id"], row["price_minor"], standing, work.now
        )
        for depth, minor in paid.items():
            found.setdefault(row["product_id"], {}).setdefault(depth, []).append(minor)
    return {
        product: {depth: Shown(min(minors), max(minors)) for depth, minors in of.items()}
        for product, of in found.items()
    }


async def commission_shown(work: Work, shop: UUID, products: Collection[UUID]) -> dict[UUID, Shown]:
    """What recommending one unit of these products would bring this shop now; where nothing is paid, it is absent."""
    card = (await parties.shop_cards(work, [shop])).get(shop)
    if card is None or not card.is_open:
        return {}
    paid = await pay_of(work, await running(work), products)
    return {product: of[1] for product, of in paid.items() if 1 in of}


# ── commissions ──
async def commissions(
    work: Work,
    wanted: Wanted = NEWEST,
    *,
    shop: UUID | None = None,
    states: Collection[str] = (),
    appealed: bool = False,
    since: Instant | None = None,
    until: Instant | None = None,
) -> Page[Any]:
    """Commissions with the goods that they are for, the newest first; accrued since ≤ t < until.

    Of those that are held, asked for without a sort, the appealed ones come first, and of these whose shop is answered first.
    """
    c, x = tables.commissions, metadata.tables["orders.lines"]
    on = (x.c.market_id == c.c.market_id) & (x.c.order_id == c.c.order_id) & (x.c.number == c.c.line_number)
    query = sa.select(c, x.c.title, x.c.options, x.c.units).join(x, on).where(c.c.market_id == work.market.id)
    if shop is not None:
        query = query.where(c.c.shop_id == shop)
    if states:
        query = query.where(c.c.state.in_(states))
    if appealed:
        query = query.where(c.c.appealed_at.is_not(None))
    if since is not None:
        query = query.where(c.c.accrued_at >= since)
    if until is not None:
        query = query.where(c.c.accrued_at < until)
    if not wanted.sort and list(states) == [CommissionState.HELD]:
        wanted = replace(wanted, sort="first")
    return await list_rows(work, query, wanted, sorts={"newest": c.c.id, "first": _turn()}, key=c.c.id)


def _turn() -> sa.ColumnElement[int]:
    """0 for what asks for no answer, 1 for an appeal, 2 for that of a shop that has won to be answered first."""
    c, b = tables.commissions, metadata.tables["parties.benefits"]
    has = (b.c.market_id == c.c.market_id) & (b.c.shop_id == c.c.shop_id) & (b.c.word == "support_first")
    is_asked = (c.c.state == CommissionState.HELD) & c.c.appealed_at.is_not(None)
    return sa.case((is_asked & sa.exists().where(has), 2), (is_asked, 1), else_=0)


async def access_commission(work: Work, commission: UUID, shop: UUID | None = None) -> Any:
    """A commission with its goods, of this shop where one is named; raises Refused(NotFound)."""
    c, x = tables.commissions, metadata.tables["orders.lines"]
    on = (x.c.market_id == c.c.market_id) & (x.c.order_id == c.c.order_id) & (x.c.number == c.c.line_number)
    query = sa.select(c, x.c.title, x.c.options, x.c.units).join(x, on)
    rows = await work.run(query.where(c.c.market_id == work.market.id, c.c.id == commission))
    if not rows or shop not in (None, rows[0]["shop_id"]):
        raise Refused(NotFound())
    return rows[0]


async def lowerings_of(work: Work, wanted: Collection[UUID]) -> Mapping[UUID, list[Any]]:
    """What went back of these commissions and why, the oldest first, by commission."""
    found: dict[UUID, list[Any]] = {}
    for row in await work.fetch(LOWERINGS_SQL, list(wanted)):
        found.setdefault(row["commission_id"], []).append(row)
    return found


async def earnings(work: Work, shop: UUID, since: Instant, until: Instant) -> Earnings:
    """How the commissions promised in this time stand now: since ≤ t < until."""
    row = await work.fetch_one(SUMS_SQL, shop, since, until)
    assert row is not None
    return Earnings(**row)


async def day_sums(work: Work, shop: UUID, since: Instant, until: Instant) -> Earnings:
    """What a shop's day came to, since ≤ t < until: promised in it and still pending or held, become its own in it, gone back in it."""
    row = await work.fetch_one(DAY_SUMS_SQL, shop, since, until)
    assert row is not None
    return Earnings(**row)


async def day_of_shop(
    work: Work, shop: UUID, since: Instant, until: Instant, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Each commission that something happened to in this time, as rows of `commissions` with their `lowerings`, the newest first."""
    (last,) = decode_key(after, tuple[UUID]) or (LAST,)
    rows = await work.fetch(DAY_SQL, shop, since, until, last, size + 1)
    return page_of(rows, size, lambda row: (row["id"],))


async def moved(work: Work, shop: UUID, since: Instant, until: Instant) -> tuple[int, int, int]:
    """(matured, taken back after that, of it owed) in this time, in minor units."""
    matured: int = await work.fetch_value(MATURED_SQL, shop, since, until)
    back = await work.fetch_one(BACK_SQL, shop, since, until)
    assert back is not None
    return matured, back["back"], back["debt"]


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: what his shop earned, and what he said of it."""
    return [dict(row) for row in await work.fetch(TOLD_SQL, person)]


async def promised_between(work: Work, since: Instant, until: Instant) -> Pay:
    """What is left of the commissions that were promised then: in all, of buyers who answer for no shop, of no line of goods."""
    row = await work.fetch_one(PROMISED_BETWEEN_SQL, since, until)
    assert row is not None
    return Pay(row["all_minor"], row["retail_minor"], row["recruits_minor"])


def paid_by_month(work: Work, since: Instant, until: Instant) -> AsyncIterator[Any]:
    """What became the shops' to claim then: rows of month (its first day), shop_id, own_minor (level 1), invited_minor (level 2),
    recruits_minor, paid_minor (all of it), back_minor (taken back since, or owed)."""
    return work.stream(PAID_BY_MONTH_SQL, since, until, work.market.time_zone)
