"""All SQL that writes distribution."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.play.distribution import model, tables
from tuan.play.distribution.model import (
    COMMISSION,
    Commission,
    Leg,
    Lowering,
    PlanId,
    Rate,
    Seller,
    Sign,
    Terms,
    Version,
    VersionState,
    Why,
    Withheld,
)

INSERT_PLANS = bulk.insert(tables.plans, "id", "name", "made_at")
INSERT_VERSIONS = bulk.insert(
    tables.versions, "plan_id", "number", "state", "line_most_bp", "budget_minor", "hold_days", "made_at"
)
INSERT_RATES = bulk.insert(
    tables.rates,
    "plan_id",
    "number",
    "place",
    "scope",
    "object_id",
    "depth",
    "rate_bp",
    "fixed_minor",
    "channels",
)
INSERT_COMMISSIONS = bulk.insert(
    tables.commissions, "id", "order_id", "line_number", "depth", "shop_id", "plan_id", "version", "rate_bp",
    "fixed_minor", "goods_minor", "amount_minor", "kept_minor", "state", "held_for", "accrued_at", "channel",
)  # fmt: skip
INSERT_WITHHELD = bulk.insert(
    tables.withheld,
    "id",
    "order_id",
    "line_number",
    "depth",
    "shop_id",
    "plan_id",
    "version",
    "channel",
    "article",
    "at",
)
MOVE_COMMISSIONS = bulk.move(
    tables.commissions,
    key=["id"],
    columns=["kept_minor", "landed_minor", "matures_at", "ended_at", "held_for"],
)
INSERT_LOWERINGS = bulk.insert(tables.lowerings, "id", "commission_id", "amount_minor", "debt_minor", "why", "at")
ADD_PROMISED = bulk.update(tables.versions, key=["plan_id", "number"], columns=[], add=["promised_minor"])

PLAN_SQL = "SELECT id, name FROM distribution.plans WHERE market_id = $1 AND id = $2 FOR UPDATE"
LAST_NUMBER_SQL = "SELECT coalesce(max(number), 0) FROM distribution.versions WHERE market_id = $1 AND plan_id = $2"
VERSIONS_SQL = (
    "SELECT plan_id, number, state, since, until, promised_minor, line_most_bp, budget_minor, hold_days FROM distribution.versions "
    "WHERE market_id = $1 AND since <= $3 AND (until IS NULL OR until > $2) ORDER BY plan_id, number"
)
LOCK_VERSIONS_SQL = f"{VERSIONS_SQL} FOR UPDATE"
LOCK_VERSION_SQL = (
    "SELECT plan_id, number, state, since, until, promised_minor, line_most_bp, budget_minor, hold_days FROM distribution.versions "
    "WHERE market_id = $1 AND plan_id = $2 ORDER BY number FOR UPDATE"
)
RATES_SQL = (
    "SELECT plan_id, number, scope, object_id, depth, rate_bp, fixed_minor, channels FROM distribution.rates "
    "WHERE market_id = $1 AND plan_id = ANY($2::uuid[]) ORDER BY plan_id, number, place"
)
SWITCH_ON_SQL = (
    "UPDATE distribution.versions SET state = 'on', since = $4, profile = $5, told_at = $6, notice_days = $7 "
    "WHERE market_id = $1 AND plan_id = $2 AND number = $3 AND state = 'draft'"
)
DROP_DRAFT_SQL = "UPDATE distribution.versions SET state = 'off' WHERE market_id = $1 AND plan_id = $2 AND number = $3 AND state = 'draft'"
END_VERSIONS_SQL = (
    "UPDATE distribution.versions SET state = 'off', until = greatest(since, $3), end_told_at = $4, end_notice_days = $5 "
    "WHERE market_id = $1 AND plan_id = $2 AND since IS NOT NULL AND (until IS NULL OR until > $3)"
)
"""What has not begun by then never stands."""
PLANS_LOCKED_SQL = "SELECT id FROM distribution.plans WHERE market_id = $1 ORDER BY id FOR UPDATE"
COLUMNS = (
    "c.id, c.order_id, c.line_number, c.depth, c.shop_id, c.plan_id, c.version, c.rate_bp, c.fixed_minor, c.goods_minor, c.amount_minor, "
    "c.kept_minor, c.state, c.held_for, c.accrued_at, c.landed_minor, c.matures_at, c.ended_at, c.state AS before"
)
RECOMMENDED_SQL = (
    "SELECT DISTINCT a.order_id, o.placed_at FROM orders.attributions a JOIN orders.orders o ON o.market_id = a.market_id "
    "AND o.id = a.order_id WHERE a.market_id = $1 AND a.order_id = ANY($2::uuid[]) AND a.shop_id IS NOT NULL"
)
PLACE_OF = "lower(regexp_replace({0} || {1}, '[[:space:][:punct:]]', '', 'g'))"
"""A place as two people may have written it."""
SIGNS_SQL = (
    "SELECT u.order_id, u.shop_id, EXISTS (SELECT FROM accounts.addresses h JOIN orders.orders o ON o.market_id = $1 AND o.id = u.order_id "
    "WHERE h.market_id = $1 AND h.person_id = u.owner_id AND ("
    + PLACE_OF.format("h.region", "h.street")
    + " = "
    + PLACE_OF.format("(o.address->>'region')", "(o.address->>'street')")
    + " OR EXISTS (SELECT FROM accounts.addresses b "
    "WHERE b.market_id = $1 AND b.person_id = u.buyer_id AND "
    + PLACE_OF.format("h.region", "h.street")
    + " = "
    + PLACE_OF.format("b.region", "b.street")
    + "))) OR EXISTS (SELECT FROM accounts.persons p JOIN orders.orders o ON o.market_id = $1 "
    "AND o.id = u.order_id WHERE p.market_id = $1 AND p.id = u.owner_id AND length(p.phone) > 9 "
    "AND right(regexp_replace(p.phone, '[^0-9]', '', 'g'), 10) = right(regexp_replace(o.address->>'phone', '[^0-9]', '', 'g'), 10)) AS same_address, "
    "EXISTS (SELECT FROM accounts.devices d JOIN accounts.devices e ON e.market_id = $1 AND e.device = d.device "
    "WHERE d.market_id = $1 AND d.person_id = u.owner_id AND e.person_id = u.buyer_id) AS same_device, "
    "EXISTS (SELECT FROM settlement.accounts x JOIN settlement.accounts y ON y.market_id = $1 AND y.number = x.number "
    "WHERE x.market_id = $1 AND x.shop_id = u.shop_id AND (y.shop_id IN (SELECT id FROM parties.shops WHERE market_id = $1 "
    "AND owner_id = u.buyer_id) OR y.supplier_id IN (SELECT id FROM parties.suppliers WHERE market_id = $1 AND owner_id = u.buyer_id))) "
    "AS same_account, EXISTS (SELECT FROM orders.orders o JOIN payments.captures c ON c.market_id = $1 AND c.payable_id IN (o.payable_id, o.balance_id) "
    "JOIN payments.captures d ON d.market_id = $1 AND d.payer = c.payer AND d.payer <> '' "
    "JOIN payments.payables q ON q.market_id = $1 AND q.id = d.payable_id AND q.person_id = u.owner_id "
    "WHERE o.market_id = $1 AND o.id = u.order_id) AS same_payer, CASE WHEN EXISTS (SELECT FROM parties.shops m WHERE m.market_id = $1 AND m.owner_id = u.buyer_id) THEN "
    "(WITH RECURSIVE bought(owner_id, path) AS (SELECT u.owner_id, ARRAY[u.owner_id] UNION SELECT s.owner_id, b.path || s.owner_id "
    "FROM bought b JOIN orders.orders o ON o.market_id = $1 AND o.person_id = b.owner_id AND o.paid_at > $6 "
    "JOIN orders.attributions a ON a.market_id = $1 AND a.order_id = o.id JOIN parties.shops s ON s.market_id = $1 AND s.id = a.shop_id "
    "WHERE NOT s.owner_id = ANY(b.path) AND cardinality(b.path) < $7::int) "
    "SELECT path FROM bought WHERE owner_id = u.buyer_id ORDER BY cardinality(path) LIMIT 1) END AS ring "
    "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) AS u(order_id, shop_id, owner_id, buyer_id)"
)
"""What speaks against a real sale. ring: from the shop's owner by whose shops he bought, and so on, to the buyer."""
RING_MAX = 5
RING_SINCE = timedelta(days=90)
LOCK_LEGS_SQL = (
    f"SELECT {COLUMNS} FROM distribution.commissions c JOIN orders.orders o ON o.market_id = c.market_id AND o.id = c.order_id "
    "JOIN parties.shops s ON s.market_id = c.market_id AND s.id = c.shop_id JOIN unnest($2::uuid[], $3::uuid[]) AS u(buyer_id, owner_id) "
    "ON u.buyer_id = o.person_id AND u.owner_id = s.owner_id WHERE c.market_id = $1 AND o.person_id = ANY($2) "
    "AND c.state = 'pending' ORDER BY c.id FOR UPDATE OF c"
)
SOLD_SQL = (
    "SELECT a.order_id, a.line_number, o.person_id AS buyer_id, o.placed_at, l.sku_id, k.product_id, p.category_id, l.units, "
    "ARRAY(SELECT DISTINCT x.source_id FROM orders.allocations x WHERE x.market_id = a.market_id AND x.order_id = a.order_id "
    "AND x.line_number = a.line_number AND x.source_id IS NOT NULL) AS campaigns, "
    "s.id AS shop_id, s.owner_id, s.state = 'open' AS is_open, i.id AS inviter_id, i.owner_id AS inviter_owner_id, "
    "i.state = 'open' AS inviter_is_open, n.channel, a.channel AS bought_in FROM orders.attributions a "
    "JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id "
    "JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number "
    "JOIN catalog.skus k ON k.market_id = l.market_id AND k.id = l.sku_id "
    "JOIN catalog.products p ON p.market_id = k.market_id AND p.id = k.product_id "
    "JOIN parties.shops s ON s.market_id = a.market_id AND s.id = a.shop_id "
    "LEFT JOIN parties.shops i ON i.market_id = s.market_id AND i.id = s.inviter_id "
    "LEFT JOIN sharing.links n ON n.market_id = a.market_id AND n.code = a.code "
    "WHERE a.market_id = $1 AND a.order_id = ANY($2::uuid[]) AND o.paid_at IS NOT NULL AND NOT EXISTS (SELECT FROM shops.withheld w "
    "WHERE w.market_id = p.market_id AND w.product_id = p.id AND w.since <= o.placed_at) AND NOT EXISTS (SELECT FROM "
    "distribution.commissions c WHERE c.market_id = a.market_id AND c.order_id = a.order_id AND c.line_number = a.line_number) "
    "AND NOT EXISTS (SELECT FROM distribution.withheld w WHERE w.market_id = a.market_id AND w.order_id = a.order_id "
    "AND w.line_number = a.line_number) "
    "ORDER BY a.order_id, a.line_number"
)
LOCK_OF_ORDERS_SQL = f"SELECT {COLUMNS} FROM distribution.commissions c WHERE c.market_id = $1 AND c.order_id = ANY($2::uuid[]) ORDER BY c.id FOR UPDATE"
LOCK_ONE_SQL = f"SELECT {COLUMNS} FROM distribution.commissions c WHERE c.market_id = $1 AND c.id = $2 FOR UPDATE"
LOCK_DUE_SQL = (
    f"SELECT {COLUMNS} FROM distribution.commissions c WHERE c.market_id = $1 AND c.state = 'pending' AND c.matures_at <= $2 "
    "AND NOT EXISTS (SELECT FROM aftersales.cases x WHERE x.market_id = c.market_id AND x.order_id = c.order_id "
    "AND x.deadline IS NOT NULL) ORDER BY c.id LIMIT $3 FOR UPDATE OF c SKIP LOCKED"
)
SETTLED_SQL = (
    "SELECT o.id, o.supplier_id, o.received_at FROM orders.orders o WHERE o.market_id = $1 AND o.id = ANY($2::uuid[]) "
    "AND EXISTS (SELECT FROM settlement.claims c WHERE c.market_id = o.market_id AND c.order_id = o.id)"
)
HOLD_DAYS_SQL = (
    "SELECT plan_id, number, hold_days FROM distribution.versions WHERE market_id = $1 AND plan_id = ANY($2::uuid[])"
)
SUPPLIERS_SQL = "SELECT id, supplier_id FROM orders.orders WHERE market_id = $1 AND id = ANY($2::uuid[])"
APPEAL_SQL = "UPDATE distribution.commissions SET appeal = $3, appealed_at = $4, appealed_by = $5 WHERE market_id = $1 AND id = $2"
APPEALED_SQL = "SELECT appealed_at FROM distribution.commissions WHERE market_id = $1 AND id = $2"
ANSWER_SQL = "UPDATE distribution.commissions SET answer = $3 WHERE market_id = $1 AND id = $2"


