"""Reads of promotions, and what must always be true of them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.value.promotions import store, tables
from tuan.value.promotions.model import Bundle, PriceNow, Rule, RuleKind, Standing, Template

CENTRE_MAX = 50
WALLET_MAX = 100

CENTRE_SQL = (
    f"SELECT {store.TEMPLATE_COLUMNS} FROM promotions.templates WHERE market_id = $1 AND state = 'running' "
    "AND way IN ('centre', 'friends') AND starts_at <= $2 AND ends_at > $2 AND (total IS NULL OR taken < total) "
    "ORDER BY ends_at, id LIMIT $3"
)
MINE_SQL = (
    "SELECT template_id, count(*) AS taken FROM promotions.coupons WHERE market_id = $1 AND person_id = $2 "
    "AND template_id = ANY($3::uuid[]) GROUP BY template_id"
)
WALLET_SQL = (
    "SELECT c.id, c.template_id, c.state, c.taken_at, c.valid_from, c.valid_until, c.friends_missing, t.name, "
    "t.giftable, g.code, g.state AS gift_state, c.open_until, t.supplier_id, t.off_minor, t.off_permyriad, t.cap_minor, t.threshold_minor, t.stacks, t.covers, t.leaves_out "
    "FROM promotions.coupons c JOIN promotions.templates t ON t.market_id = c.market_id AND t.id = c.template_id "
    "LEFT JOIN promotions.gifts g ON g.market_id = c.market_id AND g.coupon_id = c.id AND g.state IN ('open', 'taken') "
    "WHERE c.market_id = $1 AND c.person_id = $2 ORDER BY c.id DESC LIMIT $3"
)
USABLE_SQL = (
    "SELECT id FROM promotions.coupons WHERE market_id = $1 AND person_id = $2 AND state = 'free' "
    "AND valid_from <= $3 AND valid_until > $3 ORDER BY valid_until, id LIMIT $4"
)
GIFT_SQL = (
    "SELECT g.id, g.coupon_id, g.giver_id, g.taker_id, g.state, c.valid_until, t.name, t.supplier_id, t.off_minor, "
    "t.off_permyriad, t.cap_minor, t.threshold_minor, t.covers, t.leaves_out FROM promotions.gifts g "
    "JOIN promotions.coupons c ON c.market_id = g.market_id AND c.id = g.coupon_id JOIN promotions.templates t "
    "ON t.market_id = g.market_id AND t.id = g.template_id WHERE g.market_id = $1 AND g.code = $2"
)
COUPON_SQL = (
    "SELECT c.id, c.template_id, c.person_id, c.state, c.valid_until, c.friends_missing, t.name, t.off_minor, "
    "t.off_permyriad, t.cap_minor, t.threshold_minor, t.friends FROM promotions.coupons c JOIN promotions.templates t "
    "ON t.market_id = c.market_id AND t.id = c.template_id WHERE c.market_id = $1 AND c.id = $2"
)
TEMPLATE_SQL = f"SELECT {store.TEMPLATE_COLUMNS} FROM promotions.templates WHERE market_id = $1 AND id = $2"
NAMES_SQL = (
    "SELECT c.id, t.name FROM promotions.coupons c JOIN promotions.templates t ON t.market_id = c.market_id "
    "AND t.id = c.template_id WHERE c.market_id = $1 AND c.id = ANY($2::uuid[])"
)
IS_RUNNING_SQL = "SELECT true FROM promotions.rules WHERE market_id = $1 AND id = $2 AND state = 'running'"
RULES_DUE_SQL = "SELECT id FROM promotions.rules WHERE market_id = $1 AND state = 'running' AND ends_at <= $2 ORDER BY ends_at LIMIT $3"

TIER_ROWS_MAX = 200
ALL_TIERS_SQL = (
    "SELECT t.id, t.name, (SELECT count(*) FROM promotions.tier_members m WHERE m.market_id = $1 AND m.tier_id = t.id) "
    "AS members, (SELECT count(*) FROM promotions.tier_prices p WHERE p.market_id = $1 AND p.tier_id = t.id) AS prices "
    "FROM promotions.tiers t WHERE t.market_id = $1 ORDER BY t.name"
)
TIER_NAME_SQL = "SELECT name FROM promotions.tiers WHERE market_id = $1 AND id = $2"
TIER_PRICE_SQL = "SELECT price_minor FROM promotions.tier_prices WHERE market_id = $1 AND tier_id = $2 AND sku_id = $3"
TIER_PRICES_SQL = "SELECT sku_id, price_minor FROM promotions.tier_prices WHERE market_id = $1 AND tier_id = $2 ORDER BY sku_id LIMIT $3"
TIER_MEMBERS_SQL = "SELECT person_id, since FROM promotions.tier_members WHERE market_id = $1 AND tier_id = $2 ORDER BY since DESC LIMIT $3"
TIER_OF_SQL = (
    "SELECT t.id, t.name FROM promotions.tier_members m JOIN promotions.tiers t ON t.market_id = m.market_id "
    "AND t.id = m.tier_id WHERE m.market_id = $1 AND m.person_id = $2"
)

TAKEN_ADDS_UP_SQL = invariant(
    "I16",
    "a template has given as many coupons as it says, never more than its total, and to nobody more than his share",
    "SELECT 'template ' || t.id FROM promotions.templates t LEFT JOIN (SELECT template_id, count(*) AS taken "
    "FROM promotions.coupons WHERE market_id = $1 GROUP BY template_id) c ON c.template_id = t.id WHERE t.market_id = $1 "
    "AND (t.taken <> coalesce(c.taken, 0) OR t.taken > t.total) UNION ALL "
    "SELECT 'template ' || t.id || ' person ' || c.person_id FROM promotions.templates t JOIN promotions.coupons c "
    "ON c.market_id = t.market_id AND c.template_id = t.id WHERE t.market_id = $1 "
    "GROUP BY t.id, t.per_person, c.person_id HAVING count(*) > t.per_person",
)


GIFTS_AGREE_SQL = invariant(
    "I16b",
    "a coupon is offered exactly while a gift of it is open, and whoever took a gift is another person than its giver",
    "SELECT 'coupon ' || c.id FROM promotions.coupons c WHERE c.market_id = $1 AND (c.state = 'offered') <> EXISTS ("
    "SELECT FROM promotions.gifts g WHERE g.market_id = c.market_id AND g.coupon_id = c.id AND g.state = 'open') UNION ALL "
    "SELECT 'gift ' || id FROM promotions.gifts WHERE market_id = $1 AND taker_id = giver_id",
)
HELPS_AGREE_SQL = invariant(
    "I16c",
    "whose coupon opens with friends has been opened by every friend who helped, each once",
    "SELECT 'coupon ' || c.id FROM promotions.coupons c JOIN promotions.templates t ON t.market_id = c.market_id "
    "AND t.id = c.template_id WHERE c.market_id = $1 AND c.state = 'locked' AND t.friends - c.friends_missing < ("
    "SELECT count(*) FROM promotions.helps h WHERE h.market_id = c.market_id AND h.coupon_id = c.id)",
)

USED_SQL = (
    "SELECT id, template_id FROM promotions.coupons WHERE market_id = $1 AND template_id = ANY($2::uuid[]) "
    "AND state = 'used' ORDER BY id"
)


async def coupon_centre(work: Work, person: UUID | None) -> list[tuple[Template, int]]:
    """What is given away now, what ends first at the top, and how many of each this person has taken."""
    offered = [Template(*row.values()) for row in await work.fetch(CENTRE_SQL, work.now, CENTRE_MAX)]
    if person is None or not offered:
        return [(template, 0) for template in offered]
    mine = {r["template_id"]: r["taken"] for r in await work.fetch(MINE_SQL, person, [t.id for t in offered])}
    return [(template, mine.get(template.id, 0)) for template in offered]


async def wallet(work: Work, person: UUID) -> list[Any]:
    """The person's coupons, the newest first: rows of id, state, times, friends_missing and the terms."""
    return await work.fetch(WALLET_SQL, person, WALLET_MAX)


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: the coupons he took, and his tier."""
    tier = await tier_of(work, person)
    return [dict(row) for row in await wallet(work, person)] + ([{"tier": tier["name"]}] if tier else [])


async def usable_coupons(work: Work, person: UUID) -> list[UUID]:
    """Coupons that are free and valid now, the one that ends first at the top."""
    return [row["id"] for row in await work.fetch(USABLE_SQL, person, work.now, WALLET_MAX)]


async def access_coupon(work: Work, coupon: UUID) -> Any:
    """A coupon that is shared with friends, for whoever has its link; raises Refused(NotFound)."""
    row = await work.fetch_one(COUPON_SQL, coupon)
    if row is None:
        raise Refused(NotFound())
    return row


async def gift_by(work: Work, code: str) -> Any:
    """Row of the gift with this code: its state and giver, the coupon's state and validity, its name and terms; raises
    Refused(NotFound)."""
    row = await work.fetch_one(GIFT_SQL, code)
    if row is None:
        raise Refused(NotFound())
    return row


async def coupon_names(work: Work, coupons: list[UUID]) -> dict[UUID, str]:
    """What each of these coupons is called."""
    return {row["id"]: row["name"] for row in await work.fetch(NAMES_SQL, coupons)}


async def access_template(work: Work, template: UUID) -> Template:
    """A template in whatever state; raises Refused(NotFound)."""
    row = await work.fetch_one(TEMPLATE_SQL, template)
    if row is None:
        raise Refused(NotFound())
    return Template(*row.values())


async def find_rule(work: Work, rule: UUID) -> Rule | None:
    """A rule in whatever state with all its prices, or its set."""
    rows = await work.fetch(store.RULE_SQL, rule) or await work.fetch(store.BUNDLES_SQL, [rule])
    return next(iter(store.rules_of(rows)), None)


async def access_rule(work: Work, rule: UUID) -> Rule:
    """The same; raises Refused(NotFound)."""
    found = await find_rule(work, rule)
    if found is None:
        raise Refused(NotFound())
    return found


async def tiers(work: Work) -> list[Any]:
    """Rows of id, name, members, prices (how many of each), by name."""
    return await work.fetch(ALL_TIERS_SQL)


async def access_tier(work: Work, tier: UUID) -> tuple[str, list[Any], list[Any]]:
    """Its name, rows of its prices (sku_id, price_minor) and of the members who came last (person_id, since); raises
    Refused(NotFound)."""
    name = await work.fetch_value(TIER_NAME_SQL, tier)
    if name is None:
        raise Refused(NotFound())
    prices = await work.fetch(TIER_PRICES_SQL, tier, TIER_ROWS_MAX)
    return name, prices, await work.fetch(TIER_MEMBERS_SQL, tier, TIER_ROWS_MAX)


async def tier_price(work: Work, tier: UUID, sku: UUID) -> int | None:
    """What one costs in this tier, where that is set."""
    found: int | None = await work.fetch_value(TIER_PRICE_SQL, tier, sku)
    return found


async def tier_of(work: Work, person: UUID) -> Any:
    """Row of id and name of the person's tier; None for none."""
    return await work.fetch_one(TIER_OF_SQL, person)


