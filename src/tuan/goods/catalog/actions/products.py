"""Listing goods and setting prices; each price that ever was stays in the history.

A new price counts from when its row is locked, not from when its transaction began: the history is in the order in which
prices followed each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.goods.catalog import store
from tuan.goods.catalog.actions.selling import why_not_sell
from tuan.goods.catalog.errors import LastSku, NotReady, PriceInvalid, PriceMoved, ProductInvalid
from tuan.goods.catalog.model import (
    CATEGORY,
    PICTURES_MAX,
    PRODUCT,
    SKU,
    CategoryId,
    ProductId,
    ProductText,
    ShelfState,
    SkuId,
    why_not_offer,
    why_not_write,
)
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.platform import audit
from tuan.platform.work import Work


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product with its SKUs as (options, price in minor units); pictures are names of assets."""

    supplier_id: UUID
    category_id: UUID
    title: str
    story: str
    pictures: Sequence[str]
    skus: Sequence[tuple[str, int]]
    fulfilment: str = "shipped"
    return_exception: str = ""


async def add_category(work: Work, slug: str, name: str, position: int) -> CategoryId:
    """A category of the market; `slug` names it in addresses of pages and must be new, else the database stops it."""
    category = CATEGORY.new()
    await work.write(store.INSERT_CATEGORIES, [store.CategoryRow(category, slug, name, position)])
    return category


async def list_products(
    work: Work, products: Sequence[NewProduct], *, state: ShelfState = ShelfState.LISTED
) -> list[tuple[ProductId, list[SkuId]]] | Refusal:
    """List products, for sale unless another state is said; their SKUs in the order given. Prices from 1 to 10^13 minor units."""
    if any(not 0 < price <= AMOUNT_MINOR_MAX for p in products for _, price in p.skus):
        return PriceInvalid(most=AMOUNT_MINOR_MAX)
    if state is ShelfState.LISTED and (refusal := await why_not_sell(work, {p.supplier_id for p in products})):
        return refusal
    listed: list[tuple[ProductId, list[SkuId]]] = []
    product_rows, sku_rows = [], []
    for new in products:
        product = PRODUCT.new()
        skus = [SKU.new() for _ in new.skus]
        listed.append((product, skus))
        product_rows.append(
            store.ProductRow(product, new.supplier_id, new.category_id, new.title, new.story, list(new.pictures),
                             new.fulfilment, state, work.now, new.return_exception)
        )  # fmt: skip
        sku_rows += [
            store.SkuRow(sku, product, options, price, position)
            for position, (sku, (options, price)) in enumerate(zip(skus, new.skus, strict=True))
        ]
    await work.write(store.INSERT_PRODUCTS, product_rows)
    await store.save_words(work, [row.id for row in product_rows])
    await work.write(store.INSERT_SKUS, sku_rows)
    await work.write(store.INSERT_PRICES, [store.PriceRow(s.id, work.now, s.price_minor) for s in sku_rows])
    await audit.record(work, "catalog.list_products", f"{len(products)} products", reason="listed", before={},
                       after={"skus": len(sku_rows)})  # fmt: skip
    return listed


async def set_price(work: Work, sku: UUID, price_minor: int, *, reason: str) -> Refusal | None:
    """From now on this SKU costs this much; placed orders keep what they were placed at. Audited."""
    if not 0 < price_minor <= AMOUNT_MINOR_MAX:
        return PriceInvalid(most=AMOUNT_MINOR_MAX)
    before = await work.fetch_value(store.LOCK_PRICE_SQL, sku)
    if before is None:
        return NotFound()
    await work.execute(store.SET_PRICE_SQL, sku, price_minor)
    await work.write(store.INSERT_PRICES, [store.PriceRow(sku, await work.read_clock(), price_minor)])
    await audit.record(work, "catalog.set_price", SKU.show(sku), reason=reason, before={"price_minor": before},
                       after={"price_minor": price_minor})  # fmt: skip
    return None


