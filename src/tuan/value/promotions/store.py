"""All SQL that writes promotions, and the loaded sets that are decided against."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.value.promotions import tables
from tuan.value.promotions.model import (
    A_DAY,
    Coupon,
    Coupons,
    Gift,
    Gifts,
    Rule,
    RuleKind,
    RulePrice,
    Rules,
    TakeCoupon,
    Taking,
    Template,
)

TEMPLATE_COLUMNS = (
    "id, name, supplier_id, bearer, off_minor, off_permyriad, cap_minor, threshold_minor, covers, leaves_out, stacks, way, "
    "newcomers, friends, starts_at, ends_at, valid_until, valid_seconds, total, taken, per_person, per_day, state, "
    "giftable, friends_new, gather_seconds"
)
COUPON_COLUMNS = "id, template_id, person_id, state, taken_at, valid_from, valid_until, friends_missing, about, lines, lines_back, number, open_until"
INSERT_TEMPLATES = bulk.insert(
    tables.templates, "id", "name", "supplier_id", "bearer", "off_minor", "off_permyriad", "cap_minor",
    "threshold_minor", "covers", "leaves_out", "stacks", "way", "code", "newcomers", "friends", "starts_at", "ends_at",
    "valid_until", "valid_seconds", "total", "per_person", "per_day", "state", "made_at", "giftable", "friends_new",
    "gather_seconds",
    on_conflict="ON CONFLICT DO NOTHING RETURNING id",
)  # fmt: skip
# However many take at once: a template never gives more than its total, and whoever counted from an old row is stopped.
SAVE_TEMPLATES_SQL = (
    "UPDATE promotions.templates AS t SET taken = t.taken + u.more FROM unnest($2::uuid[], $3::bigint[]) AS u(id, more) "
    "WHERE t.market_id = $1 AND t.id = ANY($2) AND t.id = u.id AND (t.total IS NULL OR t.taken + u.more <= t.total)"
)
SAVE_TEMPLATES = bulk.Bulk("promotions.templates", SAVE_TEMPLATES_SQL, ("template_id", "more"))
INSERT_COUPONS = bulk.insert(
    tables.coupons, "id", "template_id", "person_id", "number", "state", "friends_missing", "taken_at", "valid_from",
    "valid_until", "open_until",
)  # fmt: skip
MOVE_COUPONS = bulk.move(
    tables.coupons, key=["id"], columns=["friends_missing", "about", "lines", "lines_back", "person_id", "number"]
)
INSERT_HELPS = bulk.insert(tables.helps, "coupon_id", "person_id", "at")
INSERT_GIFTS = bulk.insert(tables.gifts, "id", "coupon_id", "template_id", "giver_id", "code", "state", "made_at")
END_GIFTS = bulk.move(tables.gifts, key=["id"], columns=["taker_id", "ended_at"])
GIFT_COLUMNS = "id, coupon_id, template_id, giver_id, code, state, made_at, taker_id, ended_at"
GIFTS_OF_SQL = f"SELECT {GIFT_COLUMNS} FROM promotions.gifts WHERE market_id = $1 AND coupon_id = $2"
GIFTS_SQL = f"SELECT {GIFT_COLUMNS} FROM promotions.gifts WHERE market_id = $1 AND code = ANY($2::text[])"
HELPS_SQL = "SELECT coupon_id, person_id FROM promotions.helps WHERE market_id = $1 AND coupon_id = ANY($2::uuid[])"
LOCK_TEMPLATES_SQL = (
    f"SELECT {TEMPLATE_COLUMNS} FROM promotions.templates WHERE market_id = $1 AND id = ANY($2::uuid[]) "
    "ORDER BY id FOR UPDATE"
)
TEMPLATES_SQL = f"SELECT {TEMPLATE_COLUMNS} FROM promotions.templates WHERE market_id = $1 AND id = ANY($2::uuid[])"
CODES_SQL = (
    "SELECT id, code FROM promotions.templates WHERE market_id = $1 AND code = ANY($2::text[]) AND state = 'running'"
)
# What somebody gave on counts as his, or he could take and give without end.
COUNTS_SQL = (
    "SELECT template_id, person_id, count(*) AS in_all, count(*) FILTER (WHERE at > $4) AS in_a_day FROM ("
    "SELECT template_id, person_id, taken_at AS at FROM promotions.coupons WHERE market_id = $1 "
    "AND template_id = ANY($2::uuid[]) AND person_id = ANY($3::uuid[]) UNION ALL "
    "SELECT template_id, giver_id, made_at FROM promotions.gifts WHERE market_id = $1 AND state = 'taken' "
    "AND template_id = ANY($2::uuid[]) AND giver_id = ANY($3::uuid[])) had GROUP BY template_id, person_id"
)
LOCK_COUPONS_SQL = f"SELECT {COUPON_COLUMNS} FROM promotions.coupons WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
COUPONS_SQL = f"SELECT {COUPON_COLUMNS} FROM promotions.coupons WHERE market_id = $1 AND id = ANY($2::uuid[])"
END_TEMPLATE_SQL = (
    "UPDATE promotions.templates SET state = 'ended' WHERE market_id = $1 AND id = $2 AND state = 'running'"
)
INSERT_RULES = bulk.insert(
    tables.rules, "id", "kind", "name", "supplier_id", "bearer", "starts_at", "ends_at", "per_order", "stacks_with", "steps",
    "covers", "leaves_out", "state", "made_at", "set_minor",
)  # fmt: skip
INSERT_SET_LINES = bulk.insert(tables.set_lines, "rule_id", "sku_id", "units")
INSERT_RULE_PRICES = bulk.insert(tables.rule_prices, "rule_id", "sku_id", "price_minor", "allotment_id")
END_RULE_SQL = "UPDATE promotions.rules SET state = 'ended' WHERE market_id = $1 AND id = $2 AND state = 'running'"
LOCK_MARKET_SQL = "SELECT id FROM platform.markets WHERE id = $1 FOR NO KEY UPDATE"
RULE_COLUMNS = (
    "r.id, r.kind, r.name, r.supplier_id, r.bearer, r.starts_at, r.ends_at, r.per_order, r.stacks_with, r.steps, "
    "r.covers, r.leaves_out, p.sku_id, p.price_minor, p.allotment_id, NULL::bigint AS set_minor, NULL::int AS units, "
    "r.state = 'running' AS is_running"
)
SET_COLUMNS = (
    "r.id, r.kind, r.name, r.supplier_id, r.bearer, r.starts_at, r.ends_at, r.per_order, r.stacks_with, r.steps, "
    "r.covers, r.leaves_out, s.sku_id, NULL::bigint AS price_minor, NULL::uuid AS allotment_id, r.set_minor, s.units, r.state = 'running' AS is_running"
)
RULES_NOW_SQL = (
    f"SELECT {RULE_COLUMNS} FROM promotions.rules r LEFT JOIN promotions.rule_prices p ON p.market_id = r.market_id "
    "AND p.rule_id = r.id AND p.sku_id = ANY($2::uuid[]) WHERE r.market_id = $1 AND r.state = 'running' "
    "AND r.starts_at <= $3 AND r.ends_at > $3 AND (p.sku_id IS NOT NULL OR r.kind = 'reward') ORDER BY r.id"
)
RULES_BESIDE_SQL = (
    f"SELECT {RULE_COLUMNS} FROM promotions.rules r LEFT JOIN promotions.rule_prices p ON p.market_id = r.market_id "
    "AND p.rule_id = r.id WHERE r.market_id = $1 AND r.state = 'running' AND r.kind = $2 AND r.starts_at < $4 "
    "AND r.ends_at > $3 ORDER BY r.id"
)
SETS_BESIDE_SQL = (
    f"SELECT {SET_COLUMNS} FROM promotions.rules r JOIN promotions.set_lines s ON s.market_id = r.market_id "
    "AND s.rule_id = r.id WHERE r.market_id = $1 AND r.state = 'running' AND r.kind = $2 AND r.starts_at < $4 "
    "AND r.ends_at > $3 ORDER BY r.id, s.sku_id"
)
RULE_SQL = (
    f"SELECT {RULE_COLUMNS} FROM promotions.rules r LEFT JOIN promotions.rule_prices p ON p.market_id = r.market_id "
    "AND p.rule_id = r.id WHERE r.market_id = $1 AND r.id = $2 AND r.kind <> 'bundle'"
)
BUNDLES_SQL = (
    f"SELECT {SET_COLUMNS} FROM promotions.rules r JOIN promotions.set_lines s ON s.market_id = r.market_id "
    "AND s.rule_id = r.id WHERE r.market_id = $1 AND r.id = ANY($2::uuid[]) ORDER BY r.id, s.sku_id"
)
PRICES_NOW_SQL = (
    f"SELECT {RULE_COLUMNS}, a.units AS set_aside, a.units - a.held AS set_left FROM promotions.rule_prices p "
    "JOIN promotions.rules r ON r.market_id = p.market_id AND r.id = p.rule_id LEFT JOIN supply.allotments a "
    "ON a.market_id = p.market_id AND a.id = p.allotment_id WHERE p.market_id = $1 AND p.sku_id = ANY($2::uuid[]) "
    "AND r.state = 'running' AND r.starts_at <= $3 AND r.ends_at > $3"
)
STANDING_SQL = (
    f"{PRICES_NOW_SQL} UNION ALL SELECT {SET_COLUMNS}, NULL::bigint, NULL::bigint FROM promotions.rules r "
    "JOIN promotions.set_lines s ON s.market_id = r.market_id AND s.rule_id = r.id WHERE r.market_id = $1 "
    "AND r.state = 'running' AND r.starts_at <= $3 AND r.ends_at > $3 AND r.id = ANY(ARRAY(SELECT rule_id "
    "FROM promotions.set_lines WHERE market_id = $1 AND sku_id = ANY($2::uuid[]))) ORDER BY ends_at, id, sku_id"
)
INSERT_TIER_SQL = "INSERT INTO promotions.tiers (market_id, id, name, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id"
SET_TIER_PRICE_SQL = (
    "INSERT INTO promotions.tier_prices (market_id, tier_id, sku_id, price_minor) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (market_id, tier_id, sku_id) DO UPDATE SET price_minor = excluded.price_minor"
)
DROP_TIER_PRICE_SQL = "DELETE FROM promotions.tier_prices WHERE market_id = $1 AND tier_id = $2 AND sku_id = $3"
PUT_IN_TIER_SQL = (
    "INSERT INTO promotions.tier_members (market_id, person_id, tier_id, since) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (market_id, person_id) DO UPDATE SET tier_id = excluded.tier_id, since = excluded.since"
)
LEAVE_TIER_SQL = "DELETE FROM promotions.tier_members WHERE market_id = $1 AND person_id = $2"
TIERS_SQL = (
    "SELECT m.person_id, m.tier_id, p.sku_id, p.price_minor FROM promotions.tier_members m LEFT JOIN promotions.tier_prices p "
    "ON p.market_id = m.market_id AND p.tier_id = m.tier_id AND p.sku_id = ANY($3::uuid[]) "
    "WHERE m.market_id = $1 AND m.person_id = ANY($2::uuid[])"
)


class _Taken:
    """How many more of a template were taken by a batch."""

    __slots__ = ("more", "template_id")

    def __init__(self, template_id: UUID, more: int) -> None:
        self.template_id, self.more = template_id, more


async def lock_taking(work: Work, commands: Sequence[TakeCoupon], old_customers: Iterable[UUID]) -> Taking:
    """Templates (by id or code), then the friends' coupons, locked in id order; the clock is read when they are held."""
    codes = {c.code for c in commands if c.code}
    by_code = {r["code"]: r["id"] for r in await work.fetch(CODES_SQL, list(codes))} if codes else {}
    wanted = {c.template for c in commands if c.template} | set(by_code.values())
    starters = {c.starter for c in commands if c.starter}
    return await lock_templates(work, wanted, {c.actor for c in commands}, starters, by_code, old_customers)


