"""Lines of carts."""

from tuan.goods.catalog.tables import skus
from tuan.people.accounts.tables import persons
from tuan.platform.schema import BIGINT, INSTANT, UUID, check, column, market_table, references
from tuan.trade.carts.model import UNITS_MAX

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