@dataclass(slots=True)
class PlanRow:
    id: PlanId
    name: str
    made_at: Instant


@dataclass(slots=True)
class VersionRow:
    plan_id: UUID
    number: int
    state: str
    line_most_bp: int
    budget_minor: int | None
    hold_days: int
    made_at: Instant


@dataclass(slots=True)
class RateRow:
    plan_id: UUID
    number: int
    place: int
    scope: str
    object_id: UUID | None
    depth: int
    rate_bp: int
    fixed_minor: int
    channels: list[str]


@dataclass(slots=True)
class Promised:
    """By how much what is promised by a version changes."""

    plan_id: UUID
    number: int
    promised_minor: int


async def lock_plan(work: Work, plan: UUID) -> str | None:
    """Its name; whoever drafts or switches a version of it comes one after the other."""
    rows = await work.lock("campaigns", PLAN_SQL, plan)
    return rows[0]["name"] if rows else None


async def lock_plans(work: Work) -> None:
    """Whoever switches a version weighs it against those of all plans: they are switched one after the other."""
    await work.lock("campaigns", PLANS_LOCKED_SQL)


async def add_version(work: Work, plan: UUID, terms: Terms) -> int:
    """The number of a new draft of a plan that is locked."""
    number: int = await work.fetch_value(LAST_NUMBER_SQL, plan) + 1
    row = VersionRow(
        plan, number, VersionState.DRAFT, terms.line_most_bp, terms.budget_minor, terms.hold_days, work.now
    )
    await work.write(INSERT_VERSIONS, [row])
    rates = [
        RateRow(plan, number, place, r.scope, r.object_id, r.depth, r.rate_bp, r.fixed_minor, sorted(r.channels))
        for place, r in enumerate(terms.rates, start=1)
    ]
    await work.write(INSERT_RATES, rates)
    return number