async def peek_taking(work: Work, template: UUID, persons: Collection[UUID], old_customers: Iterable[UUID]) -> Taking:
    """What giving some of a template would be decided against, without locks, for showing."""
    rows = await work.fetch(TEMPLATES_SQL, [template])
    counts = await work.fetch(COUNTS_SQL, [template], list(persons), work.now - A_DAY)
    return _taking(rows, {}, counts, Coupons([]), old_customers, work.now)


async def lock_templates(
    work: Work,
    wanted: Collection[UUID],
    persons: Collection[UUID],
    starters: Collection[UUID] = (),
    codes: Any = None,
    old_customers: Iterable[UUID] = (),
) -> Taking:
    """The same for known templates."""
    rows = await work.lock("coupons", LOCK_TEMPLATES_SQL, list(wanted))
    friends = await load_coupons(work, starters) if starters else Coupons([])
    helped = await work.fetch(HELPS_SQL, list(starters)) if starters else []
    now = await work.read_clock()
    counts = await work.fetch(COUNTS_SQL, [row["id"] for row in rows], list(persons), now - A_DAY)
    return _taking(rows, codes or {}, counts, friends, old_customers, now, helped)


def _taking(
    rows: Sequence[Any],
    codes: Any,
    counts: Sequence[Any],
    friends: Coupons,
    old_customers: Iterable[UUID],
    now: Instant,
    helped: Sequence[Any] = (),
) -> Taking:
    return Taking(
        (Template(*row.values()) for row in rows),
        codes,
        {(r["template_id"], r["person_id"]): (r["in_all"], r["in_a_day"]) for r in counts},
        friends,
        old_customers,
        now,
        ((row["coupon_id"], row["person_id"]) for row in helped),
    )


