"""Admitting those who sell."""

from uuid import UUID

from tuan.people.parties import store
from tuan.people.parties.model import SHOP, SUPPLIER, ShopId, SupplierId
from tuan.platform import audit
from tuan.platform.work import Work


async def admit_supplier(work: Work, name: str, owner: UUID, *, promise: str, reason: str) -> SupplierId:
    """A supplier with the person who answers for it; audited."""
    supplier = SUPPLIER.new()
    await work.write(store.INSERT_SUPPLIERS, [store.SupplierRow(supplier, name, owner, promise, work.now)])
    await audit.record(work, "parties.admit_supplier", SUPPLIER.show(supplier), reason=reason, before={},
                       after={"name": name})  # fmt: skip
    return supplier


async def admit_shop(work: Work, name: str, owner: UUID, *, reason: str) -> ShopId:
    """A shop with the person who answers for it; audited."""
    shop = SHOP.new()
    await work.write(store.INSERT_SHOPS, [store.ShopRow(shop, name, owner, work.now)])
    await audit.record(work, "parties.admit_shop", SHOP.show(shop), reason=reason, before={}, after={"name": name})
    return shop
