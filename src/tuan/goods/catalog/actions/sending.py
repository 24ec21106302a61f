"""Sending: freight templates, what a piece weighs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.goods.catalog import store
from tuan.goods.catalog.errors import FreightInvalid
from tuan.goods.catalog.model import (
    FREIGHT,
    FREIGHTS_MAX,
    PRODUCT,
    SKU,
    Customs,
    FreightId,
    NewFreight,
    Parcel,
    SkuId,
    why_not_keep_freight,
    write_rules,
)
from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit
from tuan.platform.work import Work


async def keep_freight(
    work: Work, supplier: UUID, new: NewFreight, *, freight: UUID | None = None, reason: str
) -> FreightId | Refusal:
    """A template of the supplier's, or other terms for one that is there; his first is the usual one. Audited.

    Whoever asks for a price from now on is told the new terms; placed orders keep what they were placed at.
    """
    if refusal := why_not_keep_freight(new):
        return refusal
    there = await _lock_freights(work, supplier)
    before = there.get(freight) if freight else None
    if freight and before is None:
        return NotFound()
    if not freight and len(there) >= FREIGHTS_MAX:
        return FreightInvalid(field="name")
    is_usual = new.is_usual or not there or bool(before and before["is_usual"])
    row = store.FreightRow(freight or FREIGHT.new(), supplier, new.name.strip(), new.freight.measure,
                           write_rules(new.freight), is_usual, work.now)  # fmt: skip
    if is_usual:
        await work.execute(store.NONE_IS_USUAL_SQL, supplier)
    if before:
        await work.execute(store.SAVE_FREIGHT_SQL, row.id, row.name, row.measure, row.rules, is_usual, row.changed_at)
    else:
        await work.write(store.INSERT_FREIGHTS, [row])
    names = ("name", "measure", "rules", "is_usual")
    await audit.record(work, "catalog.keep_freight", FREIGHT.show(FreightId(row.id)), reason=reason,
                       before={name: before[name] for name in names} if before else {},
                       after={name: getattr(row, name) for name in names})  # fmt: skip
    return FreightId(row.id)


async def drop_freight(work: Work, supplier: UUID, freight: UUID, *, reason: str) -> Refusal | None:
    """Goods that named this template go by the usual one; without a usual one sending costs nothing. Audited."""
    before = (await _lock_freights(work, supplier)).get(freight)
    if before is None:
        return NotFound()
    await work.execute(store.LEAVE_FREIGHT_SQL, freight)
    await work.execute(store.DELETE_FREIGHT_SQL, freight)
    await audit.record(work, "catalog.drop_freight", FREIGHT.show(FreightId(freight)), reason=reason,
                       before={"name": before["name"], "is_usual": before["is_usual"]}, after={})  # fmt: skip
    return None


async def choose_freight(
    work: Work, supplier: UUID, products: Sequence[UUID], freight: UUID | None, *, reason: str
) -> Refusal | None:
    """Send these products of the supplier's by this template, all or none; None for his usual one. Audited."""
    if freight and freight not in await _lock_freights(work, supplier):
        return NotFound()
    rows = await work.fetch(store.LOCK_OWN_PRODUCTS_SQL, supplier, list(products))
    if {row["id"] for row in rows} != set(products):
        return NotFound()
    await work.execute(store.CHOOSE_FREIGHT_SQL, [row["id"] for row in rows], freight)
    for row in rows:
        await audit.record(work, "catalog.choose_freight", PRODUCT.show(row["id"]), reason=reason,
                           before={"freight_id": row["freight_id"]}, after={"freight_id": freight})  # fmt: skip
    return None


async def set_parcel(work: Work, supplier: UUID, sku: UUID, parcel: Parcel, *, reason: str) -> Refusal | None:
    """What one piece weighs and takes up, and how many one person may buy. Audited."""
    if refusal := parcel.why_not_keep():
        return refusal
    before = await work.fetch_one(store.LOCK_PARCEL_SQL, sku, supplier)
    if before is None:
        return NotFound()
    after = {name: getattr(parcel, name) for name in Parcel.__slots__}
    await work.execute(store.SAVE_PARCEL_SQL, sku, *after.values())
    await audit.record(work, "catalog.set_parcel", SKU.show(SkuId(sku)), reason=reason, before=dict(before),
                       after=after)  # fmt: skip
    return None


async def set_customs(work: Work, supplier: UUID, sku: UUID, customs: Customs | None, *, reason: str) -> Refusal | None:
    """What customs ask of one piece that comes from abroad; None for goods that are here already. Audited.

    Orders that were placed keep the tax that they were placed with.
    """
    if customs is not None and (refusal := customs.why_not_keep()):
        return refusal
    before = await work.fetch_one(store.LOCK_CUSTOMS_SQL, sku, supplier)
    if before is None:
        return NotFound()
    after = {name: getattr(customs, name) if customs else None for name in Customs.__slots__}
    await work.execute(store.SAVE_CUSTOMS_SQL, sku, *after.values())
    await audit.record(work, "catalog.set_customs", SKU.show(SkuId(sku)), reason=reason, before=dict(before),
                       after=after)  # fmt: skip
    return None


async def _lock_freights(work: Work, supplier: UUID) -> dict[UUID, Any]:
    """The supplier's templates by id; of two who change them the second sees what the first has left."""
    await work.fetch(store.LOCK_SUPPLIER_SQL, supplier)
    return {row["id"]: row for row in await work.fetch(store.FREIGHTS_SQL, supplier)}
