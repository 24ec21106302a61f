"""All SQL of supply."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.goods.supply import tables
from tuan.goods.supply.model import AllotmentId, AllotmentRow, Stock, StockRow
from tuan.platform import bulk, locks
from tuan.platform.work import Work

LOCK_STOCK_SQL = locks.timed(
    "SELECT sku_id, on_hand, held, allotted FROM supply.stock "
    "WHERE market_id = $1 AND sku_id = ANY($2::uuid[]) ORDER BY sku_id FOR UPDATE"
)
LOCK_ALLOTMENTS_SQL = locks.timed(
    "SELECT id, sku_id, units, held, open FROM supply.allotments "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
STOCK_SQL = "SELECT sku_id, on_hand, held, allotted FROM supply.stock WHERE market_id = $1 AND sku_id = ANY($2::uuid[])"
ALLOTMENTS_SQL = (
    "SELECT id, sku_id, units, held, open FROM supply.allotments WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
ADD_STOCK = bulk.insert(tables.stock, "sku_id", "on_hand", on_conflict="ON CONFLICT DO NOTHING")
ADD_ALLOTMENTS = bulk.insert(tables.allotments, "id", "sku_id", "units")
SAVE_STOCK = bulk.update(tables.stock, key=["sku_id"], columns=["on_hand", "held", "allotted"])
SAVE_ALLOTMENTS = bulk.update(tables.allotments, key=["id"], columns=["units", "held", "open"])
INSERT_REASONS = bulk.insert(tables.reasons, "movement_id", "actor_id", "reason")
INSERT_MOVEMENTS_SQL = (
    "INSERT INTO supply.movements (market_id, at, id, sku_id, allotment_id, hold_id, kind, units) "
    "SELECT $1, $2, u.* FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[]) "
    "AS u(id, sku_id, allotment_id, hold_id, kind, units)"
)
INSERT_MOVEMENTS = bulk.Bulk(
    "supply.movements", INSERT_MOVEMENTS_SQL, ("id", "sku_id", "allotment_id", "hold_id", "kind", "units")
)


@dataclass(slots=True)
class NewStock:
    sku_id: UUID
    on_hand: int = 0


@dataclass(slots=True)
class ReasonRow:
    movement_id: UUID
    actor_id: UUID
    reason: str


async def make_rows(work: Work, skus: Collection[UUID]) -> None:
    """Empty stock rows for SKUs that have none yet."""
    rows = [NewStock(sku) for sku in sorted(set(skus))]
    await work.execute(ADD_STOCK.sql, *ADD_STOCK.arrays(rows))


async def load_stock(work: Work, skus: Collection[UUID], allotments: Collection[UUID | None] = ()) -> Stock:
    """The rows of these SKUs and allotments, locked in id order; what is not there is not in the set."""
    rows = await work.lock("stock", LOCK_STOCK_SQL, list(set(skus)))
    wanted = {a for a in allotments if a is not None}
    pools: list[Any] = await work.lock("allotments", LOCK_ALLOTMENTS_SQL, list(wanted)) if wanted else []
    return Stock(
        (StockRow(r["sku_id"], r["on_hand"], r["held"], r["allotted"]) for r in rows),
        (AllotmentRow(AllotmentId(p["id"]), p["sku_id"], p["units"], p["held"], p["open"]) for p in pools),
    )


async def peek_stock(work: Work, skus: Collection[UUID], allotments: Collection[UUID]) -> Stock:
    """The same without locks, for showing; only the locked set decides."""
    rows = await work.fetch(STOCK_SQL, list(set(skus)))
    pools = await work.fetch(ALLOTMENTS_SQL, list(set(allotments)))
    return Stock(
        (StockRow(*row.values()) for row in rows),
        (AllotmentRow(AllotmentId(p["id"]), p["sku_id"], p["units"], p["held"], p["open"]) for p in pools),
    )


async def add_allotments(work: Work, rows: Collection[AllotmentRow]) -> None:
    await work.write(ADD_ALLOTMENTS, list(rows))


async def save_stock(work: Work, stock: Stock) -> None:
    """Write what changed: the rows, then one movement per change."""
    await work.write(SAVE_STOCK, [stock.rows[sku] for sku in stock.touched])
    await work.write(SAVE_ALLOTMENTS, [stock.allotments[a] for a in stock.touched_allotments])
    await work.write(INSERT_MOVEMENTS, stock.movements, work.now)


async def save_reason(work: Work, stock: Stock, reason: str) -> None:
    """Why the movements of this set were made, by whom. Orders need none: their holds name them."""
    await work.write(INSERT_REASONS, [ReasonRow(moved.id, work.actor, reason) for moved in stock.movements])