async def load_versions(work: Work, first: Instant, last: Instant, *, to_promise: bool = False) -> list[Version]:
    """Every version that stood at some moment between these; locked to promise from them where one has a budget."""
    rows = await work.fetch(VERSIONS_SQL, first, last)
    if to_promise and any(row["budget_minor"] is not None for row in rows):
        rows = await work.lock("campaigns", LOCK_VERSIONS_SQL, first, last)
    return await with_rates(work, rows)


async def lock_versions(work: Work, plan: UUID) -> dict[int, Version]:
    """All versions of a plan by their number."""
    rows = await work.lock("campaigns", LOCK_VERSION_SQL, plan)
    return {one.number: one for one in await with_rates(work, rows)}


async def with_rates(work: Work, rows: Sequence[Any]) -> list[Version]:
    """The versions of these rows with what they pay."""
    if not rows:
        return []
    rates: dict[tuple[UUID, int], list[Rate]] = defaultdict(list)
    for row in await work.fetch(RATES_SQL, list({row["plan_id"] for row in rows})):
        told = row["channels"]
        channels = model.channels_of(row["depth"]) if told is None else frozenset(map(Channel, told))
        rate = Rate(row["scope"], row["object_id"], row["depth"], row["rate_bp"], row["fixed_minor"], channels)
        rates[row["plan_id"], row["number"]].append(rate)
    return [
        Version(
            row["plan_id"], row["number"], row["state"],
            Terms(tuple(rates[row["plan_id"], row["number"]]), row["line_most_bp"], row["budget_minor"], row["hold_days"]),
            row["since"], row["until"], row["promised_minor"],
        )
        for row in rows
    ]  # fmt: skip


