"""Reads of promotions, and what must always be true of them."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.value.promotions import store, tables
from tuan.value.promotions.model import Rule, Template

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
    "t.supplier_id, t.off_minor, t.off_permyriad, t.cap_minor, t.threshold_minor, t.stacks, t.covers, t.leaves_out "
    "FROM promotions.coupons c JOIN promotions.templates t ON t.market_id = c.market_id AND t.id = c.template_id "
    "WHERE c.market_id = $1 AND c.person_id = $2 ORDER BY c.id DESC LIMIT $3"
)
USABLE_SQL = (
    "SELECT id FROM promotions.coupons WHERE market_id = $1 AND person_id = $2 AND state = 'free' "
    "AND valid_from <= $3 AND valid_until > $3 ORDER BY valid_until, id LIMIT $4"
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
    """What this module keeps about a person: the coupons he took."""
    return [dict(row) for row in await wallet(work, person)]


async def usable_coupons(work: Work, person: UUID) -> list[UUID]:
    """Coupons that are free and valid now, the one that ends first at the top."""
    return [row["id"] for row in await work.fetch(USABLE_SQL, person, work.now, WALLET_MAX)]


async def access_coupon(work: Work, coupon: UUID) -> Any:
    """A coupon that is shared with friends, for whoever has its link; raises Refused(NotFound)."""
    row = await work.fetch_one(COUPON_SQL, coupon)
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
    """A rule in whatever state with all its prices."""
    return next(iter(store.rules_of(await work.fetch(store.RULE_SQL, rule))), None)


async def access_rule(work: Work, rule: UUID) -> Rule:
    """The same; raises Refused(NotFound)."""
    found = await find_rule(work, rule)
    if found is None:
        raise Refused(NotFound())
    return found


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
