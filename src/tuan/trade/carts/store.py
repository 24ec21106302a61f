"""All SQL that writes carts."""

from collections.abc import Collection
from uuid import UUID

from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.carts.model import CartLine, Carts, CartSets, There

LOCK_PERSON_SQL = "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
"""Whoever puts something in waits for whoever does so for the same person: the lines are counted by one at a time."""
UNITS_SQL = "SELECT sku_id, units FROM carts.lines WHERE market_id = $1 AND person_id = $2"
KEEP_SQL = (
    "INSERT INTO carts.lines AS l (market_id, person_id, sku_id, units, added_at) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (market_id, person_id, sku_id) DO UPDATE SET units = excluded.units"
)
TAKE_OUT_SQL = "DELETE FROM carts.lines WHERE market_id = $1 AND person_id = $2 AND sku_id = $3"
EMPTY_SQL = "DELETE FROM carts.lines WHERE market_id = $1 AND person_id = $2"
SETS_SQL = (
    "SELECT c.bundle_id, c.sets, (SELECT count(*) FROM promotions.set_lines s WHERE s.market_id = c.market_id "
    "AND s.rule_id = c.bundle_id) AS parts FROM carts.sets c WHERE c.market_id = $1 AND c.person_id = $2"
)
KEEP_SETS_SQL = (
    "INSERT INTO carts.sets AS s (market_id, person_id, bundle_id, sets, set_minor, added_at) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (market_id, person_id, bundle_id) DO UPDATE SET sets = excluded.sets, set_minor = excluded.set_minor"
)
TAKE_SETS_OUT_SQL = "DELETE FROM carts.sets WHERE market_id = $1 AND person_id = $2 AND bundle_id = $3"
EMPTY_SETS_SQL = "DELETE FROM carts.sets WHERE market_id = $1 AND person_id = $2"
LOCK_LINES_SQL = (
    "SELECT l.person_id, l.sku_id, l.units FROM carts.lines l JOIN unnest($2::uuid[], $3::uuid[]) "
    "AS u(person_id, sku_id) ON l.person_id = u.person_id AND l.sku_id = u.sku_id "
    "WHERE l.market_id = $1 AND l.person_id = ANY($2) ORDER BY l.person_id, l.sku_id FOR UPDATE OF l"
)
LOCK_SETS_SQL = (
    "SELECT s.person_id, s.bundle_id, s.sets FROM carts.sets s JOIN unnest($2::uuid[], $3::uuid[]) "
    "AS u(person_id, bundle_id) ON s.person_id = u.person_id AND s.bundle_id = u.bundle_id "
    "WHERE s.market_id = $1 AND s.person_id = ANY($2) ORDER BY s.person_id, s.bundle_id FOR UPDATE OF s"
)
CHECK_OUT_SQL = (
    "DELETE FROM carts.lines AS t USING unnest($2::uuid[], $3::uuid[]) AS u(person_id, sku_id) "
    "WHERE t.market_id = $1 AND t.person_id = ANY($2) AND t.person_id = u.person_id AND t.sku_id = u.sku_id"
)
CHECK_OUT = bulk.Bulk("carts.lines", CHECK_OUT_SQL, ("person_id", "sku_id"))
CHECK_SETS_OUT_SQL = (
    "DELETE FROM carts.sets AS t USING unnest($2::uuid[], $3::uuid[]) AS u(person_id, bundle_id) "
    "WHERE t.market_id = $1 AND t.person_id = ANY($2) AND t.person_id = u.person_id AND t.bundle_id = u.bundle_id"
)
CHECK_SETS_OUT = bulk.Bulk("carts.sets", CHECK_SETS_OUT_SQL, ("person_id", "bundle_id"))


async def lock_cart(work: Work, person: UUID) -> There:
    """What is in it; of two that change one cart the second sees what the first has left."""
    await work.lock("buyers", LOCK_PERSON_SQL, person)
    units = {row["sku_id"]: row["units"] for row in await work.fetch(UNITS_SQL, person)}
    sets = await work.fetch(SETS_SQL, person)
    return There(units, {row["bundle_id"]: row["sets"] for row in sets}, sum(row["parts"] for row in sets))


async def load_carts(work: Work, lines: Collection[tuple[UUID, UUID]], sets: Collection[tuple[UUID, UUID]]) -> Carts:
    """The lines of these (person, SKU) pairs and the sets of these (person, bundle) pairs that are there, locked in the order of
    their keys, lines before sets."""
    rows = await work.lock("carts", LOCK_LINES_SQL, *_columns(lines)) if lines else []
    more = await work.lock("carts", LOCK_SETS_SQL, *_columns(sets)) if sets else []
    return Carts((CartLine(*row.values()) for row in rows), (CartSets(*row.values()) for row in more))


def _columns(pairs: Collection[tuple[UUID, UUID]]) -> tuple[list[UUID], list[UUID]]:
    persons, others = zip(*set(pairs), strict=True)
    return list(persons), list(others)


async def save_carts(work: Work, carts: Carts) -> None:
    """What was checked out is gone; a line that is no longer there stops the transaction."""
    await work.write(CHECK_OUT, carts.taken)
    await work.write(CHECK_SETS_OUT, carts.taken_sets)
