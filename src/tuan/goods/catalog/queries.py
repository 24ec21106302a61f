"""Reads of the catalog."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.goods.catalog import tables
from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.platform.work import Work

PRODUCT_SQL = (
    "SELECT id, supplier_id, category_id, title, story, pictures, fulfilment, state FROM catalog.products "
    "WHERE market_id = $1 AND id = $2 AND state <> 'draft'"
)
SKUS_SQL = (
    "SELECT id, product_id, options, price_minor FROM catalog.skus "
    "WHERE market_id = $1 AND product_id = ANY($2::uuid[]) ORDER BY product_id, position"
)
CARDS_SQL = (
    "SELECT id, title, coalesce(pictures->>0, '') AS picture FROM catalog.products "
    "WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
CATEGORIES_SQL = "SELECT id, slug, name FROM catalog.categories WHERE market_id = $1 ORDER BY position, id"


async def access_product(work: Work, product: UUID) -> Any:
    """A product that was ever listed; raises Refused(NotFound)."""
    row = await work.fetch_one(PRODUCT_SQL, product)
    if row is None:
        raise Refused(NotFound())
    return row


async def skus_of(work: Work, products: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Rows of id, product_id, options, price_minor by product, in the seller's order."""
    found: dict[UUID, list[Any]] = {product: [] for product in products}
    for row in await work.fetch(SKUS_SQL, list(products)):
        found[row["product_id"]].append(row)
    return found


async def cards(work: Work, products: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of id, title, picture by product, also of those that were taken off."""
    return {row["id"]: row for row in await work.fetch(CARDS_SQL, list(products))}


async def categories(work: Work) -> list[Any]:
    """Rows of id, slug, name, in the order they are shown."""
    return await work.fetch(CATEGORIES_SQL)


async def listed(
    work: Work,
    *,
    after: str | None = None,
    category_slug: str | None = None,
    words: str = "",
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """Listed products, newest first, by keyset; rows of id, title, picture, listed_at.

    `words` narrows to titles that contain them.
    """
    p, c = tables.products, tables.categories
    query = (
        sa.select(p.c.id, p.c.title, p.c.listed_at, sa.func.coalesce(p.c.pictures[0].astext, "").label("picture"))
        .where(p.c.market_id == work.market.id, p.c.state == "listed")
        .order_by(p.c.listed_at.desc(), p.c.id.desc())
        .limit(size + 1)
    )
    if category_slug:
        query = query.join(c, sa.and_(c.c.market_id == p.c.market_id, c.c.id == p.c.category_id)).where(
            c.c.slug == category_slug
        )
    if words:
        query = query.where(p.c.title.icontains(words, autoescape=True))
    if key := decode_key(after, tuple[Instant, UUID]):
        query = query.where(sa.tuple_(p.c.listed_at, p.c.id) < sa.tuple_(sa.literal(key[0]), sa.literal(key[1])))
    return page_of(await work.run(query), size, lambda row: (row["listed_at"], row["id"]))
