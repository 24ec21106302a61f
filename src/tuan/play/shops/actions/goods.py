"""What a shop shows: its name and words, the goods it has chosen, those of today, materials to forward."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, ProductId, ShelfState
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of
from tuan.people import parties, training
from tuan.platform import audit
from tuan.platform.bulk import Json
from tuan.platform.work import Work
from tuan.play.shops import model, queries, store
from tuan.play.shops.errors import (
    CourseFirst,
    KeptByMarket,
    NotOffered,
    NotPicked,
    PageInvalid,
    PicksFull,
    PoolUnchanged,
)
from tuan.play.shops.model import (
    DAY_PICKS_MAX,
    FRESH_GOODS,
    MATERIAL_ID,
    MATERIAL_PICTURES_MAX,
    PERISHABLE,
    MaterialId,
)


async def dress_shop(work: Work, shop: UUID, name: str, words: str) -> Refusal | None:
    """What it is called, and what it says of itself."""
    if refusal := model.why_not_words(words) or await parties.rename_shop(work, shop, name):
        return refusal
    await work.execute(store.SET_WORDS_SQL, shop, words.strip(), work.now)
    return None


async def set_cover(work: Work, shop: UUID, picture: str) -> None:
    """The picture above its page; of those that were made anew when they came in."""
    await work.execute(store.SET_COVER_SQL, shop, picture, work.now)


async def pick_goods(work: Work, shop: UUID, product: UUID, words: str = "") -> Refusal | None:
    """Choose a product for the shop, below the others; choosing it again says other words of it."""
    if refusal := model.why_not_words(words):
        return refusal
    row = await catalog.access_any_product(work, product)
    if row["state"] != ShelfState.LISTED or product in await queries.withheld_of(work, [product]):
        return NotOffered()
    picked = await _lock_picks(work, shop)
    if product not in picked and (refusal := await _why_not_new(work, shop, row, len(picked))):
        return refusal
    await work.execute(store.PICK_SQL, shop, product, max(picked.values(), default=0) + 1, words.strip(), work.now)
    return None


async def _why_not_new(work: Work, shop: UUID, row: Any, picked: int) -> Refusal | None:
    """What stands against one more product, of which the shop has so many."""
    most = await queries.picks_max_of(work, shop)
    if picked >= most:
        return PicksFull(most=most)
    if row["return_exception"] == PERISHABLE:
        owner = (await parties.access_shop(work, shop)).owner_id
        if await training.has_to_learn(work, owner, FRESH_GOODS):
            return CourseFirst(right=FRESH_GOODS)
    is_behind = await parties.is_behind(work, shop, "early_goods")
    return model.why_not_early(row["listed_at"], work.now, is_behind=is_behind)


async def _lock_picks(work: Work, shop: UUID) -> dict[UUID, int]:
    """Positions by product, of a shop whose picks nobody else changes meanwhile."""
    await work.lock("shops", store.LOCK_SHOP_SQL, shop)
    return {row["product_id"]: row["position"] for row in await work.fetch(store.POSITIONS_SQL, shop)}


async def unpick_goods(work: Work, shop: UUID, product: UUID) -> Refusal | None:
    """The shop shows it no more, not today either."""
    await _lock_picks(work, shop)
    if not await work.execute(store.UNPICK_SQL, shop, product):
        return NotPicked()
    await work.execute(store.UNPICK_DAYS_SQL, shop, product)
    return None


async def describe_pick(work: Work, shop: UUID, product: UUID, words: str) -> Refusal | None:
    """Say of a chosen product what only this shop says."""
    if refusal := model.why_not_words(words):
        return refusal
    return None if await work.execute(store.DESCRIBE_SQL, shop, product, words.strip()) else NotPicked()


async def arrange_picks(work: Work, shop: UUID, order: Sequence[UUID]) -> Refusal | None:
    """Show the shop's goods in this order, which names each of them once."""
    picked = await _lock_picks(work, shop)
    if refusal := model.why_not_order(order, picked):
        return refusal
    moved = [store.PlacedPick(shop, product, place) for place, product in enumerate(order, 1)]
    await work.write(store.ARRANGE, moved)
    return None


async def choose_day(work: Work, shop: UUID, products: Sequence[UUID]) -> Refusal | None:
    """Show these of its goods first today, in this order, instead of those that were chosen for today before."""
    chosen = list(dict.fromkeys(products))
    if len(chosen) > DAY_PICKS_MAX:
        return PicksFull(most=DAY_PICKS_MAX)
    if not set(chosen) <= (await _lock_picks(work, shop)).keys():
        return NotPicked()
    day = day_of(work.now, work.market.time_zone)
    await work.execute(store.CLEAR_DAY_SQL, shop, day)
    await work.write(store.INSERT_DAY, [store.DayRow(shop, day, one, place) for place, one in enumerate(chosen, 1)])
    return None


