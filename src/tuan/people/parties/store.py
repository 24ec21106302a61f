"""All writes of parties."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.people.parties import tables
from tuan.platform import bulk
from tuan.platform.work import Work

INSERT_SUPPLIERS = bulk.insert(tables.suppliers, "id", "name", "owner_id", "promise", "created_at")
INSERT_SHOPS = bulk.insert(tables.shops, "id", "name", "owner_id", "created_at", "inviter_id", "state")
INSERT_ORGANISATIONS = bulk.insert(tables.organisations, "id", "name", "owner_id", "created_at")
MOVE_SHOP_SQL = "UPDATE parties.shops SET state = $4 WHERE market_id = $1 AND id = $2 AND state = $3"
RENAME_SHOP_SQL = "UPDATE parties.shops SET name = $3 WHERE market_id = $1 AND id = $2"
TAKE_BENEFITS_SQL = (
    "DELETE FROM parties.benefits b WHERE b.market_id = $1 AND b.shop_id = ANY($2::uuid[]) AND NOT EXISTS (SELECT FROM "
    "unnest($3::uuid[], $4::text[]) g(shop_id, word) WHERE g.shop_id = b.shop_id AND g.word = b.word)"
)
GIVE_BENEFITS = bulk.insert(
    tables.benefits, "shop_id", "word", "since", on_conflict="ON CONFLICT (market_id, shop_id, word) DO NOTHING"
)
MERCHANT_SQL = "SELECT supplier_id FROM parties.merchants WHERE market_id = $1"
SHARE_MERCHANT_SQL = f"{MERCHANT_SQL} FOR SHARE"
LOCK_MERCHANT_SQL = f"{MERCHANT_SQL} FOR NO KEY UPDATE"
MAKE_MERCHANT_SQL = (
    "INSERT INTO parties.merchants (market_id, supplier_id) VALUES ($1, NULL) ON CONFLICT (market_id) DO NOTHING"
)
SET_MERCHANT_SQL = "UPDATE parties.merchants SET supplier_id = $2 WHERE market_id = $1"


@dataclass(slots=True)
class SupplierRow:
    id: UUID
    name: str
    owner_id: UUID
    promise: str
    created_at: Any


@dataclass(slots=True)
class ShopRow:
    id: UUID
    name: str
    owner_id: UUID
    created_at: Any
    inviter_id: UUID | None
    state: str


@dataclass(slots=True)
class OrganisationRow:
    id: UUID
    name: str
    owner_id: UUID
    created_at: Any


@dataclass(slots=True)
class BenefitRow:
    shop_id: UUID
    word: str
    since: Any


async def share_merchant(work: Work) -> UUID | None:
    """The market's merchant, who stays it until the end of the transaction; None where money is paid out by the market."""
    return await _merchant(work, SHARE_MERCHANT_SQL)


async def lock_merchant(work: Work) -> UUID | None:
    """The same, for the one who is going to change it: whoever shares it comes before or after."""
    return await _merchant(work, LOCK_MERCHANT_SQL)


async def _merchant(work: Work, sql: str) -> UUID | None:
    """A market that has never had one has no row yet to be locked: it is made."""
    row = await work.fetch_one(sql)
    if row is None:
        await work.execute(MAKE_MERCHANT_SQL)
        row = await work.fetch_one(sql)
    assert row is not None
    found: UUID | None = row["supplier_id"]
    return found
