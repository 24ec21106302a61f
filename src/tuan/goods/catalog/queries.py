"""Reads of the catalog."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.goods.catalog import store, tables
from tuan.goods.catalog.model import PricePoint, ProductId, SkuId
from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.kit.words import LAST, terms_of
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

PRODUCT_SQL = (
    "SELECT id, supplier_id, category_id, title, story, pictures, fulfilment, state, listed_at, return_exception "
    "FROM catalog.products WHERE market_id = $1 AND id = $2 AND state <> 'draft'"
)
ANY_PRODUCT_SQL = (
    "SELECT id, supplier_id, category_id, title, story, pictures, fulfilment, state, listed_at, return_exception "
    "FROM catalog.products WHERE market_id = $1 AND id = $2"
)
PRICES_SQL = (
    "SELECT sku_id, since, price_minor FROM catalog.prices WHERE market_id = $1 AND sku_id = ANY($2::uuid[]) "
    "ORDER BY since DESC LIMIT $3"
)
PRODUCT_OF_SQL = "SELECT product_id FROM catalog.skus WHERE market_id = $1 AND id = $2"
KNOWN_SKUS_SQL = "SELECT id FROM catalog.skus WHERE market_id = $1 AND id = ANY($2::uuid[])"
SKUS_SQL = (
    "SELECT id, product_id, options, price_minor, retired_at, weight_grams, volume_cm3, units_per_person_max, hs_code, origin, "
    "declared_minor, tax_permyriad FROM catalog.skus "
    "WHERE market_id = $1 AND product_id = ANY($2::uuid[]) AND (retired_at IS NULL OR $3) ORDER BY product_id, position"
)
CARDS_SQL = (
    "SELECT id, title, coalesce(pictures->>0, '') AS picture FROM catalog.products "
    "WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
PAST_PRICES_SQL = "SELECT since, price_minor FROM catalog.prices WHERE market_id = $1 AND sku_id = $2 ORDER BY since"
CATEGORIES_SQL = "SELECT id, slug, name FROM catalog.categories WHERE market_id = $1 ORDER BY position, id"


async def access_product(work: Work, product: UUID) -> Any:
    """A product that was ever listed; raises Refused(NotFound)."""
    row = await work.fetch_one(PRODUCT_SQL, product)
    if row is None:
        raise Refused(NotFound())
    return row


async def access_any_product(work: Work, product: UUID) -> Any:
    """A product in whatever state, for whoever runs the market; raises Refused(NotFound)."""
    row = await work.fetch_one(ANY_PRODUCT_SQL, product)
    if row is None:
        raise Refused(NotFound())
    return row


async def price_history(work: Work, skus: Collection[UUID], *, most: int = 50) -> list[Any]:
    """Rows of sku_id, since, price_minor, the newest first."""
    return await work.fetch(PRICES_SQL, list(skus), most)


async def known_skus(work: Work, skus: Collection[UUID]) -> set[SkuId]:
    """Those of these ids that name a SKU."""
    return {row["id"] for row in await work.fetch(KNOWN_SKUS_SQL, list(skus))}


async def product_of(work: Work, sku: UUID) -> ProductId:
    """The product that this SKU is one of; raises Refused(NotFound)."""
    found: ProductId | None = await work.fetch_value(PRODUCT_OF_SQL, sku)
    if found is None:
        raise Refused(NotFound())
    return found


async def skus_of(work: Work, products: Collection[UUID], *, with_retired: bool = False) -> dict[UUID, list[Any]]:
    """Rows of id, product_id, options, price_minor, retired_at and of the parcel (see `Parcel`) and the customs (see `Customs`) by product, in the seller's
    order; else only what is sold."""
    found: dict[UUID, list[Any]] = {product: [] for product in products}
    for row in await work.fetch(SKUS_SQL, list(products), with_retired):
        found[row["product_id"]].append(row)
    return found


async def past_prices(work: Work, sku: UUID) -> list[PricePoint]:
    """Every price that this SKU ever had alone, oldest first."""
    return [PricePoint(row["since"], row["price_minor"]) for row in await work.fetch(PAST_PRICES_SQL, sku)]


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

    `words` narrows to what has each of them, or words that begin so, in its title or its shelf's name, in any order (`kit/words`).
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
        query = query.where(_is_found_by(work, words))
    if key := decode_key(after, tuple[Instant, UUID]):
        query = query.where(sa.tuple_(p.c.listed_at, p.c.id) < sa.tuple_(sa.literal(key[0]), sa.literal(key[1])))
    return page_of(await work.run(query), size, lambda row: (row["listed_at"], row["id"]))


def _is_found_by(work: Work, words: str) -> sa.ColumnElement[bool]:
    """Whether a product has a word that begins with each of the terms; nothing is found by what has no letter.

    Who has the longest term is looked up first, whatever the planner knows. A stretch of the index is asked for by its
    two ends: LIKE and the operators of arrays are not leak-proof, so that under row-level security no index serves them.
    """
    terms = sorted(terms_of(words), key=len, reverse=True)
    if not terms:
        return sa.false()
    first, *others = (tables.words.alias(f"w{place}") for place in range(len(terms)))
    found = sa.select(first.c.product_id).distinct().where(_begins(work, first, terms[0]))
    for other, term in zip(others, terms[1:], strict=True):
        found = found.where(sa.exists().where(_begins(work, other, term), other.c.product_id == first.c.product_id))
    return tables.products.c.id.in_(sa.select(found.cte("found").prefix_with("MATERIALIZED").c.product_id))


def _begins(work: Work, words: sa.FromClause, term: str) -> sa.ColumnElement[bool]:
    return sa.and_(words.c.market_id == work.market.id, words.c.word >= term, words.c.word < term + LAST)


async def everything(
    work: Work, wanted: Wanted, *, state: str = "", category: UUID | None = None, words: str = ""
) -> Page[Any]:
    """Products in any state, sorted by `new`, `title` or `state`; rows of id, title, picture, state, category, least_minor and
    most_minor (None without SKUs), and their number of SKUs."""
    p, s, c = tables.products, tables.skus, tables.categories
    least, most = sa.func.min(s.c.price_minor), sa.func.max(s.c.price_minor)
    prices = (
        sa.select(least.label("least_minor"), most.label("most_minor"), sa.func.count().label("skus"))
        .where(s.c.market_id == work.market.id, s.c.product_id == p.c.id, s.c.retired_at.is_(None))
        .lateral("prices")
    )
    picture = sa.func.coalesce(p.c.pictures[0].astext, "").label("picture")
    query = (
        sa.select(p.c.id, p.c.title, p.c.state, p.c.listed_at, c.c.name.label("category"), picture, prices)
        .join(c, sa.and_(c.c.market_id == p.c.market_id, c.c.id == p.c.category_id))
        .join(prices, sa.true())
        .where(p.c.market_id == work.market.id)
    )
    if state:
        query = query.where(p.c.state == state)
    if category:
        query = query.where(p.c.category_id == category)
    if words:
        query = query.where(_is_found_by(work, words))
    sorts = {"new": p.c.id, "title": p.c.title, "state": p.c.state}  # an id begins with the time it was made at
    return await list_rows(work, query, wanted, sorts=sorts, key=p.c.id)


async def of_supplier(
    work: Work, supplier: UUID, *, after: str | None = None, size: int = PAGE_SIZE, with_drafts: bool = False
) -> Page[Any]:
    """A supplier's products that were ever listed, with_drafts also those that nobody has seen, newest first; rows of id, title, state, fulfilment, freight_id."""
    p = tables.products
    query = (
        sa.select(p.c.id, p.c.title, p.c.state, p.c.fulfilment, p.c.freight_id)
        .where(p.c.market_id == work.market.id, p.c.supplier_id == supplier)
        .order_by(p.c.id.desc())
        .limit(size + 1)
    )
    if not with_drafts:
        query = query.where(p.c.state != "draft")
    if key := decode_key(after, tuple[UUID]):
        query = query.where(p.c.id < key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))


async def freights_of(work: Work, supplier: UUID) -> list[Any]:
    """The supplier's freight templates, the usual one first; rows of id, name, measure, rules, is_usual, changed_at."""
    return await work.fetch(store.FREIGHTS_SQL, supplier)