async def save_taking(work: Work, taking: Taking) -> None:
    """What was taken, and the friends' coupons that came closer to opening."""
    more: dict[UUID, int] = {}
    for coupon in taking.new:
        more[coupon.template_id] = more.get(coupon.template_id, 0) + 1
    await work.write(SAVE_TEMPLATES, [_Taken(template, count) for template, count in sorted(more.items())])
    await work.write(INSERT_COUPONS, taking.new)
    await work.write(INSERT_HELPS, taking.helps)
    await save_coupons(work, taking.starters)


async def load_coupons(work: Work, coupons: Collection[UUID]) -> Coupons:
    """These coupons, locked in id order, with their templates; what is not there is not in the set."""
    rows = await work.lock("coupons", LOCK_COUPONS_SQL, list(set(coupons)))
    return await _with_templates(work, rows)


async def peek_coupons(work: Work, coupons: Collection[UUID]) -> Coupons:
    """The same without locks, for showing; only the locked set decides."""
    return await _with_templates(work, await work.fetch(COUPONS_SQL, list(set(coupons))))


async def _with_templates(work: Work, rows: Sequence[Any]) -> Coupons:
    templates = await work.fetch(TEMPLATES_SQL, list({row["template_id"] for row in rows})) if rows else []
    return Coupons((Coupon(*row.values()) for row in rows), {row["id"]: Template(*row.values()) for row in templates})