async def take_off(work: Work, product: UUID, *, reason: str) -> Refusal | None:
    """No new orders from now on; placed ones go their way. Audited."""
    if not await work.execute(store.TAKE_OFF_SQL, product):
        return NotFound()
    await audit.record(work, "catalog.take_off", PRODUCT.show(product), reason=reason, before={"state": "listed"},
                       after={"state": "off"})  # fmt: skip
    return None


async def write_words(work: Work, *, limit: int) -> int:
    """Make those products found by their words that are not yet; how many those were."""
    products = [row["id"] for row in await work.fetch(store.LOCK_UNSEARCHED_SQL, limit)]
    if products:
        await store.save_words(work, products)
        await work.execute(store.SEARCHED_SQL, products)
    return len(products)


async def draft_product(
    work: Work, supplier: UUID, text: ProductText, skus: Sequence[tuple[str, int]], *, reason: str
) -> ProductId | Refusal:
    """A product that nobody sees yet, with its first SKUs as (options, price in minor units). Audited."""
    if refusal := why_not_write(text) or why_not_offer(skus) or await _why_not_file_under(work, text.category_id):
        return refusal
    product = PRODUCT.new()
    row = store.ProductRow(product, supplier, text.category_id, text.title.strip(), text.story, [], text.fulfilment,
                           ShelfState.DRAFT, None, text.return_exception)  # fmt: skip
    await work.write(store.INSERT_PRODUCTS, [row])
    await store.save_words(work, [product])
    await _insert_skus(work, product, skus, position=0)
    await audit.record(work, "catalog.draft_product", PRODUCT.show(product), reason=reason, before={},
                       after={"title": row.title, "skus": [[o.strip(), p] for o, p in skus]})  # fmt: skip
    return product


async def edit_product(work: Work, product: UUID, text: ProductText, *, reason: str) -> Refusal | None:
    """What its page says from now on; placed orders keep what they were placed with. Audited with what changed."""
    row = await _lock_product(work, product)
    if row is None:
        return NotFound()
    if refusal := why_not_write(text) or await _why_not_file_under(work, text.category_id):
        return refusal
    after = {
        "title": text.title.strip(),
        "story": text.story,
        "category_id": text.category_id,
        "fulfilment": text.fulfilment,
        "return_exception": text.return_exception,
    }
    changed = {name for name, value in after.items() if row[name] != value}
    await work.execute(store.SAVE_TEXT_SQL, product, *after.values())
    await store.save_words(work, [product])
    await audit.record(work, "catalog.edit_product", PRODUCT.show(product), reason=reason,
                       before={name: row[name] for name in changed},
                       after={name: after[name] for name in changed})  # fmt: skip
    return None


async def add_sku(work: Work, product: UUID, options: str, price_minor: int, *, reason: str) -> SkuId | Refusal:
    """One more combination of options, behind the others. Audited."""
    if await _lock_product(work, product) is None:
        return NotFound()
    there = await work.fetch(store.SKUS_THERE_SQL, [product])
    if refusal := why_not_offer([(options, price_minor)], [row["options"] for row in there]):
        return refusal
    position = there[-1]["position"] + 1 if there else 0
    (sku,) = await _insert_skus(work, product, [(options, price_minor)], position=position)
    await audit.record(work, "catalog.add_sku", SKU.show(sku), reason=reason, before={},
                       after={"options": options.strip(), "price_minor": price_minor})  # fmt: skip
    return sku


