"""Putting into a cart, changing how many, taking out. Plain verbs: a cart is one person's, and holds nothing scarce."""

from uuid import UUID

from tuan.goods import catalog
from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.work import Work
from tuan.trade.carts import store
from tuan.trade.carts.model import why_not_keep


async def put_in_cart(work: Work, person: UUID, sku: UUID, units: int) -> Refusal | None:
    """So many units more of this SKU; refused where it is not for sale, for too many units, or where the cart is full."""
    there = await _lock(work, person)
    return await _keep(work, person, sku, there.get(sku, 0) + units if units > 0 else 0, there)


async def set_units(work: Work, person: UUID, sku: UUID, units: int) -> Refusal | None:
    """So many units from now on of what is in the cart. Twice is once."""
    there = await _lock(work, person)
    return await _keep(work, person, sku, units, there) if sku in there else NotFound()


async def take_out(work: Work, person: UUID, sku: UUID) -> Refusal | None:
    """No more of this; taking out what is not in the cart changes nothing. Not found is only what this market never sold."""
    if await work.execute(store.TAKE_OUT_SQL, person, sku) or await catalog.known_skus(work, [sku]):
        return None
    return NotFound()


async def _lock(work: Work, person: UUID) -> dict[UUID, int]:
    """Units by SKU; of two that change one cart the second sees what the first has left."""
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    return {row["sku_id"]: row["units"] for row in await work.fetch(store.UNITS_SQL, person)}


async def _keep(work: Work, person: UUID, sku: UUID, units: int, there: dict[UUID, int]) -> Refusal | None:
    offers = await catalog.load_offers(work, [sku])
    if refusal := offers.why_not_sell(sku) or why_not_keep(offers.get(sku), units, there):
        return refusal
    await work.execute(store.KEEP_SQL, person, sku, units, work.now)
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """Nothing of a cart is kept by law."""
    return {"erased": await work.execute(store.EMPTY_SQL, person)}