async def recommended(work: Work, orders: Collection[UUID]) -> dict[UUID, Instant]:
    """Those of these orders that some shop recommended, and when they were placed."""
    rows = await work.fetch(RECOMMENDED_SQL, list(set(orders)))
    return {row["order_id"]: row["placed_at"] for row in rows}


async def signs_of(work: Work, asked: Sequence[tuple[UUID, Seller, UUID]]) -> list[Sign]:
    """What speaks against real sales, of (order, shop, buyer); of several things the first counts."""
    orders, sellers, buyers = zip(*asked, strict=True)
    shops, owners = [one.shop_id for one in sellers], [one.owner_id for one in sellers]
    rows = await work.fetch(SIGNS_SQL, list(orders), shops, owners, list(buyers), work.now - RING_SINCE, RING_MAX)
    return [sign for row in rows if (sign := _sign(row)) is not None]


def _sign(row: Any) -> Sign | None:
    path = row["ring"]
    if path is not None:
        return Sign(row["order_id"], row["shop_id"], Why.RING, tuple(pairwise(path)))
    why = next((why for why in (Why.SAME_ADDRESS, Why.SAME_DEVICE, Why.SAME_ACCOUNT, Why.SAME_PAYER) if row[why]), None)
    return None if why is None else Sign(row["order_id"], row["shop_id"], why)


