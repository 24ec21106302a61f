"""Who sells: suppliers ship goods, shops recommend them."""

import sqlalchemy as sa

from tuan.people.accounts.tables import persons
from tuan.people.parties.model import SHOP_STATES
from tuan.platform.schema import INSTANT, TEXT, UUID, check, column, index, market_table, one_of, references

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
    column("inviter_id", UUID, null=True),
    column("state", TEXT, default="'open'"),
    one_of("state", tuple(SHOP_STATES.moves)),
    check("invited_by_another", "inviter_id <> id"),
    index("shops_owner_idx", "owner_id"),
    references(persons, "owner_id"),
    sa.ForeignKeyConstraint(["market_id", "inviter_id"], ["parties.shops.market_id", "parties.shops.id"]),
    key=("id",),
)
"""`inviter_id`: the shop that invited this one, said when it was admitted and never again."""

organisations = market_table(
    "parties",
    "organisations",
    column("id", UUID),
    column("name", TEXT),
    column("owner_id", UUID),
    column("created_at", INSTANT),
    index("organisations_owner_idx", "owner_id"),
    references(persons, "owner_id"),
    key=("id",),
)
"""Banks and companies that bring their members; `owner_id` is who speaks for it at its desk."""