async def withhold_goods(work: Work, product: UUID, supplier: UUID) -> Refusal | None:
    """The supplier keeps a product back from shops: nobody picks it, shops that have picked it show it no more, and what is bought
    from then on pays no shop."""
    if refusal := await _why_not_his(work, product, supplier):
        return refusal
    await work.execute(store.WITHHOLD_SQL, product, work.now, True, False)
    return None


async def offer_goods(work: Work, product: UUID, supplier: UUID) -> Refusal | None:
    """The supplier offers it to shops again; those that had picked it show it again, unless the market keeps it back too."""
    if refusal := await _why_not_his(work, product, supplier):
        return refusal
    (row,) = await work.lock("shops", store.LOCK_WITHHELD_SQL, product) or (None,)
    if row is not None and not row["by_supplier"]:
        return KeptByMarket()
    await _offer(work, product, row, by_market=row is not None and row["by_market"])
    return None


async def _why_not_his(work: Work, product: UUID, supplier: UUID) -> Refusal | None:
    row = await catalog.access_any_product(work, product)
    return None if row["supplier_id"] == supplier else NotFound()


async def _offer(work: Work, product: UUID, row: Any, *, by_supplier: bool = False, by_market: bool = False) -> None:
    """Of whom it is still kept back; of nobody, it is offered."""
    if row is None:
        return
    if by_supplier or by_market:
        await work.execute(store.KEEP_BACK_SQL, product, by_supplier, by_market)
    else:
        await work.execute(store.OFFER_SQL, product)


async def withdraw_goods(work: Work, product: UUID, *, reason: str) -> Refusal | None:
    """The market keeps a product back from every shop; its supplier cannot undo it. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    await catalog.access_any_product(work, product)
    (row,) = await work.lock("shops", store.LOCK_WITHHELD_SQL, product) or (None,)
    if row is not None and row["by_market"]:
        return PoolUnchanged()
    await work.execute(store.WITHHOLD_SQL, product, work.now, False, True)
    await audit.record(work, "shops.withdraw_goods", PRODUCT.show(ProductId(product)), reason=reason,
                       before={"offered": True}, after={"offered": False})  # fmt: skip
    return None


async def return_goods(work: Work, product: UUID, *, reason: str) -> Refusal | None:
    """The market lets shops have it again, unless its supplier keeps it back. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    await catalog.access_any_product(work, product)
    (row,) = await work.lock("shops", store.LOCK_WITHHELD_SQL, product) or (None,)
    if row is None or not row["by_market"]:
        return PoolUnchanged()
    await _offer(work, product, row, by_supplier=row["by_supplier"])
    await audit.record(work, "shops.return_goods", PRODUCT.show(ProductId(product)), reason=reason,
                       before={"offered": False}, after={"offered": True})  # fmt: skip
    return None


async def keep_material(
    work: Work, words: str, pictures: Sequence[str], *, shop: UUID | None, product: UUID | None = None
) -> MaterialId | Refusal:
    """A text with pictures to forward, the shop's own; without a shop the market's for every shop (`publish_material`)."""
    if refusal := model.why_not_material(words, pictures):
        return refusal
    material = MATERIAL_ID.new()
    row = store.MaterialRow(material, shop, product, words.strip(), list(pictures), work.now)
    await work.write(store.INSERT_MATERIALS, [row])
    return material


async def add_pictures(work: Work, material: UUID, shop: UUID, pictures: Sequence[str]) -> Refusal | None:
    """More pictures for a text of the shop's own, behind those that it has."""
    if await work.execute(store.ADD_PICTURES_SQL, material, shop, Json.of(list(pictures)), MATERIAL_PICTURES_MAX):
        return None
    is_there = await work.fetch_value(store.IS_MATERIAL_SQL, material, shop)
    return PageInvalid(field="pictures") if is_there else NotFound()


async def publish_material(
    work: Work, words: str, pictures: Sequence[str], *, product: UUID | None = None, reason: str
) -> MaterialId | Refusal:
    """The market offers a text with pictures to every shop. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    material = await keep_material(work, words, pictures, shop=None, product=product)
    if not isinstance(material, Refusal):
        after: dict[str, Any] = {"product": PRODUCT.show(product) if product else None, "pictures": len(pictures)}
        await audit.record(work, "shops.publish_material", MATERIAL_ID.show(material), reason=reason, before={},
                           after=after)  # fmt: skip
    return material


async def remove_material(work: Work, material: UUID, shop: UUID) -> Refusal | None:
    """The shop forwards it no more."""
    return None if await work.execute(store.REMOVE_MATERIAL_SQL, material, shop, work.now) else NotFound()


async def withdraw_material(work: Work, material: UUID, *, reason: str) -> Refusal | None:
    """The market offers it no more. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    if not await work.execute(store.REMOVE_MATERIAL_SQL, material, None, work.now):
        return NotFound()
    await audit.record(work, "shops.withdraw_material", MATERIAL_ID.show(material), reason=reason,
                       before={"offered": True}, after={"offered": False})  # fmt: skip
    return None
