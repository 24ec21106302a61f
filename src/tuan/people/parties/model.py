"""Ids of those who sell."""

from typing import NewType
from uuid import UUID

from tuan.kit import ids

SupplierId = NewType("SupplierId", UUID)
ShopId = NewType("ShopId", UUID)

SUPPLIER: ids.IdKind[SupplierId] = ids.IdKind("sup")
SHOP: ids.IdKind[ShopId] = ids.IdKind("shop")
