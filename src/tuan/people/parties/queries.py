"""Reads of parties."""

from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant, day_of
from tuan.people.parties import store, tables
from tuan.people.parties.model import OrganisationId, Shop, SupplierId
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

NEWEST = Wanted()
SUPPLIER_CARDS_SQL = "SELECT id, name, promise FROM parties.suppliers WHERE market_id = $1 AND id = ANY($2::uuid[])"
SUPPLIER_OF_OWNER_SQL = "SELECT id FROM parties.suppliers WHERE market_id = $1 AND owner_id = $2 ORDER BY id LIMIT 1"

SHOP_COLUMNS = "id, name, owner_id, inviter_id, state, created_at"
SHOPS_SQL = f"SELECT {SHOP_COLUMNS} FROM parties.shops WHERE market_id = $1 AND id = ANY($2::uuid[])"
SHOP_OF_OWNER_SQL = (
    f"SELECT {SHOP_COLUMNS} FROM parties.shops WHERE market_id = $1 AND owner_id = $2 ORDER BY id LIMIT 1"
)
INVITERS_SQL = "SELECT id, inviter_id FROM parties.shops WHERE market_id = $1"
CHAINS_SQL = (
    "WITH RECURSIVE up AS (SELECT s.id AS shop_id, s.inviter_id, s.id AS here, 1 AS level, ARRAY[s.id] AS path FROM parties.shops s "
    "WHERE s.market_id = $1 AND s.created_at < $2 UNION ALL SELECT u.shop_id, u.inviter_id, a.inviter_id, u.level + 1, "
    "u.path || a.inviter_id FROM up u JOIN parties.shops a ON a.market_id = $1 AND a.id = u.here WHERE a.inviter_id <> ALL (u.path)), "
    "placed AS (SELECT DISTINCT ON (shop_id) shop_id, inviter_id, here AS root_id, level FROM up ORDER BY shop_id, level DESC) "
    "SELECT root_id, max(level) OVER chain AS levels, count(*) OVER chain AS people, level, shop_id, inviter_id FROM placed "
    "WINDOW chain AS (PARTITION BY root_id) ORDER BY root_id, level, shop_id"
)
"""As `compliance.model.chains` counts them, a ring included, without the whole market in memory."""
OWNED_SQL = (
    "SELECT 'supplier' AS kind, id, name FROM parties.suppliers WHERE market_id = $1 AND owner_id = $2 UNION ALL "
    "SELECT 'shop', id, name FROM parties.shops WHERE market_id = $1 AND owner_id = $2 UNION ALL "
    "SELECT 'organisation', id, name FROM parties.organisations WHERE market_id = $1 AND owner_id = $2"
)
ORGANISATIONS_SQL = (
    "SELECT id, name, owner_id FROM parties.organisations WHERE market_id = $1 ORDER BY name, id LIMIT 500"
)
ORGANISATION_CARDS_SQL = (
    "SELECT id, name, owner_id FROM parties.organisations WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
ORGANISATION_OF_SQL = "SELECT id FROM parties.organisations WHERE market_id = $1 AND owner_id = $2 ORDER BY id LIMIT 1"
SUPPLIERS_SQL = "SELECT id, name FROM parties.suppliers WHERE market_id = $1 ORDER BY name, id LIMIT 500"
OWNER_SQL = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
PAYEE_NAMES_SQL = (
    "SELECT id, name FROM parties.suppliers WHERE market_id = $1 AND id = ANY($2::uuid[]) UNION ALL "
    "SELECT id, name FROM parties.shops WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
IS_SUPPLIER_SQL = "SELECT id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
BENEFITS_SQL = "SELECT shop_id, word FROM parties.benefits WHERE market_id = $1 AND shop_id = ANY($2::uuid[])"
IS_BEHIND_SQL = (
    "SELECT EXISTS (SELECT FROM parties.benefits WHERE market_id = $1 AND word = $3) AND NOT EXISTS (SELECT FROM "
    "parties.benefits WHERE market_id = $1 AND word = $3 AND shop_id = $2)"
)
WITH_BENEFIT_SQL = (
    "SELECT s.id, s.name, md5($3::text || s.id::text) AS place FROM parties.benefits b JOIN parties.shops s ON s.market_id = b.market_id "
    "AND s.id = b.shop_id WHERE b.market_id = $1 AND b.word = $2 AND s.state = 'open' AND md5($3::text || s.id::text) > $4 "
    "ORDER BY place LIMIT $5"
)
"""Each day in another order, so that nobody stands first for good."""


async def merchant(work: Work) -> UUID | None:
    """The supplier whose own accounts take the market's money, as a page asks for it; not locked."""
    found: UUID | None = await work.fetch_value(store.MERCHANT_SQL)
    return found


async def owned_by(work: Work, person: UUID) -> list[Any]:
    """Rows of kind (supplier, shop or organisation), id, name: what this person answers for."""
    return await work.fetch(OWNED_SQL, person)


async def suppliers(work: Work) -> list[Any]:
    """Rows of id, name, by name, for a choice."""
    return await work.fetch(SUPPLIERS_SQL)


async def access_supplier(work: Work, supplier: UUID) -> None:
    """Raises Refused(NotFound) for one that there is not."""
    if await work.fetch_value(IS_SUPPLIER_SQL, supplier) is None:
        raise Refused(NotFound())


async def owner_of(work: Work, supplier: UUID) -> UUID:
    """The person who answers for a supplier; raises Refused(NotFound)."""
    owner: UUID | None = await work.fetch_value(OWNER_SQL, supplier)
    if owner is None:
        raise Refused(NotFound())
    return owner


async def supplier_cards(work: Work, suppliers: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of id, name, promise by id."""
    return {row["id"]: row for row in await work.fetch(SUPPLIER_CARDS_SQL, list(suppliers))}


async def payee_names(work: Work, payees: Collection[UUID]) -> dict[UUID, str]:
    """Names of suppliers and shops by id."""
    return {row["id"]: row["name"] for row in await work.fetch(PAYEE_NAMES_SQL, list(payees))}


async def supplier_of(work: Work, person: UUID) -> SupplierId | None:
    """The supplier this person answers for, if any."""
    found: SupplierId | None = await work.fetch_value(SUPPLIER_OF_OWNER_SQL, person)
    return found


async def shop_of(work: Work, person: UUID) -> Shop | None:
    """The shop this person answers for, if any; suspended or not."""
    row = await work.fetch_one(SHOP_OF_OWNER_SQL, person)
    return Shop(*row.values()) if row else None


async def shop_cards(work: Work, shops: Collection[UUID]) -> dict[UUID, Shop]:
    """Those of these ids that name a shop, suspended or not."""
    return {row["id"]: Shop(*row.values()) for row in await work.fetch(SHOPS_SQL, list(shops))}


async def access_shop(work: Work, shop: UUID) -> Shop:
    """A shop, suspended or not; raises Refused(NotFound)."""
    found = (await shop_cards(work, [shop])).get(shop)
    if found is None:
        raise Refused(NotFound())
    return found


async def benefits_of(work: Work, shops: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """What these shops have won and hold now; those that have nothing are absent."""
    found: dict[UUID, frozenset[str]] = {}
    for row in await work.fetch(BENEFITS_SQL, list(shops)):
        found[row["shop_id"]] = found.get(row["shop_id"], frozenset()) | {row["word"]}
    return found


async def has_benefit(work: Work, shop: UUID, benefit: str) -> bool:
    """Whether a shop has this benefit now."""
    return benefit in (await benefits_of(work, [shop])).get(shop, frozenset())


async def is_behind(work: Work, shop: UUID, benefit: str) -> bool:
    """Whether others have this benefit and the shop has it not; where nobody has it, nobody waits."""
    return bool(await work.fetch_value(IS_BEHIND_SQL, shop, benefit))


async def shops_with(work: Work, benefit: str, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """Rows of id, name: the open shops that have this benefit, each day of the market in another order."""
    (last,) = decode_key(after, tuple[str]) or ("",)
    day = day_of(work.now, work.market.time_zone).isoformat()
    rows = await work.fetch(WITH_BENEFIT_SQL, benefit, day, last, size + 1)
    return page_of(rows, size, lambda row: (row["place"],))


async def search_shops(work: Work, wanted: Wanted = NEWEST, *, state: str = "") -> Page[Any]:
    """Shops, newest first; rows of id, name, owner_id, inviter_id, state, created_at."""
    s = tables.shops
    query = sa.select(
        s.c.id, s.c.name, s.c.owner_id, s.c.inviter_id, s.c.state, s.c.created_at,
    ).where(s.c.market_id == work.market.id)  # fmt: skip
    if state:
        query = query.where(s.c.state == state)
    return await list_rows(work, query, wanted, sorts={"newest": s.c.id}, key=s.c.id)


async def inviters(work: Work) -> dict[UUID, UUID | None]:
    """Of every shop, also suspended ones, which shop invited it."""
    return {row["id"]: row["inviter_id"] for row in await work.fetch(INVITERS_SQL)}


def invitation_chains(work: Work, until: Instant) -> AsyncIterator[Any]:
    """Every shop that was admitted before `until`, by its chain: rows of root_id, levels and people (of the chain), level (the
    organiser's is 1), shop_id, inviter_id."""
    return work.stream(CHAINS_SQL, until)


async def organisations(work: Work) -> list[Any]:
    """Rows of id, name, owner_id, by name."""
    return await work.fetch(ORGANISATIONS_SQL)


async def organisation_cards(work: Work, wanted: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of id, name, owner_id by id."""
    return {row["id"]: row for row in await work.fetch(ORGANISATION_CARDS_SQL, list(wanted))}


async def access_organisation(work: Work, organisation: UUID) -> Any:
    """Its row of id, name, owner_id; raises Refused(NotFound)."""
    found = (await organisation_cards(work, [organisation])).get(organisation)
    if found is None:
        raise Refused(NotFound())
    return found


async def organisation_of(work: Work, person: UUID) -> OrganisationId | None:
    """The organisation this person speaks for, if any."""
    found: OrganisationId | None = await work.fetch_value(ORGANISATION_OF_SQL, person)
    return found
