"""Reads of carts, and what must always be true of them."""

from typing import Any
from uuid import UUID

from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.trade.carts.model import LINES_MAX

LINES_SQL = "SELECT sku_id, units, added_at FROM carts.lines WHERE market_id = $1 AND person_id = $2 ORDER BY added_at DESC, sku_id"
SETS_SQL = (
    "SELECT bundle_id, sets, set_minor, added_at FROM carts.sets WHERE market_id = $1 AND person_id = $2 "
    "ORDER BY added_at DESC, bundle_id"
)
BOUNDED_SQL = invariant(
    "I51",
    "no cart has more lines than one checkout takes",
    "SELECT 'person ' || person_id FROM (SELECT person_id FROM carts.lines WHERE market_id = $1 UNION ALL "
    "SELECT c.person_id FROM carts.sets c JOIN promotions.set_lines s ON s.market_id = c.market_id AND s.rule_id = c.bundle_id "
    f"WHERE c.market_id = $1) x GROUP BY person_id HAVING count(*) > {LINES_MAX}",
)
SOLD_SO_SQL = invariant(
    "I83",
    "what is in a cart as sets is a bundle, and no more of it than is sold at once",
    "SELECT 'person ' || c.person_id || ' bundle ' || c.bundle_id FROM carts.sets c LEFT JOIN promotions.rules r "
    "ON r.market_id = c.market_id AND r.id = c.bundle_id WHERE c.market_id = $1 "
    "AND (r.kind IS DISTINCT FROM 'bundle' OR c.sets > r.per_order OR c.set_minor > r.set_minor)",
)


async def lines_of(work: Work, person: UUID) -> list[Any]:
    """The person's cart, what was put in last at the top; rows of sku_id, units, added_at."""
    return await work.fetch(LINES_SQL, person)


async def sets_of(work: Work, person: UUID) -> list[Any]:
    """The sets in the person's cart, what was put in last at the top; rows of bundle_id, sets, set_minor (of one, when that number
    was said), added_at."""
    return await work.fetch(SETS_SQL, person)


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person."""
    return [dict(row) for row in (*await lines_of(work, person), *await sets_of(work, person))]
