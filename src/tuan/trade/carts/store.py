"""All SQL that writes carts."""

from collections.abc import Collection
from uuid import UUID

from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.carts.model import CartLine, Carts

LOCK_PERSON_SQL = "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
"""Whoever puts something in waits for whoever does so for the same person: the lines are counted by one at a time."""
UNITS_SQL = "SELECT sku_id, units FROM carts.lines WHERE market_id = $1 AND person_id = $2"
KEEP_SQL = (
    "INSERT INTO carts.lines AS l (market_id, person_id, sku_id, units, added_at) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (market_id, person_id, sku_id) DO UPDATE SET units = excluded.units"
)
TAKE_OUT_SQL = "DELETE FROM carts.lines WHERE market_id = $1 AND person_id = $2 AND sku_id = $3"
EMPTY_SQL = "DELETE FROM carts.lines WHERE market_id = $1 AND person_id = $2"
LOCK_LINES_SQL = (
    "SELECT l.person_id, l.sku_id, l.units FROM carts.lines l JOIN unnest($2::uuid[], $3::uuid[]) "
    "AS u(person_id, sku_id) ON l.person_id = u.person_id AND l.sku_id = u.sku_id "
    "WHERE l.market_id = $1 AND l.person_id = ANY($2) ORDER BY l.person_id, l.sku_id FOR UPDATE OF l"
)
CHECK_OUT_SQL = (
    "DELETE FROM carts.lines AS t USING unnest($2::uuid[], $3::uuid[]) AS u(person_id, sku_id) "
    "WHERE t.market_id = $1 AND t.person_id = ANY($2) AND t.person_id = u.person_id AND t.sku_id = u.sku_id"
)
CHECK_OUT = bulk.Bulk("carts.lines", CHECK_OUT_SQL, ("person_id", "sku_id"))


async def load_carts(work: Work, asked: Collection[tuple[UUID, UUID]]) -> Carts:
    """The lines of these (person, SKU) pairs that are there, locked in the order of their keys."""
    persons, skus = zip(*set(asked), strict=True)
    rows = await work.lock("carts", LOCK_LINES_SQL, list(persons), list(skus))
    return Carts(CartLine(*row.values()) for row in rows)


async def save_carts(work: Work, carts: Carts) -> None:
    """What was checked out is gone; a line that is no longer there stops the transaction."""
    await work.write(CHECK_OUT, carts.taken)
