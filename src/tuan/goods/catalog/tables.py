"""Products, their SKUs (one per combination of options), categories and the history of every price."""

from tuan.goods.catalog.model import (
    FULFILMENTS,
    MEASURE_MAX,
    MEASURES,
    RETURN_EXCEPTIONS,
    UNITS_PER_PERSON_MAX,
    ShelfState,
)
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.parties.tables import suppliers
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    BYTEWISE,
    INSTANT,
    INT,
    JSONB,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
    unique,
)

UNSEARCHED = "searched_title IS DISTINCT FROM title"
"""A product whose words are not those of its title: from before there were any, or written by the release before."""

categories = market_table(
    "catalog",
    "categories",
    column("id", UUID),
    column("slug", TEXT),
    column("name", TEXT),
    column("position", INT),
    unique("slug"),
    key=("id",),
)

freights = market_table(
    "catalog",
    "freights",
    column("id", UUID),
    column("supplier_id", UUID),
    column("name", TEXT),
    column("measure", TEXT),
    column("rules", JSONB),
    column("is_usual", BOOL),
    column("changed_at", INSTANT),
    one_of("measure", MEASURES),
    index("freights_supplier_idx", "supplier_id", "id"),
    unique("supplier_id", name="freights_usual_key", where="is_usual"),
    references(suppliers, "supplier_id"),
    key=("id",),
)

products = market_table(
    "catalog",
    "products",
    column("id", UUID),
    column("supplier_id", UUID),
    column("category_id", UUID),
    column("title", TEXT),
    column("story", TEXT),
    column("pictures", JSONB),
    column("fulfilment", TEXT),
    column("state", TEXT),
    column("listed_at", INSTANT, null=True),
    column("searched_title", TEXT, null=True),
    column("freight_id", UUID, null=True),
    column("return_exception", TEXT, default="''"),
    column("is_paused", BOOL, default="false"),
    one_of("fulfilment", FULFILMENTS),
    one_of("return_exception", ("", *RETURN_EXCEPTIONS)),
    one_of("state", tuple(ShelfState)),
    check("listed_has_time", "(state = 'draft') = (listed_at IS NULL)"),
    index("products_title_idx", "title", "id"),
    index("products_state_idx", "state", "id"),
    index("products_listed_idx", "listed_at", "id", where="state = 'listed'"),
    index("products_unsearched_idx", "id", where=UNSEARCHED),
    references(suppliers, "supplier_id"),
    references(categories, "category_id"),
    references(freights, "freight_id"),
    key=("id",),
    relay=("market_id, title, searched_title", UNSEARCHED),
)

words = market_table(
    "catalog",
    "words",
    column("word", BYTEWISE),
    column("product_id", UUID),
    index("words_product_idx", "product_id", "word"),
    references(products, "product_id"),
    key=("word", "product_id"),
)

skus = market_table(
    "catalog",
    "skus",
    column("id", UUID),
    column("product_id", UUID),
    column("options", TEXT),
    column("price_minor", BIGINT),
    column("position", INT),
    column("retired_at", INSTANT, null=True),
    column("weight_grams", BIGINT, default="0"),
    column("volume_cm3", BIGINT, default="0"),
    column("units_per_person_max", BIGINT, null=True),
    column("hs_code", TEXT, null=True),
    column("origin", TEXT, null=True),
    column("declared_minor", BIGINT, null=True),
    column("tax_permyriad", INT, null=True),
    check(
        "customs_whole",
        "(hs_code IS NULL) = (tax_permyriad IS NULL) AND (origin IS NULL) = (tax_permyriad IS NULL) "
        "AND (declared_minor IS NULL) = (tax_permyriad IS NULL) AND tax_permyriad BETWEEN 0 AND 10000",
    ),
    check(
        "parcel_in_bounds",
        f"weight_grams BETWEEN 0 AND {MEASURE_MAX} AND volume_cm3 BETWEEN 0 AND {MEASURE_MAX} "
        f"AND units_per_person_max BETWEEN 1 AND {UNITS_PER_PERSON_MAX}",
    ),
    check("price_in_bounds", f"price_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX}"),
    unique("product_id", "position"),
    references(products, "product_id"),
    key=("id",),
)

prices = market_table(
    "catalog",
    "prices",
    column("sku_id", UUID),
    column("since", INSTANT),
    column("price_minor", BIGINT),
    references(skus, "sku_id"),
    key=("sku_id", "since"),
    append_only=True,
)
