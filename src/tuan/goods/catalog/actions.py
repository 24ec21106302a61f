"""Listing goods and setting prices; each price that ever was stays in the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog import store
from tuan.goods.catalog.errors import PriceInvalid
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU, CategoryId, ProductId, SkuId
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
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


async def add_category(work: Work, slug: str, name: str, position: int) -> CategoryId:
    """A category of the market; `slug` names it in addresses of pages and must be new, else the database stops it."""
    category = CATEGORY.new()
    await work.write(store.INSERT_CATEGORIES, [store.CategoryRow(category, slug, name, position)])
    return category


async def list_products(work: Work, products: Sequence[NewProduct]) -> list[tuple[ProductId, list[SkuId]]] | Refusal:
    """List products for sale; their SKUs in the order given. Prices from 1 to 10^13 minor units."""
    if any(not 0 < price <= AMOUNT_MINOR_MAX for p in products for _, price in p.skus):
        return PriceInvalid(most=AMOUNT_MINOR_MAX)
    listed: list[tuple[ProductId, list[SkuId]]] = []
    product_rows, sku_rows = [], []
    for new in products:
        product = PRODUCT.new()
        skus = [SKU.new() for _ in new.skus]
        listed.append((product, skus))
        product_rows.append(
            store.ProductRow(product, new.supplier_id, new.category_id, new.title, new.story, list(new.pictures),
                             new.fulfilment, "listed", work.now)
        )  # fmt: skip
        sku_rows += [
            store.SkuRow(sku, product, options, price, position)
            for position, (sku, (options, price)) in enumerate(zip(skus, new.skus, strict=True))
        ]
    await work.write(store.INSERT_PRODUCTS, product_rows)
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
    await work.write(store.INSERT_PRICES, [store.PriceRow(sku, work.now, price_minor)])
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