async def edit_sku(work: Work, sku: UUID, options: str, price_minor: int, *, reason: str) -> Refusal | None:
    """What this SKU is called and costs from now on; no other SKU of its product has its name. Audited with what changed."""
    found = await work.fetch(store.LOCK_SKUS_SQL, [sku])
    if not found:
        return NotFound()
    others = [r["options"] for r in await work.fetch(store.SKUS_THERE_SQL, [found[0]["product_id"]]) if r["id"] != sku]
    if refusal := why_not_offer([(options, price_minor)], others):
        return refusal
    after = {"options": options.strip(), "price_minor": price_minor}
    changed = {name for name, value in after.items() if found[0][name] != value}
    await work.execute(store.SAVE_SKU_SQL, sku, *after.values())
    if "price_minor" in changed:
        await work.write(store.INSERT_PRICES, [store.PriceRow(sku, await work.read_clock(), price_minor)])
    await audit.record(work, "catalog.edit_sku", SKU.show(sku), reason=reason,
                       before={name: found[0][name] for name in changed},
                       after={name: after[name] for name in changed})  # fmt: skip
    return None


async def retire_sku(work: Work, sku: UUID, *, reason: str) -> Refusal | None:
    """Sell it no more: gone from the product's page, while orders and movements keep it. Twice is once. Audited.

    Whether a campaign sells it, this module does not know: see groupbuy.retire_sku.
    """
    found = await work.fetch(store.LOCK_SKUS_SQL, [sku])
    if not found:
        return NotFound()
    await _lock_product(work, found[0]["product_id"])  # so that of two at once the second sees what the first has left
    there = await work.fetch(store.SKUS_THERE_SQL, [found[0]["product_id"]])
    sold = [row["id"] for row in there if row["retired_at"] is None]
    if sku not in sold:
        return None
    if sold == [sku]:
        return LastSku()
    await _save_retired(work, sku, work.now, reason)
    return None


async def bring_back_sku(work: Work, sku: UUID, *, reason: str) -> Refusal | None:
    """Sell again what was retired, at the price it had. Twice is once. Audited."""
    found = await work.fetch(store.LOCK_SKUS_SQL, [sku])
    if not found:
        return NotFound()
    if found[0]["retired_at"] is not None:
        await _save_retired(work, sku, None, reason)
    return None


async def _save_retired(work: Work, sku: UUID, at: Instant | None, reason: str) -> None:
    await work.execute(store.RETIRE_SQL, sku, at)
    await audit.record(work, "catalog.retire_sku" if at else "catalog.bring_back_sku", SKU.show(sku), reason=reason,
                       before={"is_retired": at is None}, after={"is_retired": at is not None})  # fmt: skip


async def set_prices(work: Work, moves: Mapping[UUID, tuple[int, int]], *, reason: str) -> Refusal | None:
    """Change prices as (minor units that a preview showed, minor units from now on) by SKU; all of them or none. Audited."""
    if any(not 0 < after <= AMOUNT_MINOR_MAX for _, after in moves.values()):
        return PriceInvalid(most=AMOUNT_MINOR_MAX)
    found = {row["id"]: row["price_minor"] for row in await work.fetch(store.LOCK_SKUS_SQL, list(moves))}
    if found.keys() != moves.keys():
        return NotFound()
    if any(found[sku] != before for sku, (before, _) in moves.items()):
        return PriceMoved()
    changed = {sku: after for sku, (before, after) in moves.items() if before != after}
    await work.write(store.SAVE_PRICES, [store.NewPrice(sku, after) for sku, after in changed.items()])
    since = await work.read_clock()
    await work.write(store.INSERT_PRICES, [store.PriceRow(sku, since, after) for sku, after in changed.items()])
    await audit.record(work, "catalog.set_prices", f"{len(changed)} skus", reason=reason,
                       before={SKU.show(sku): found[sku] for sku in changed},
                       after={SKU.show(sku): after for sku, after in changed.items()})  # fmt: skip
    return None


