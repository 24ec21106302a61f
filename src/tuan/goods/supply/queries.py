"""Reads of supply."""

from collections.abc import Collection
from uuid import UUID

from tuan.platform.invariants import invariant
from tuan.platform.work import Work

FREE_SQL = (
    "SELECT sku_id, on_hand - held - allotted AS free FROM supply.stock "
    "WHERE market_id = $1 AND sku_id = ANY($2::uuid[])"
)
FREE_ALLOTTED_SQL = (
    "SELECT id, units - held AS free FROM supply.allotments WHERE market_id = $1 AND open AND id = ANY($2::uuid[])"
)

STOCK_ADDS_UP_SQL = invariant(
    "I4",
    "stock equals the sum of its movements, and held never passes on hand",
    "SELECT 'stock ' || s.sku_id FROM supply.stock s LEFT JOIN (SELECT sku_id, "
    "sum(CASE WHEN kind = 'receive' THEN units WHEN kind IN ('settle', 'write_off') THEN -units ELSE 0 END) AS on_hand, "
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


async def free_allotted(work: Work, allotments: Collection[UUID]) -> dict[UUID, int]:
    """Units that open allotments have left, for showing; only the loaded set decides."""
    return {row["id"]: row["free"] for row in await work.fetch(FREE_ALLOTTED_SQL, list(allotments))}
