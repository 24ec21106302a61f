"""Who sells: suppliers ship goods, shops recommend them."""

import sqlalchemy as sa

from tuan.people.accounts.tables import persons
from tuan.people.parties.model import BENEFITS, SHOP_STATES
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

benefits = market_table(
    "parties",
    "benefits",
    column("shop_id", UUID),
    column("word", TEXT),
    column("since", INSTANT),
    one_of("word", BENEFITS),
    index("benefits_word_idx", "word", "shop_id"),
    references(shops, "shop_id"),
    key=("shop_id", "word"),
)
"""What a shop has won and holds now; whoever lets shops win says so here (`play/leagues`)."""

merchants = market_table(
    "parties",
    "merchants",
    column("supplier_id", UUID, null=True),
    references(suppliers, "supplier_id"),
    key=(),
)
"""The one supplier whose own accounts with the providers take the buyers' money of a market, if one does; a row to lock where none does."""

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
