"""Sales that happened before and elsewhere, as an import tells them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer
from tuan.goods.supply.model import Stock
from tuan.kit.time import Instant
from tuan.trade.orders.model.draft import Item, OrderDraft
from tuan.trade.orders.model.words import Placed, Release
from tuan.value.promotions.model import PricedLine


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale of one supplier: (sku, units, price of a unit in minor units) in the order of its lines.

    `transaction` names it at the provider that the money is said to have come through.
    """

    transaction: str
    person: UUID
    at: Instant
    items: tuple[tuple[UUID, int, int], ...]


def place_sale(sale: Sale, offers: Mapping[UUID, Offer], stock: Stock, draft: OrderDraft) -> Placed:
    """Draft it as of then. What was paid was the list price: no discount is known, so none is made up."""
    items = [
        Item(offers[sku], PricedLine(sku, units, price, 0, 0, price * units, (), ()), stock.hold(sku, units))
        for sku, units, price in sale.items
    ]
    return draft.place(sale.person, items, None, Release.AT_ONCE, sale.at, placed_at=sale.at)
