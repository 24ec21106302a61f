"""Reads of supply."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.goods.catalog.model import SkuId
from tuan.goods.supply import tables
from tuan.goods.supply.model import StockRow
from tuan.kit.pages import Page
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work

FREE_SQL = (
    "SELECT sku_id, on_hand - held - allotted AS free FROM supply.stock "
    "WHERE market_id = $1 AND sku_id = ANY($2::uuid[])"
)
LEVELS_SQL = (
    "SELECT sku_id, on_hand, held, allotted FROM supply.stock WHERE market_id = $1 AND sku_id = ANY($2::uuid[])"
)
FREE_ALLOTTED_SQL = (
    "SELECT id, units - held AS free FROM supply.allotments WHERE market_id = $1 AND open AND id = ANY($2::uuid[])"
)
STOCK_SQL = "SELECT sku_id, on_hand, held, allotted FROM supply.stock WHERE market_id = $1 AND sku_id = ANY($2::uuid[])"

GOODS_SQL = (
    "SELECT s.id, s.product_id, p.title, s.options, c.slug, p.supplier_id, s.price_minor, coalesce(k.on_hand, 0) AS on_hand, "
    "coalesce(k.held + k.allotted, 0) AS promised, p.return_exception FROM catalog.skus s "
    "JOIN catalog.products p ON p.market_id = s.market_id AND p.id = s.product_id "
    "JOIN catalog.categories c ON c.market_id = p.market_id AND c.id = p.category_id "
    "LEFT JOIN supply.stock k ON k.market_id = s.market_id AND k.sku_id = s.id "
    "WHERE s.market_id = $1 AND s.retired_at IS NULL AND ($2::uuid IS NULL OR p.supplier_id = $2) "
    "ORDER BY p.title, p.id, s.position"
)

STOCK_ADDS_UP_SQL = invariant(
    "I4",
    "stock equals the sum of its movements, and held never passes on hand",
    "SELECT 'stock ' || s.sku_id FROM supply.stock s LEFT JOIN (SELECT sku_id, "
    "sum(CASE WHEN kind IN ('receive', 'found') THEN units WHEN kind IN ('settle', 'write_off') THEN -units ELSE 0 END) AS on_hand, "
    "sum(CASE WHEN allotment_id IS NOT NULL THEN 0 WHEN kind = 'hold' THEN units "
    "WHEN kind IN ('settle', 'release') THEN -units ELSE 0 END) AS held, "
    "sum(CASE WHEN allotment_id IS NULL THEN 0 WHEN kind = 'allot' THEN units "
    "WHEN kind IN ('settle', 'give_back') THEN -units ELSE 0 END) AS allotted "
    "FROM supply.movements WHERE market_id = $1 GROUP BY sku_id) m ON m.sku_id = s.sku_id WHERE s.market_id = $1 "
    "AND (s.on_hand, s.held, s.allotted) IS DISTINCT FROM "
    "(coalesce(m.on_hand, 0), coalesce(m.held, 0), coalesce(m.allotted, 0)) "
    "OR s.market_id = $1 AND s.on_hand < s.held + s.allotted",
)
ALLOTMENTS_ADD_UP_SQL = invariant(
    "I4a",
    "an allotment equals the sum of its movements",
    "SELECT 'allotment ' || a.id FROM supply.allotments a LEFT JOIN (SELECT allotment_id, "
    "sum(CASE WHEN kind = 'allot' THEN units WHEN kind IN ('settle', 'give_back') THEN -units ELSE 0 END) AS units, "
    "sum(CASE WHEN kind = 'hold' THEN units WHEN kind IN ('settle', 'release') THEN -units ELSE 0 END) AS held "
    "FROM supply.movements WHERE market_id = $1 AND allotment_id IS NOT NULL GROUP BY allotment_id) m "
    "ON m.allotment_id = a.id WHERE a.market_id = $1 "
    "AND (a.units, a.held) IS DISTINCT FROM (coalesce(m.units, 0), coalesce(m.held, 0))",
)


async def free_units(work: Work, skus: Collection[UUID]) -> dict[UUID, int]:
    """Units that anyone may still buy, for showing; only the loaded set decides."""
    return {row["sku_id"]: row["free"] for row in await work.fetch(FREE_SQL, list(skus))}


async def levels(work: Work, skus: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """on_hand, held, allotted and free of each of these SKUs; zeros for one that never had a unit."""
    found = {sku: {"on_hand": 0, "held": 0, "allotted": 0, "free": 0} for sku in skus}
    for row in await work.fetch(LEVELS_SQL, list(skus)):
        on_hand, held, allotted = row["on_hand"], row["held"], row["allotted"]
        free = on_hand - held - allotted
        found[row["sku_id"]] = {"on_hand": on_hand, "held": held, "allotted": allotted, "free": free}
    return found


async def free_allotted(work: Work, allotments: Collection[UUID]) -> dict[UUID, int]:
    """Units that open allotments have left, for showing; only the loaded set decides."""
    return {row["id"]: row["free"] for row in await work.fetch(FREE_ALLOTTED_SQL, list(allotments))}


async def stock_of(work: Work, skus: Collection[UUID]) -> dict[UUID, StockRow]:
    """On hand, held and allotted by SKU; one that never had stock is not there."""
    return {row["sku_id"]: StockRow(*row.values()) for row in await work.fetch(STOCK_SQL, list(skus))}


async def goods_of(work: Work, supplier: UUID | None = None) -> list[Any]:
    """Every SKU that is sold, of one supplier or of all: rows of id, product_id, title, options, slug of its category,
    supplier_id, price_minor, on_hand, promised (held or set aside), return_exception."""
    return await work.fetch(GOODS_SQL, supplier)


async def movements(work: Work, wanted: Wanted, sku: SkuId, *, kinds: Collection[str] = ()) -> Page[Any]:
    """What moved a SKU's stock, sorted by `at`; rows of id, at, kind, units, actor_id and reason (both None where an order or
    a campaign moved it)."""
    m, r = tables.movements, tables.reasons
    query = (
        sa.select(m.c.id, m.c.at, m.c.kind, m.c.units, r.c.actor_id, r.c.reason)
        .outerjoin(r, sa.and_(r.c.market_id == m.c.market_id, r.c.movement_id == m.c.id))
        .where(m.c.market_id == work.market.id, m.c.sku_id == sku)
    )
    if kinds:
        query = query.where(m.c.kind.in_(kinds))
    return await list_rows(work, query, wanted, sorts={"at": m.c.at}, key=m.c.id)


async def stock(work: Work, wanted: Wanted, *, words: str = "", free_most: int | None = None) -> Page[Any]:
    """Every SKU with its stock, sorted by `new`, `title`, `free` or `on_hand`; rows of sku_id, product_id, title, options,
    state, on_hand, held, allotted, free. free_most: only what has no more free units than this."""
    s, p, k = metadata.tables["catalog.skus"], metadata.tables["catalog.products"], tables.stock
    on_hand, held, allotted = (sa.func.coalesce(k.c[name], 0) for name in ("on_hand", "held", "allotted"))
    free = on_hand - held - allotted
    units = (on_hand.label("on_hand"), held.label("held"), allotted.label("allotted"), free.label("free"))
    query = (
        sa.select(s.c.id.label("sku_id"), p.c.id.label("product_id"), p.c.title, s.c.options, p.c.state, *units)
        .join(p, sa.and_(p.c.market_id == s.c.market_id, p.c.id == s.c.product_id))
        .outerjoin(k, sa.and_(k.c.market_id == s.c.market_id, k.c.sku_id == s.c.id))
        .where(s.c.market_id == work.market.id)
    )
    if words:
        query = query.where(p.c.title.icontains(words, autoescape=True))
    if free_most is not None:
        query = query.where(free <= free_most)
    sorts = {"new": s.c.id, "title": p.c.title, "free": free, "on_hand": on_hand}
    return await list_rows(work, query, wanted, sorts=sorts, key=s.c.id)
