"""Reads of quality."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.trade.quality import tables
from tuan.trade.quality.model import Counts, Quality, quality_of

COUNTS_SQL = (
    "SELECT supplier_id, orders, late, faulty, cancelled FROM quality.counts "
    "WHERE market_id = $1 AND supplier_id = ANY($2::uuid[])"
)


async def of_suppliers(work: Work, suppliers: Collection[UUID]) -> dict[UUID, Quality]:
    """By supplier; of one without orders in the window, what everybody begins with."""
    found = {
        row["supplier_id"]: Counts(row["orders"], row["late"], row["faulty"], row["cancelled"])
        for row in await work.fetch(COUNTS_SQL, list(suppliers))
    }
    return {supplier: quality_of(found.get(supplier, Counts())) for supplier in suppliers}


async def search(work: Work, wanted: Wanted) -> Page[Any]:
    """Suppliers with what was counted, sorted by `orders`, `late`, `faulty` or `cancelled`: supplier_id, name, the counts."""
    c, s = tables.counts, metadata.tables["parties.suppliers"]
    query = (
        sa.select(c.c.supplier_id, s.c.name, c.c.orders, c.c.late, c.c.faulty, c.c.cancelled)
        .join(s, (s.c.market_id == c.c.market_id) & (s.c.id == c.c.supplier_id))
        .where(c.c.market_id == work.market.id)
    )
    sorts = {"orders": c.c.orders, "late": c.c.late, "faulty": c.c.faulty, "cancelled": c.c.cancelled}
    return await list_rows(work, query, wanted, sorts=sorts, key=c.c.supplier_id)
