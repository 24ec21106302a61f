"""Who sells: suppliers ship goods, shops recommend them."""

from tuan.people.accounts.tables import persons
from tuan.platform.schema import INSTANT, TEXT, UUID, column, index, market_table, references

suppliers = market_table(
    "parties",
    "suppliers",
    column("id", UUID),
    column("name", TEXT),
    column("owner_id", UUID),
    column("promise", TEXT),
    column("created_at", INSTANT),
    index("suppliers_owner_idx", "owner_id"),
    references(persons, "owner_id"),
    key=("id",),
)

shops = market_table(
    "parties",
    "shops",
    column("id", UUID),
    column("name", TEXT),
    column("owner_id", UUID),
    column("created_at", INSTANT),
    index("shops_owner_idx", "owner_id"),
    references(persons, "owner_id"),
    key=("id",),
)