async def shelve(work: Work, products: Sequence[UUID], state: ShelfState, *, reason: str) -> Refusal | None:
    """Put products on the shelf or take them off, all or none; one that is there already stays as it is. Audited each.

    What goes on the shelf has a SKU and a picture. What is off takes no new orders; placed ones go their way.
    """
    rows = {row["id"]: row for row in await work.fetch(store.LOCK_PRODUCTS_SQL, list(set(products)))}
    if len(rows) < len(set(products)) or state is ShelfState.DRAFT:
        return NotFound()
    moved = [row for row in rows.values() if row["state"] != state and (row["state"], state) != ("draft", "off")]
    if state is ShelfState.LISTED:
        with_skus = {row["product_id"] for row in await work.fetch(store.SKUS_THERE_SQL, list(rows))}
        if lacking := next((row for row in moved if not row["pictures"] or row["id"] not in with_skus), None):
            return NotReady(title=lacking["title"])
        if refusal := await why_not_sell(work, {row["supplier_id"] for row in moved}):
            return refusal
    await work.execute(store.SHELVE_SQL, [row["id"] for row in moved], state, work.now)
    for row in moved:
        await audit.record(work, "catalog.shelve", PRODUCT.show(row["id"]), reason=reason,
                           before={"state": row["state"]}, after={"state": state})  # fmt: skip
    return None


async def arrange_pictures(work: Work, product: UUID, pictures: Sequence[str], *, reason: str) -> Refusal | None:
    """Show these pictures in this order, each one of those there; the first stands for the product. Audited."""
    row = await _lock_product(work, product)
    if row is None:
        return NotFound()
    is_listed_bare = not pictures and row["state"] == ShelfState.LISTED
    if len(set(pictures)) < len(pictures) or not set(pictures) <= set(row["pictures"]) or is_listed_bare:
        return ProductInvalid(field="pictures")
    await _save_pictures(work, row, list(pictures), reason)
    return None


async def add_picture(work: Work, product: UUID, picture: str, *, reason: str) -> Refusal | None:
    """One more picture behind the others, by the name that platform/files keeps it under. Audited."""
    row = await _lock_product(work, product)
    if row is None:
        return NotFound()
    if len(row["pictures"]) >= PICTURES_MAX:
        return ProductInvalid(field="pictures")
    await _save_pictures(work, row, [*row["pictures"], picture], reason)
    return None


async def lock(work: Work, product: UUID) -> None:
    """Nobody else changes this product until the transaction ends."""
    await _lock_product(work, product)


async def show_pictures(work: Work, product: UUID, pictures: Sequence[str], *, reason: str) -> Refusal | None:
    """Show exactly these, in this order, by the names that platform/files keeps them under. Audited."""
    row = await _lock_product(work, product)
    if row is None:
        return NotFound()
    if not 0 < len(pictures) <= PICTURES_MAX or len(set(pictures)) < len(pictures):
        return ProductInvalid(field="pictures")
    await _save_pictures(work, row, list(pictures), reason)
    return None


async def _save_pictures(work: Work, row: Any, pictures: list[str], reason: str) -> None:
    await work.execute(store.SAVE_PICTURES_SQL, row["id"], pictures)
    await audit.record(work, "catalog.arrange_pictures", PRODUCT.show(row["id"]), reason=reason,
                       before={"pictures": row["pictures"]}, after={"pictures": pictures})  # fmt: skip


async def _lock_product(work: Work, product: UUID) -> Any | None:
    return next(iter(await work.fetch(store.LOCK_PRODUCTS_SQL, [product])), None)


async def _why_not_file_under(work: Work, category: UUID) -> Refusal | None:
    known = await work.fetch_value(store.IS_CATEGORY_SQL, category)
    return None if known else ProductInvalid(field="category")


async def _insert_skus(
    work: Work, product: ProductId | UUID, skus: Sequence[tuple[str, int]], *, position: int
) -> list[SkuId]:
    rows = [
        store.SkuRow(SKU.new(), product, options.strip(), price, position + place)
        for place, (options, price) in enumerate(skus)
    ]
    await work.write(store.INSERT_SKUS, rows)
    await work.write(store.INSERT_PRICES, [store.PriceRow(row.id, work.now, row.price_minor) for row in rows])
    return [SkuId(row.id) for row in rows]
