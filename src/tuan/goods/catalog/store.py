"""All SQL that writes the catalog, and the offers that orders are made from."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tuan.goods.catalog import tables
from tuan.goods.catalog.model import Offer, Offers, read_freight
from tuan.kit.words import words_of
from tuan.platform import bulk
from tuan.platform.work import Work

INSERT_CATEGORIES = bulk.insert(tables.categories, "id", "slug", "name", "position")
INSERT_PRODUCTS = bulk.insert(
    tables.products,
    "id",
    "supplier_id",
    "category_id",
    "title",
    "story",
    "pictures",
    "fulfilment",
    "state",
    "listed_at",
    "searched_title",
    "return_exception",
)
INSERT_SKUS = bulk.insert(tables.skus, "id", "product_id", "options", "price_minor", "position")
INSERT_PRICES = bulk.insert(tables.prices, "sku_id", "since", "price_minor")
SET_PRICE_SQL = "UPDATE catalog.skus SET price_minor = $3 WHERE market_id = $1 AND id = $2"
LOCK_PRICE_SQL = "SELECT price_minor FROM catalog.skus WHERE market_id = $1 AND id = $2 FOR UPDATE"
TAKE_OFF_SQL = "UPDATE catalog.products SET state = 'off' WHERE market_id = $1 AND id = $2 AND state = 'listed'"
LOCK_PRODUCTS_SQL = (
    "SELECT id, supplier_id, title, story, category_id, fulfilment, return_exception, pictures, state FROM catalog.products "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
LOCK_SKUS_SQL = (
    "SELECT id, product_id, options, price_minor, position, retired_at FROM catalog.skus "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
SKUS_THERE_SQL = (
    "SELECT id, product_id, options, position, retired_at FROM catalog.skus "
    "WHERE market_id = $1 AND product_id = ANY($2::uuid[]) ORDER BY product_id, position"
)
IS_CATEGORY_SQL = "SELECT true FROM catalog.categories WHERE market_id = $1 AND id = $2"
SAVE_TEXT_SQL = (
    "UPDATE catalog.products SET title = $3, story = $4, category_id = $5, fulfilment = $6, return_exception = $7, "
    "searched_title = $3 "
    "WHERE market_id = $1 AND id = $2"
)
SAID_SQL = (
    "SELECT p.id, p.title, c.name AS shelf FROM catalog.products p JOIN catalog.categories c "
    "ON c.market_id = p.market_id AND c.id = p.category_id WHERE p.market_id = $1 AND p.id = ANY($2::uuid[])"
)
DELETE_WORDS_SQL = "DELETE FROM catalog.words WHERE market_id = $1 AND product_id = ANY($2::uuid[])"
INSERT_WORDS_SQL = (
    "INSERT INTO catalog.words (market_id, product_id, word) SELECT $1, w.* FROM unnest($2::uuid[], $3::text[]) "
    "AS w(product_id, word)"
)
LOCK_UNSEARCHED_SQL = (
    "SELECT id FROM catalog.products WHERE market_id = $1 AND searched_title IS DISTINCT FROM title "
    "ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED"
)
SEARCHED_SQL = "UPDATE catalog.products SET searched_title = title WHERE market_id = $1 AND id = ANY($2::uuid[])"
SAVE_PICTURES_SQL = "UPDATE catalog.products SET pictures = $3 WHERE market_id = $1 AND id = $2"
SAVE_SKU_SQL = "UPDATE catalog.skus SET options = $3, price_minor = $4 WHERE market_id = $1 AND id = $2"
RETIRE_SQL = "UPDATE catalog.skus SET retired_at = $3 WHERE market_id = $1 AND id = $2"
PAUSE_SQL = (
    "UPDATE catalog.products SET state = 'off', is_paused = true "
    "WHERE market_id = $1 AND supplier_id = $2 AND state = 'listed'"
)
RESUME_SQL = (
    "UPDATE catalog.products SET state = 'listed', is_paused = false WHERE market_id = $1 AND supplier_id = $2 "
    "AND is_paused AND state = 'off'"
)
SHELVE_SQL = (
    "UPDATE catalog.products SET state = $3, is_paused = false, listed_at = coalesce(listed_at, $4) "
    "WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
SAVE_PRICES = bulk.update(tables.skus, key=["id"], columns=["price_minor"])
INSERT_FREIGHTS = bulk.insert(
    tables.freights, "id", "supplier_id", "name", "measure", "rules", "is_usual", "changed_at"
)
LOCK_SUPPLIER_SQL = "SELECT id FROM parties.suppliers WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
FREIGHTS_SQL = (
    "SELECT id, name, measure, rules, is_usual, changed_at FROM catalog.freights "
    "WHERE market_id = $1 AND supplier_id = $2 ORDER BY is_usual DESC, name, id"
)
NONE_IS_USUAL_SQL = (
    "UPDATE catalog.freights SET is_usual = false WHERE market_id = $1 AND supplier_id = $2 AND is_usual"
)
SAVE_FREIGHT_SQL = (
    "UPDATE catalog.freights SET name = $3, measure = $4, rules = $5, is_usual = $6, changed_at = $7 "
    "WHERE market_id = $1 AND id = $2"
)
LOCK_OWN_PRODUCTS_SQL = (
    "SELECT id, freight_id FROM catalog.products WHERE market_id = $1 AND supplier_id = $2 AND id = ANY($3::uuid[]) "
    "ORDER BY id FOR UPDATE"
)
CHOOSE_FREIGHT_SQL = "UPDATE catalog.products SET freight_id = $3 WHERE market_id = $1 AND id = ANY($2::uuid[])"
LEAVE_FREIGHT_SQL = "UPDATE catalog.products SET freight_id = NULL WHERE market_id = $1 AND freight_id = $2"
DELETE_FREIGHT_SQL = "DELETE FROM catalog.freights WHERE market_id = $1 AND id = $2"
LOCK_PARCEL_SQL = (
    "SELECT s.weight_grams, s.volume_cm3, s.units_per_person_max FROM catalog.skus s JOIN catalog.products p "
    "ON p.market_id = s.market_id AND p.id = s.product_id WHERE s.market_id = $1 AND s.id = $2 AND p.supplier_id = $3 "
    "FOR UPDATE OF s"
)
LOCK_CUSTOMS_SQL = (
    "SELECT s.hs_code, s.origin, s.declared_minor, s.tax_permyriad FROM catalog.skus s JOIN catalog.products p "
    "ON p.market_id = s.market_id AND p.id = s.product_id WHERE s.market_id = $1 AND s.id = $2 AND p.supplier_id = $3 "
    "FOR UPDATE OF s"
)
SAVE_CUSTOMS_SQL = "UPDATE catalog.skus SET hs_code = $3, origin = $4, declared_minor = $5, tax_permyriad = $6 WHERE market_id = $1 AND id = $2"
SAVE_PARCEL_SQL = "UPDATE catalog.skus SET weight_grams = $3, volume_cm3 = $4, units_per_person_max = $5 WHERE market_id = $1 AND id = $2"
OFFERS_SQL = (
    "SELECT s.id AS sku_id, p.id AS product_id, p.supplier_id, p.title, s.options, "
    "coalesce(p.pictures->>0, '') AS picture, s.price_minor, p.fulfilment, "
    "p.state = 'listed' AND s.retired_at IS NULL AS listed, p.category_id, s.weight_grams, s.volume_cm3, "
    "s.units_per_person_max, (SELECT jsonb_build_array(f.measure, f.rules) FROM catalog.freights f "
    "WHERE f.market_id = p.market_id AND f.supplier_id = p.supplier_id "
    "AND (f.id = p.freight_id OR f.is_usual AND p.freight_id IS NULL)) AS freight, p.return_exception, s.tax_permyriad "
    "FROM catalog.skus s JOIN catalog.products p ON p.market_id = s.market_id AND p.id = s.product_id "
    "WHERE s.market_id = $1 AND s.id = ANY($2::uuid[])"
)


@dataclass(slots=True)
class CategoryRow:
    id: UUID
    slug: str
    name: str
    position: int


@dataclass(slots=True)
class ProductRow:
    id: UUID
    supplier_id: UUID
    category_id: UUID
    title: str
    story: str
    pictures: list[str]
    fulfilment: str
    state: str
    listed_at: Any
    return_exception: str = ""

    @property
    def searched_title(self) -> str:
        """Its words are written in the same transaction."""
        return self.title


@dataclass(slots=True)
class SkuRow:
    id: UUID
    product_id: UUID
    options: str
    price_minor: int
    position: int


@dataclass(slots=True)
class PriceRow:
    sku_id: UUID
    since: Any
    price_minor: int


@dataclass(slots=True)
class FreightRow:
    id: UUID
    supplier_id: UUID
    name: str
    measure: str
    rules: list[dict[str, Any]]
    is_usual: bool
    changed_at: Any


@dataclass(slots=True)
class NewPrice:
    id: UUID
    price_minor: int


async def save_words(work: Work, products: Collection[UUID]) -> None:
    """The words by which these products are found: of their titles and their shelves. Those that they had are gone."""
    rows = await work.fetch(SAID_SQL, list(products))
    found = [(row["id"], word) for row in rows for word in sorted(words_of(f"{row['title']} {row['shelf']}"))]
    await work.execute(DELETE_WORDS_SQL, list(products))
    await work.execute(INSERT_WORDS_SQL, [product for product, _ in found], [word for _, word in found])


async def load_offers(work: Work, skus: Collection[UUID]) -> Offers:
    """What these SKUs are and cost now, and what sending them costs. Not locked: the price a transaction reads is the price
    it freezes."""
    rows = await work.fetch(OFFERS_SQL, list(set(skus)))
    return Offers({row["sku_id"]: _offer(row) for row in rows})


def _offer(row: Any) -> Offer:
    """Its columns are the fields of an offer in their order; most goods have no template to be read."""
    offer = Offer(*row.values())
    return offer if row["freight"] is None else replace(offer, freight=read_freight(*row["freight"]))
