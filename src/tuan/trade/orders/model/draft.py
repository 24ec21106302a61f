"""Orders being placed: what a batch drafts, and the rule of buying alone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer, Offers
from tuan.goods.supply.model import AllotmentId, Hold, HoldId, Stock
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Address, Addresses
from tuan.trade.orders.errors import UnitsInvalid
from tuan.trade.orders.model.words import (
    LINES_MAX,
    ORDER_ID,
    PAY_WITHIN,
    OrderId,
    OrderState,
    Placed,
    PlaceOrder,
    Release,
    why_not_at_price,
    why_not_deliver,
    why_not_units,
)
from tuan.trade.payments.model import PAYABLE, PayableId


@dataclass(frozen=True, slots=True)
class Item:
    """One line to be: an offer, how many, what it costs here and why, and the hold that keeps it."""

    offer: Offer
    units: int
    unit_price_minor: int
    hold: Hold
    discount_reason: str = ""
    discount_bearer: str = "supplier"


@dataclass(slots=True)
class NewOrder:
    id: OrderId
    payable_id: PayableId
    person_id: UUID
    supplier_id: UUID
    state: str
    release: str
    fulfilment: str
    address: Address | None
    currency: str
    total_minor: int
    placed_at: Instant
    pay_by: Instant
    holds_stock: bool = True


@dataclass(slots=True)
class NewLine:
    order_id: OrderId
    number: int
    sku_id: UUID
    title: str
    options: str
    picture: str
    units: int
    list_price_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    amount_minor: int
    hold_id: HoldId
    allotment_id: AllotmentId | None


@dataclass(slots=True)
class NewAllocation:
    order_id: OrderId
    line_number: int
    reason: str
    bearer: str
    amount_minor: int


@dataclass(slots=True)
class PayableRow:
    id: PayableId
    person_id: UUID
    currency: str
    amount_minor: int
    pay_by: Instant
    created_at: Instant


class OrderDraft:
    """Orders placed by a batch: rows that `save_draft` writes with one statement per table."""

    def __init__(self, now: Instant, currency: str) -> None:
        self.now, self.currency = now, currency
        self.payables: list[PayableRow] = []
        self.orders: list[NewOrder] = []
        self.lines: list[NewLine] = []
        self.allocations: list[NewAllocation] = []

    def place(
        self,
        person: UUID,
        items: Sequence[Item],
        address: Address | None,
        release: Release,
        pay_by: Instant,
        placed_at: Instant | None = None,
    ) -> Placed:
        """One payable, one order per supplier and way of fulfilment; every amount frozen. placed_at: where it is not now."""
        at = placed_at or self.now
        payable = PAYABLE.new()
        groups: dict[tuple[UUID, str], list[Item]] = {}
        for item in items:
            groups.setdefault((item.offer.supplier_id, item.offer.fulfilment), []).append(item)
        total, placed = 0, []
        for (supplier, fulfilment), group in groups.items():
            order = ORDER_ID.new()
            amount = sum(self._line(order, number, item) for number, item in enumerate(group, start=1))
            self.orders.append(
                NewOrder(order, payable, person, supplier, OrderState.PLACED, release, fulfilment,
                         address if fulfilment == "shipped" else None, self.currency, amount, at, pay_by)
            )  # fmt: skip
            total += amount
            placed.append(order)
        self.payables.append(PayableRow(payable, person, self.currency, total, pay_by, at))
        return Placed(payable, tuple(placed))

    def _line(self, order: OrderId, number: int, item: Item) -> int:
        offer = item.offer
        amount = item.unit_price_minor * item.units
        discount = offer.price_minor * item.units - amount
        list_price = offer.price_minor
        if discount < 0:  # a price above the list price is its own list price; a discount is never negative
            list_price, discount = item.unit_price_minor, 0
        self.lines.append(
            NewLine(order, number, offer.sku_id, offer.title, offer.options, offer.picture, item.units, list_price,
                    discount, 0, 0, amount, item.hold.id, item.hold.allotment_id)
        )  # fmt: skip
        if discount:
            self.allocations.append(NewAllocation(order, number, item.discount_reason, item.discount_bearer, discount))
        return amount


def place(
    command: PlaceOrder, offers: Offers, stock: Stock, addresses: Addresses, draft: OrderDraft
) -> Placed | Refusal:
    """Hold the stock and draft the orders, or say why not."""
    wanted: dict[UUID, int] = {}
    for sku, units in command.items:
        if refusal := why_not_units(units) or offers.why_not_sell(sku):
            return refusal
        wanted[sku] = wanted.get(sku, 0) + units  # two lines on one SKU draw on one stock
    if not 0 < len(wanted) <= LINES_MAX:
        return UnitsInvalid(most=LINES_MAX)
    total = sum(offers.get(sku).price_minor * units for sku, units in wanted.items())
    for sku, units in wanted.items():
        if refusal := why_not_units(units) or stock.why_not_hold(sku, units):
            return refusal
    if refusal := (
        addresses.why_not_use(command.actor, command.address)
        or why_not_deliver(map(offers.get, wanted), command.address)
        or why_not_at_price(total, command.quoted_minor)
    ):
        return refusal
    # After this point it must succeed.
    items = [Item(offers.get(s), u, offers.get(s).price_minor, stock.hold(s, u)) for s, u in wanted.items()]
    return draft.place(command.actor, items, addresses.get(command.address), Release.AT_ONCE, draft.now + PAY_WITHIN)