async def save_coupons(work: Work, coupons: Coupons) -> None:
    """Write what moved; one that is no longer where it was stops the transaction."""
    await work.write(MOVE_COUPONS, list(coupons.changed.values()))


async def lock_gifts(
    work: Work, codes: Collection[str], persons: Collection[UUID], old_customers: Iterable[UUID]
) -> Gifts:
    """Gifts by code, with their templates and coupons locked in that order; a gift changes only under its coupon's lock."""
    named = await work.fetch(GIFTS_SQL, list(codes))
    taking = await lock_templates(work, {row["template_id"] for row in named}, persons,
                                  {row["coupon_id"] for row in named})  # fmt: skip
    rows = await work.fetch(GIFTS_SQL, list(codes)) if named else []
    return Gifts((Gift(*row.values()) for row in rows), taking.starters, taking.templates, taking.counts, old_customers,
                 taking.now)  # fmt: skip


async def past_gifts(work: Work, coupon: UUID) -> list[Gift]:
    return [Gift(*row.values()) for row in await work.fetch(GIFTS_OF_SQL, coupon)]


async def save_gifts(work: Work, gifts: Gifts) -> None:
    """Whose the coupons are now; a gift that somebody else ended stops the transaction."""
    await save_coupons(work, gifts.coupons)
    await work.write(END_GIFTS, gifts.changed)


async def load_rules(
    work: Work, skus: Collection[UUID], *, persons: Collection[UUID] = (), bundles: Collection[UUID] = ()
) -> Rules:
    """What stands now for these SKUs. Not locked: the price a transaction reads is the price it freezes.

    persons: whose tiers count. bundles: those that somebody wants to buy; where there are none, none are asked for.
    """
    standing = rules_of(await work.fetch(RULES_NOW_SQL, list(set(skus)), work.now))
    named = rules_of(await work.fetch(BUNDLES_SQL, list(set(bundles)))) if bundles else []
    rows = await work.fetch(TIERS_SQL, list(set(persons)), list(set(skus))) if persons else []
    return Rules(
        standing,
        [one.bundle(work.now) for one in named],
        {row["person_id"]: str(row["tier_id"]) for row in rows},
        {(str(row["tier_id"]), row["sku_id"]): row["price_minor"] for row in rows if row["sku_id"] is not None},
    )


async def rules_beside(work: Work, kind: str, begins: Instant, ends: Instant) -> list[Rule]:
    """Running rules of a kind whose time meets this one, with all their prices or sets."""
    sql = SETS_BESIDE_SQL if kind == RuleKind.BUNDLE else RULES_BESIDE_SQL
    return rules_of(await work.fetch(sql, kind, begins, ends))


def rules_of(rows: Iterable[Any]) -> list[Rule]:
    """Rows of one rule after the other, one for each price or line of a set."""
    found: dict[UUID, tuple[Any, list[RulePrice], list[tuple[UUID, int]]]] = {}
    for row in rows:
        _, prices, sets = found.setdefault(row["id"], (row, [], []))
        if row["units"] is not None:
            sets.append((row["sku_id"], row["units"]))
        elif row["sku_id"] is not None:
            prices.append(RulePrice(row["sku_id"], row["price_minor"], row["allotment_id"]))
    return [
        Rule(r["id"], r["kind"], r["name"], r["supplier_id"], r["bearer"], r["starts_at"], r["ends_at"], r["per_order"],
             r["stacks_with"], r["steps"], r["covers"], r["leaves_out"], tuple(prices), r["set_minor"], tuple(sets),
             r["is_running"])
        for r, prices, sets in found.values()
    ]  # fmt: skip
