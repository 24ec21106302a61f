"""Putting goods and sets of bundles into a cart, changing how many, taking out. Plain verbs: a cart is one person's, and holds nothing scarce."""

from uuid import UUID

from tuan.goods import catalog
from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.work import Work
from tuan.trade.carts import store
from tuan.trade.carts.model import There, why_not_keep, why_not_keep_sets
from tuan.value import promotions
from tuan.value.promotions.model import Bundle


async def put_in_cart(work: Work, person: UUID, sku: UUID, units: int) -> Refusal | None:
    """So many units more of this SKU; refused where it is not for sale, for too many units, or where the cart is full."""
    there = await store.lock_cart(work, person)
    return await _keep(work, person, sku, there.units.get(sku, 0) + units if units > 0 else 0, there)


async def set_units(work: Work, person: UUID, sku: UUID, units: int) -> Refusal | None:
    """So many units from now on of what is in the cart. Twice is once."""
    there = await store.lock_cart(work, person)
    return await _keep(work, person, sku, units, there) if sku in there.units else NotFound()


async def take_out(work: Work, person: UUID, sku: UUID) -> Refusal | None:
    """No more of this; taking out what is not in the cart changes nothing. Not found is only what this market never sold."""
    if await work.execute(store.TAKE_OUT_SQL, person, sku) or await catalog.known_skus(work, [sku]):
        return None
    return NotFound()


async def put_sets_in_cart(work: Work, person: UUID, bundle: UUID, sets: int) -> Refusal | None:
    """So many sets more of this bundle; refused where it is not sold now, for more than are sold at once, or where the cart is full.

    Raises Refused where there is no such bundle.
    """
    found = await promotions.access_bundle(work, bundle)
    there = await store.lock_cart(work, person)
    return await _keep_sets(work, person, found, there.sets.get(bundle, 0) + sets if sets > 0 else 0, there)


async def set_sets(work: Work, person: UUID, bundle: UUID, sets: int) -> Refusal | None:
    """So many sets from now on, at what one costs now. Twice is once. Raises Refused where there is no such bundle."""
    found = await promotions.access_bundle(work, bundle)
    there = await store.lock_cart(work, person)
    return await _keep_sets(work, person, found, sets, there) if bundle in there.sets else NotFound()


async def take_sets_out(work: Work, person: UUID, bundle: UUID) -> None:
    """No more of this bundle; what is not in the cart changes nothing. Raises Refused where there is no such bundle."""
    await promotions.access_bundle(work, bundle)
    await work.execute(store.TAKE_SETS_OUT_SQL, person, bundle)


async def _keep_sets(work: Work, person: UUID, bundle: Bundle, sets: int, there: There) -> Refusal | None:
    """All parts must be for sale. What a set costs now is kept beside it, so that its buyer hears when that has changed."""
    offers = await catalog.load_offers(work, [sku for sku, _ in bundle.lines])
    if refusal := next((r for sku, _ in bundle.lines if (r := offers.why_not_sell(sku))), None):
        return refusal
    if refusal := why_not_keep_sets(bundle, sets, there):
        return refusal
    price = bundle.set_minor({sku: offers.get(sku).price_minor for sku, _ in bundle.lines})
    await work.execute(store.KEEP_SETS_SQL, person, bundle.id, sets, price, work.now)
    return None


async def _keep(work: Work, person: UUID, sku: UUID, units: int, there: There) -> Refusal | None:
    offers = await catalog.load_offers(work, [sku])
    if refusal := offers.why_not_sell(sku) or why_not_keep(offers.get(sku), units, there):
        return refusal
    await work.execute(store.KEEP_SQL, person, sku, units, work.now)
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """Nothing of a cart is kept by law."""
    lines = await work.execute(store.EMPTY_SQL, person)
    return {"erased": lines + await work.execute(store.EMPTY_SETS_SQL, person)}