async def lock_legs(work: Work, legs: Collection[Leg]) -> list[Commission]:
    """Commissions of these purchases that are still pending."""
    buyers, owners = zip(*sorted(legs), strict=True)
    rows = await work.lock("claims", LOCK_LEGS_SQL, list(buyers), list(owners))
    return [Commission(*row.values()) for row in rows]


def sellers_of(row: Any) -> dict[int, Seller]:
    """By depth: the shop that sold, and the one that invited it."""
    sellers = {1: Seller(row["shop_id"], row["owner_id"], row["is_open"])}
    if row["inviter_id"] is not None:
        sellers[2] = Seller(row["inviter_id"], row["inviter_owner_id"], row["inviter_is_open"])
    return sellers


async def add_commissions(
    work: Work, made: Sequence[Commission], withheld: Sequence[Withheld], lowered: Sequence[Lowering]
) -> None:
    """Promised from now on, and taken from what their versions may still promise; and what is not promised, with its reason."""
    await work.write(INSERT_COMMISSIONS, made)
    await work.write(INSERT_WITHHELD, withheld)
    await work.write(INSERT_LOWERINGS, lowered)
    await add_promised(work, ((one, one.kept_minor) for one in made))


async def add_promised(work: Work, changes: Iterable[tuple[Commission, int]]) -> None:
    sums: dict[tuple[UUID, int], int] = defaultdict(int)
    for one, minor in changes:
        sums[one.plan_id, one.version] += minor
    rows = [Promised(plan, number, minor) for (plan, number), minor in sorted(sums.items()) if minor]
    await work.write(ADD_PROMISED, rows)


async def lock_commissions(work: Work, orders: Collection[UUID]) -> list[Commission]:
    rows = await work.lock("claims", LOCK_OF_ORDERS_SQL, list(orders))
    return [Commission(*row.values()) for row in rows]


async def lock_commission(work: Work, commission: UUID) -> Commission | None:
    rows = await work.lock("claims", LOCK_ONE_SQL, commission)
    return Commission(*rows[0].values()) if rows else None


async def lock_due(work: Work, limit: int) -> list[Commission]:
    """Whose time has come and of whose orders nothing is being asked back."""
    return [Commission(*row.values()) for row in await work.lock("claims", LOCK_DUE_SQL, work.now, limit)]


async def save_commissions(work: Work, changed: Sequence[Commission], lowered: Sequence[Lowering] = ()) -> None:
    """Write what moved; the states are those of the table, and each row was in the state that it was locked in."""
    for one in changed:
        if one.state != one.before:
            COMMISSION.check(one.before, one.state)
    await work.write(MOVE_COMMISSIONS, changed)
    await work.write(INSERT_LOWERINGS, lowered)


async def settled(work: Work, orders: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of id, supplier_id, received_at of those of these orders that were settled."""
    return {row["id"]: row for row in await work.fetch(SETTLED_SQL, list(orders))}


async def suppliers_of(work: Work, orders: Collection[UUID]) -> dict[UUID, UUID]:
    return {row["id"]: row["supplier_id"] for row in await work.fetch(SUPPLIERS_SQL, list(orders))}


async def hold_times(work: Work, commissions: Iterable[Commission]) -> dict[tuple[UUID, int], timedelta]:
    """By plan and version: how long after receipt a commission waits."""
    rows = await work.fetch(HOLD_DAYS_SQL, list({one.plan_id for one in commissions}))
    return {(row["plan_id"], row["number"]): timedelta(days=row["hold_days"]) for row in rows}
