"""All writes of parties."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.people.parties import tables
from tuan.platform import bulk

INSERT_SUPPLIERS = bulk.insert(tables.suppliers, "id", "name", "owner_id", "promise", "created_at")
INSERT_SHOPS = bulk.insert(tables.shops, "id", "name", "owner_id", "created_at")


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
