"""Reads of carts, and what must always be true of them."""

from typing import Any
from uuid import UUID

from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.trade.carts.model import LINES_MAX

LINES_SQL = "SELECT sku_id, units, added_at FROM carts.lines WHERE market_id = $1 AND person_id = $2 ORDER BY added_at DESC, sku_id"
BOUNDED_SQL = invariant(
    "I51",
    "no cart has more lines than one checkout takes",
    f"SELECT 'person ' || person_id FROM carts.lines WHERE market_id = $1 GROUP BY person_id HAVING count(*) > {LINES_MAX}",
)


async def lines_of(work: Work, person: UUID) -> list[Any]:
    """The person's cart, what was put in last at the top; rows of sku_id, units, added_at."""
    return await work.fetch(LINES_SQL, person)


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person."""
    return [dict(row) for row in await lines_of(work, person)]
