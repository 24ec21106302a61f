"""Reads of parties."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refused
from tuan.people.parties.model import SupplierId
from tuan.platform.work import Work

SUPPLIER_CARDS_SQL = "SELECT id, name, promise FROM parties.suppliers WHERE market_id = $1 AND id = ANY($2::uuid[])"
SUPPLIER_OF_OWNER_SQL = "SELECT id FROM parties.suppliers WHERE market_id = $1 AND owner_id = $2 ORDER BY id LIMIT 1"

OWNED_SQL = (
    "SELECT 'supplier' AS kind, id, name FROM parties.suppliers WHERE market_id = $1 AND owner_id = $2 UNION ALL "
    "SELECT 'shop', id, name FROM parties.shops WHERE market_id = $1 AND owner_id = $2"
)
SUPPLIERS_SQL = "SELECT id, name FROM parties.suppliers WHERE market_id = $1 ORDER BY name, id LIMIT 500"
OWNER_SQL = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
IS_SUPPLIER_SQL = "SELECT id FROM parties.suppliers WHERE market_id = $1 AND id = $2"


async def owned_by(work: Work, person: UUID) -> list[Any]:
    """Rows of kind (supplier or shop), id, name: what this person answers for."""
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


async def supplier_of(work: Work, person: UUID) -> SupplierId | None:
    """The supplier this person answers for, if any."""
    found: SupplierId | None = await work.fetch_value(SUPPLIER_OF_OWNER_SQL, person)
    return found
