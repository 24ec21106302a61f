"""The verbs of supply that stand alone; holds are made by whoever sells, through the loaded set."""

from collections.abc import Collection, Mapping

from tuan.goods import catalog
from tuan.goods.catalog.model import SKU, SkuId
from tuan.goods.supply import store
from tuan.goods.supply.errors import UnitsInvalid
from tuan.goods.supply.model import UNITS_MAX, AllotmentRow, Stock
from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit
from tuan.platform.work import Work


async def receive(work: Work, units_by_sku: Mapping[SkuId, int], *, reason: str) -> Refusal | None:
    """Goods have come into the house. Units per SKU from 1 to a billion; audited with each."""
    if any(not 0 < units <= UNITS_MAX for units in units_by_sku.values()):
        return UnitsInvalid(most=UNITS_MAX)
    if len(await catalog.known_skus(work, units_by_sku.keys())) < len(units_by_sku):
        return NotFound()
    await store.make_rows(work, units_by_sku.keys())
    stock = await store.load_stock(work, units_by_sku.keys())
    for sku, units in units_by_sku.items():
        stock.receive(sku, units)
    await store.save_stock(work, stock)
    await store.save_reason(work, stock, reason)
    await audit.record(work, "supply.receive", f"{len(units_by_sku)} skus", reason=reason, before={},
                       after={SKU.show(sku): units for sku, units in units_by_sku.items()})  # fmt: skip
    return None


async def correct(work: Work, sku: SkuId, counted: int, *, reason: str) -> Refusal | None:
    """So many units lie in the house: the count replaces what was believed. Never below what is held and allotted; audited."""
    if not 0 <= counted <= UNITS_MAX:
        return UnitsInvalid(most=UNITS_MAX)
    await store.make_rows(work, await catalog.known_skus(work, [sku]))
    stock = await store.load_stock(work, [sku])
    if refusal := stock.why_not_count(sku, counted):
        return refusal
    before = stock.rows[sku].on_hand
    stock.count(sku, counted)
    await store.save_stock(work, stock)
    await store.save_reason(work, stock, reason)
    await audit.record(work, "supply.correct", SKU.show(sku), reason=reason, before={"on_hand": before},
                       after={"on_hand": counted})  # fmt: skip
    return None


def why_not_allot(stock: Stock, rows: Collection[AllotmentRow]) -> Refusal | None:
    """The first of the allotments that does not fit into the free stock."""
    return next((refusal for row in rows if (refusal := stock.why_not_hold(row.sku_id, row.units))), None)


async def allot(work: Work, stock: Stock, rows: Collection[AllotmentRow]) -> None:
    """Set units aside in an already loaded stock; the caller has asked `why_not_allot` and saves the stock."""
    await store.add_allotments(work, rows)
    for row in rows:
        stock.allot(row)