async def rules_on(work: Work, skus: Collection[UUID], *, kind: str = "") -> list[Rule]:
    """Rules of other kinds than this that stand now for these SKUs, with their prices; and every reward, whatever it covers."""
    found = store.rules_of(await work.fetch(store.RULES_NOW_SQL, list(set(skus)), work.now))
    return [rule for rule in found if rule.kind != kind]


async def standing(work: Work, skus: Collection[UUID], *, with_bundles: bool = False) -> Standing:
    """What pages show of these SKUs, in one statement: the lowest price that stands for a while, and (where asked for) bundles.

    A flash session whose units are gone shows no price; whoever comes now pays another.
    """
    sql = store.STANDING_SQL if with_bundles else store.PRICES_NOW_SQL
    rows = await work.fetch(sql, list(set(skus)), work.now)
    prices: dict[UUID, PriceNow] = {}
    for row in rows:
        if row["units"] is not None or (row["set_left"] is not None and row["set_left"] <= 0):
            continue
        found = PriceNow(row["price_minor"], row["starts_at"], row["ends_at"], row["set_aside"], row["set_left"])
        # A flash session's price counts before one for a while, whichever is lower: it is what `fill` takes.
        before = prices.get(row["sku_id"])
        if before is None or before.units is None:
            prices[row["sku_id"]] = found
    sets = store.rules_of([row for row in rows if row["units"] is not None])
    return Standing(prices, tuple(one.bundle(work.now) for one in sets))


