"""A supplier's stock: levels, goods that came in, counts."""

from typing import Annotated

from msgspec import Meta, Struct

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import SKU
from tuan.goods.supply.model import UNITS_MAX
from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, PageQuery, Reason, SkuId
from tuan.surfaces.api.v1.catalog import why_not_own
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

Count = Annotated[int, Meta(examples=[100])]


class Level(Struct, frozen=True, kw_only=True):
    """A SKU's units: in the house, kept for placed orders, set aside for campaigns, and what anyone may still buy."""

    sku: SkuId
    on_hand: Count
    held: Count
    allotted: Count
    free: Count


class ReceiptLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units of a SKU came in."""

    sku: SkuId
    units: Annotated[int, Meta(ge=1, le=UNITS_MAX, examples=[100])]


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods that came into the house, all of them or none."""

    lines: Annotated[list[ReceiptLine], Meta(min_length=1, max_length=200)]
    reason: Reason


class StockCount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units of a SKU lie in the house, as somebody has counted."""

    counted: Annotated[int, Meta(ge=0, le=UNITS_MAX, examples=[97])]
    reason: Reason


@operation("GET", "/supplier/stock", scope="stock.read")
async def list_levels(visit: Visit, query: PageQuery) -> Listing[Level]:
    """Levels of the supplier's own SKUs, a page of products at a time, newest products first."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = await catalog.of_supplier(work, visit.supplier, after=query.after, size=query.size)
        skus = await catalog.skus_of(work, [row["id"] for row in found.items])
        ids = [sku["id"] for row in found.items for sku in skus[row["id"]]]
        levels = await supply.levels(work, ids)
    return Listing([Level(sku=SKU.show(sku), **levels[sku]) for sku in ids], found.next_key)


@operation("POST", "/supplier/receipts", scope="stock.write", status=204)
async def receive(visit: Visit, data: Receipt, key: str) -> Refusal | None:
    """Goods of the supplier's own have come into the house."""
    units = {read_id(SKU, line.sku): 0 for line in data.lines}
    for line in data.lines:
        units[read_id(SKU, line.sku)] += line.units

    async def act(work: Work) -> Refusal | None:
        if refusal := await why_not_own(work, visit, list(units)):
            return refusal
        return await supply.receive(work, units, reason=data.reason)

    return await once(visit, "api.receive", key, repr(data), act)


@operation("PUT", "/supplier/skus/{sku}/stock", scope="stock.write", status=204)
async def count_stock(visit: Visit, sku: SkuId, data: StockCount, key: str) -> Refusal | None:
    """Have a count replace what was believed of one of the supplier's own SKUs; never below what is held and set aside."""
    found = read_id(SKU, sku)

    async def act(work: Work) -> Refusal | None:
        if refusal := await why_not_own(work, visit, [found]):
            return refusal
        return await supply.correct(work, found, data.counted, reason=data.reason)

    return await once(visit, "api.count_stock", key, f"{sku} {data.counted}", act)


HANDLERS = (list_levels, receive, count_stock)
