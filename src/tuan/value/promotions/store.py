"""All SQL that writes promotions, and the loaded sets that are decided against."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.value.promotions import tables
from tuan.value.promotions.model import A_DAY, Coupon, Coupons, Rule, RulePrice, Rules, TakeCoupon, Taking, Template

TEMPLATE_COLUMNS = (
    "id, name, supplier_id, bearer, off_minor, off_permyriad, cap_minor, threshold_minor, covers, leaves_out, stacks, way, "
    "newcomers, friends, starts_at, ends_at, valid_until, valid_seconds, total, taken, per_person, per_day, state"
)
COUPON_COLUMNS = "id, template_id, person_id, state, taken_at, valid_from, valid_until, friends_missing, about, lines, lines_back, number"
INSERT_TEMPLATES = bulk.insert(
    tables.templates, "id", "name", "supplier_id", "bearer", "off_minor", "off_permyriad", "cap_minor",
    "threshold_minor", "covers", "leaves_out", "stacks", "way", "code", "newcomers", "friends", "starts_at", "ends_at",
    "valid_until", "valid_seconds", "total", "per_person", "per_day", "state", "made_at",
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
    "valid_until",
)  # fmt: skip
MOVE_COUPONS = bulk.move(tables.coupons, key=["id"], columns=["friends_missing", "about", "lines", "lines_back"])
LOCK_TEMPLATES_SQL = (
    f"SELECT {TEMPLATE_COLUMNS} FROM promotions.templates WHERE market_id = $1 AND id = ANY($2::uuid[]) "
    "ORDER BY id FOR UPDATE"
)
TEMPLATES_SQL = f"SELECT {TEMPLATE_COLUMNS} FROM promotions.templates WHERE market_id = $1 AND id = ANY($2::uuid[])"
CODES_SQL = (
    "SELECT id, code FROM promotions.templates WHERE market_id = $1 AND code = ANY($2::text[]) AND state = 'running'"
)
COUNTS_SQL = (
    "SELECT template_id, person_id, count(*) AS in_all, count(*) FILTER (WHERE taken_at > $4) AS in_a_day "
    "FROM promotions.coupons WHERE market_id = $1 AND template_id = ANY($2::uuid[]) AND person_id = ANY($3::uuid[]) "
    "GROUP BY template_id, person_id"
)
LOCK_COUPONS_SQL = f"SELECT {COUPON_COLUMNS} FROM promotions.coupons WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
COUPONS_SQL = f"SELECT {COUPON_COLUMNS} FROM promotions.coupons WHERE market_id = $1 AND id = ANY($2::uuid[])"
END_TEMPLATE_SQL = (
    "UPDATE promotions.templates SET state = 'ended' WHERE market_id = $1 AND id = $2 AND state = 'running'"
)
INSERT_RULES = bulk.insert(
    tables.rules, "id", "kind", "name", "supplier_id", "bearer", "starts_at", "ends_at", "per_order", "stacks_with", "steps",
    "covers", "leaves_out", "state", "made_at",
)  # fmt: skip
INSERT_RULE_PRICES = bulk.insert(tables.rule_prices, "rule_id", "sku_id", "price_minor", "allotment_id")
END_RULE_SQL = "UPDATE promotions.rules SET state = 'ended' WHERE market_id = $1 AND id = $2 AND state = 'running'"
LOCK_MARKET_SQL = "SELECT id FROM platform.markets WHERE id = $1 FOR NO KEY UPDATE"
RULE_COLUMNS = (
    "r.id, r.kind, r.name, r.supplier_id, r.bearer, r.starts_at, r.ends_at, r.per_order, r.stacks_with, r.steps, "
    "r.covers, r.leaves_out, p.sku_id, p.price_minor, p.allotment_id"
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
RULE_SQL = (
    f"SELECT {RULE_COLUMNS} FROM promotions.rules r LEFT JOIN promotions.rule_prices p ON p.market_id = r.market_id "
    "AND p.rule_id = r.id WHERE r.market_id = $1 AND r.id = $2"
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
    now = await work.read_clock()
    counts = await work.fetch(COUNTS_SQL, [row["id"] for row in rows], list(persons), now - A_DAY)
    return Taking(
        (Template(*row.values()) for row in rows),
        codes or {},
        {(r["template_id"], r["person_id"]): (r["in_all"], r["in_a_day"]) for r in counts},
        friends,
        old_customers,
        now,
    )


async def save_taking(work: Work, taking: Taking) -> None:
    """What was taken, and the friends' coupons that came closer to opening."""
    more: dict[UUID, int] = {}
    for coupon in taking.new:
        more[coupon.template_id] = more.get(coupon.template_id, 0) + 1
    await work.write(SAVE_TEMPLATES, [_Taken(template, count) for template, count in sorted(more.items())])
    await work.write(INSERT_COUPONS, taking.new)
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


async def load_rules(work: Work, skus: Collection[UUID]) -> Rules:
    """What stands now for these SKUs. Not locked: the price a transaction reads is the price it freezes."""
    return Rules(rules_of(await work.fetch(RULES_NOW_SQL, list(set(skus)), work.now)))


async def rules_beside(work: Work, kind: str, begins: Instant, ends: Instant) -> list[Rule]:
    """Running rules of a kind whose time meets this one, with all their prices."""
    return rules_of(await work.fetch(RULES_BESIDE_SQL, kind, begins, ends))


def rules_of(rows: Iterable[Any]) -> list[Rule]:
    found: dict[UUID, tuple[Any, list[RulePrice]]] = {}
    for row in rows:
        _, prices = found.setdefault(row["id"], (row, []))
        if row["sku_id"] is not None:
            prices.append(RulePrice(row["sku_id"], row["price_minor"], row["allotment_id"]))
    return [
        Rule(r["id"], r["kind"], r["name"], r["supplier_id"], r["bearer"], r["starts_at"], r["ends_at"], r["per_order"],
             r["stacks_with"], r["steps"], r["covers"], r["leaves_out"], tuple(prices))
        for r, prices in found.values()
    ]  # fmt: skip