async def access_bundle(work: Work, bundle: UUID) -> Bundle:
    """A bundle, also one that is over; raises Refused(NotFound)."""
    found = await find_rule(work, bundle)
    if found is None or found.kind != RuleKind.BUNDLE:
        raise Refused(NotFound())
    return found.bundle(work.now)


async def find_bundles(work: Work, bundles: Collection[UUID]) -> dict[UUID, Bundle]:
    """By id, also those that are over; what is no bundle is absent."""
    rows = await work.fetch(store.BUNDLES_SQL, list(bundles)) if bundles else []
    return {rule.id: rule.bundle(work.now) for rule in store.rules_of(rows)}


async def is_running(work: Work, rule: UUID) -> bool:
    """Whether this rule has not been ended."""
    return bool(await work.fetch_value(IS_RUNNING_SQL, rule))


async def list_templates(work: Work, wanted: Wanted, *, state: str = "") -> Page[Any]:
    """Templates with all their terms, sorted by `made_at` or `taken`."""
    t = tables.templates
    query = sa.select(t).where(t.c.market_id == work.market.id)
    if state:
        query = query.where(t.c.state == state)
    return await list_rows(work, query, wanted, sorts={"made_at": t.c.made_at, "taken": t.c.taken}, key=t.c.id)


async def list_rules(work: Work, wanted: Wanted, *, state: str = "", kind: str = "") -> Page[Any]:
    """Rules with their terms, sorted by `made_at` or `ends_at`."""
    r = tables.rules
    query = sa.select(r).where(r.c.market_id == work.market.id)
    if state:
        query = query.where(r.c.state == state)
    if kind:
        query = query.where(r.c.kind == kind)
    return await list_rows(work, query, wanted, sorts={"made_at": r.c.made_at, "ends_at": r.c.ends_at}, key=r.c.id)


async def used_coupons(work: Work, templates: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The coupons of these templates that were used, by template."""
    found: dict[UUID, list[UUID]] = {}
    for row in await work.fetch(USED_SQL, list(templates)):
        found.setdefault(row["template_id"], []).append(row["id"])
    return found
