"""What is on offer: pure words of the catalog."""

from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from tuan.goods.catalog.errors import ProductOff
from tuan.kit import ids
from tuan.kit.refusals import NotFound, Refusal

ProductId = NewType("ProductId", UUID)
SkuId = NewType("SkuId", UUID)
CategoryId = NewType("CategoryId", UUID)

PRODUCT: ids.IdKind[ProductId] = ids.IdKind("prod")
SKU: ids.IdKind[SkuId] = ids.IdKind("sku")
CATEGORY: ids.IdKind[CategoryId] = ids.IdKind("cat")


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU as it is on offer right now; an order freezes what it needs of it."""

    sku_id: SkuId
    product_id: ProductId
    supplier_id: UUID
    title: str
    options: str
    picture: str
    price_minor: int
    fulfilment: str
    listed: bool


class Offers:
    """The offers a batch of commands asks for."""

    def __init__(self, rows: dict[UUID, Offer]) -> None:
        self._rows = rows

    def get(self, sku: UUID) -> Offer:
        return self._rows[sku]

    def why_not_sell(self, sku: UUID) -> Refusal | None:
        offer = self._rows.get(sku)
        if offer is None:
            return NotFound()
        return None if offer.listed else ProductOff()
