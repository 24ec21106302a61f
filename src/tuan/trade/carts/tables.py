"""Lines of carts, and sets of bundles in them."""

from tuan.goods.catalog.tables import skus
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.platform.schema import BIGINT, INSTANT, UUID, check, column, market_table, references
from tuan.trade.carts.model import UNITS_MAX
from tuan.value.promotions.tables import rules

lines = market_table(
    "carts",
    "lines",
    column("person_id", UUID),
    column("sku_id", UUID),
    column("units", BIGINT),
    column("added_at", INSTANT),
    check("units_in_bounds", f"units BETWEEN 1 AND {UNITS_MAX}"),
    references(persons, "person_id"),
    references(skus, "sku_id"),
    key=("person_id", "sku_id"),
)

sets = market_table(
    "carts",
    "sets",
    column("person_id", UUID),
    column("bundle_id", UUID),
    column("sets", BIGINT),
    column("set_minor", BIGINT),  # what one of them cost when its number was last said
    column("added_at", INSTANT),
    check("sets_in_bounds", f"sets BETWEEN 1 AND {UNITS_MAX}"),
    check("price_in_bounds", f"set_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX}"),
    references(persons, "person_id"),
    references(rules, "bundle_id"),
    key=("person_id", "bundle_id"),
)
