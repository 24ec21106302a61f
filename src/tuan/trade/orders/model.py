"""Orders: their states, how they are drafted, and the book of placed ones as a loaded set. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from tuan.goods.catalog.model import Offer, Offers
from tuan.goods.supply.model import AllotmentId, Hold, HoldId, Stock
from tuan.kit import ids, states
from tuan.kit.facts import Fact
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Address, Addresses
from tuan.trade.orders import facts
from tuan.trade.orders.errors import AddressMissing, NotNow, PriceChanged, UnitsInvalid
from tuan.trade.payments.model import PAYABLE, PayableId, Till
from tuan.value.ledger.model import PLATFORM_INCOME, PREPAYMENT, Postings, supplier_payable

OrderId = NewType("OrderId", UUID)

ORDER_ID: ids.IdKind[OrderId] = ids.IdKind("ord")

BEARERS = ("supplier", "shop", "market", "organisation")
UNITS_PER_LINE_MAX = 999
LINES_MAX = 50
PAY_WITHIN = timedelta(minutes=15)
RETURN_WINDOW = timedelta(days=7)
RECEIVED_BY_ITSELF_AFTER = timedelta(days=15)
PLATFORM_FEE_PERMYRIAD = 200
"""The market's share of completed goods, in 1/10,000, until the settlement issue brings plans."""


class Release(StrEnum):
    """Who lets a paid order go to shipping: the payment itself, or whoever gave the promise (a team that forms)."""

    AT_ONCE = "at_once"
    ON_COMMAND = "on_command"


RELEASES = tuple(Release)


class OrderState(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    GATHERING = "gathering"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    RECEIVED = "received"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = OrderState

# Paid: all money is here and whoever promised must answer for it. Closed comes back to paid when money arrives late,
# so that no captured cent is ever without an order that is on its way to goods or to a refund.
ORDER = states.table(
    {
        S.PLACED: {S.PAID, S.CLOSED},
        S.PAID: {S.GATHERING, S.TO_SHIP, S.CANCELLED},
        S.GATHERING: {S.TO_SHIP, S.CANCELLED},
        S.TO_SHIP: {S.SHIPPED, S.CANCELLED},
        S.SHIPPED: {S.RECEIVED, S.CANCELLED},
        S.RECEIVED: {S.COMPLETED, S.CANCELLED},
        S.CLOSED: {S.PAID},
        S.COMPLETED: (),
        S.CANCELLED: (),
    },
    start=S.PLACED,
)


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Buy alone: (sku, units) pairs, the address for what is shipped, and the total the page showed."""

    actor: UUID
    key: str
    items: tuple[tuple[UUID, int], ...]
    address: UUID | None
    quoted_minor: int | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing gave: one payable, and an order per supplier."""

    payable: PayableId
    orders: tuple[OrderId, ...]


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
        self, person: UUID, items: Sequence[Item], address: Address | None, release: Release, pay_by: Instant
    ) -> Placed:
        """One payable, one order per supplier and way of fulfilment; every amount frozen."""
        payable = PAYABLE.new()
        groups: dict[tuple[UUID, str], list[Item]] = {}
        for item in items:
            groups.setdefault((item.offer.supplier_id, item.offer.fulfilment), []).append(item)
        total, placed = 0, []
        for (supplier, fulfilment), group in groups.items():
            order = ORDER_ID.new()
            amount = sum(self._line(order, number, item) for number, item in enumerate(group, start=1))
            self.orders.append(
                NewOrder(order, payable, person, supplier, S.PLACED, release, fulfilment,
                         address if fulfilment == "shipped" else None, self.currency, amount, self.now, pay_by)
            )  # fmt: skip
            total += amount
            placed.append(order)
        self.payables.append(PayableRow(payable, person, self.currency, total, pay_by, self.now))
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
            self.allocations.append(
                NewAllocation(order, number, item.discount_reason, item.discount_bearer, discount)
            )
        return amount


def why_not_units(units: int, most: int = UNITS_PER_LINE_MAX) -> Refusal | None:
    return None if 1 <= units <= most else UnitsInvalid(most=most)


def why_not_deliver(offers: Iterable[Offer], address: UUID | None) -> Refusal | None:
    """What is shipped needs an address; the rest does not."""
    return AddressMissing() if address is None and any(o.fulfilment == "shipped" for o in offers) else None


def why_not_at_price(total_minor: int, quoted_minor: int | None) -> Refusal | None:
    """The quote shown is the quote charged."""
    if quoted_minor is None or quoted_minor == total_minor:
        return None
    return PriceChanged(now_minor=total_minor, shown_minor=quoted_minor)


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
    return draft.place(
        command.actor, items, addresses.get(command.address), Release.AT_ONCE, draft.now + PAY_WITHIN
    )


@dataclass(slots=True)
class Line:
    order_id: OrderId
    number: int
    sku_id: UUID
    units: int
    amount_minor: int
    refunded_minor: int
    hold_id: HoldId
    allotment_id: AllotmentId | None

    def hold(self) -> Hold:
        return Hold(self.hold_id, self.sku_id, self.allotment_id, self.units)


@dataclass(slots=True)
class Order:
    id: OrderId
    payable_id: PayableId
    person_id: UUID
    supplier_id: UUID
    state: str
    release: str
    fulfilment: str
    currency: str
    total_minor: int
    refunded_minor: int
    pay_by: Instant
    paid_at: Instant | None
    released_at: Instant | None
    shipped_at: Instant | None
    received_at: Instant | None
    ended_at: Instant | None
    end_reason: str | None
    carrier: str | None
    tracking: str | None
    holds_stock: bool
    version: int
    before: str = ""
    lines: list[Line] = field(default_factory=list)


class Book:
    """Locked orders with their lines, till and (where asked for) stock; verbs move them along the state table."""

    def __init__(self, orders: Iterable[Order], lines: Iterable[Line], till: Till, stock: Stock, now: Instant) -> None:
        self.orders = {order.id: order for order in orders}
        for line in lines:
            if line.order_id in self.orders:
                self.orders[line.order_id].lines.append(line)
        self.till, self.stock, self.now = till, stock, now
        self.postings = Postings()
        self.facts: list[Fact] = []
        self.moved: dict[OrderId, Order] = {}
        self.changed_lines: list[Line] = []
        self._by_payable: dict[PayableId, list[Order]] = {}
        for order in self.orders.values():
            self._by_payable.setdefault(order.payable_id, []).append(order)

    def get(self, order: UUID) -> Order | None:
        return self.orders.get(OrderId(order))

    def covered_by(self, payable: PayableId) -> Sequence[Order]:
        return self._by_payable.get(payable, ())

    def why_not(self, order: Order, after: OrderState) -> Refusal | None:
        return None if ORDER.allows(order.state, after) else NotNow(state=order.state)

    def mark_paid(self, order: Order, paid_at: Instant) -> None:
        """All money of its payable is here. One that was closed comes back, holding nothing."""
        late = order.state == S.CLOSED
        order.paid_at, order.ended_at, order.end_reason = paid_at, None, None
        told: type[Fact] = facts.OrderPaidLate if late else facts.OrderPaid
        self._move(order, S.PAID, told(order=order.id))
        if order.release == Release.AT_ONCE and not late:
            self.release(order)

    def gather(self, order: Order) -> None:
        self._move(order, S.GATHERING)

    def release(self, order: Order) -> None:
        """It may be shipped."""
        order.released_at = self.now
        self._move(order, S.TO_SHIP, facts.OrderReleased(order=order.id))

    def ship(self, order: Order, carrier: str, tracking: str) -> None:
        """The goods leave the house."""
        for line in order.lines:
            self.stock.settle(line.hold())
        order.holds_stock = False
        order.shipped_at, order.carrier, order.tracking = self.now, carrier, tracking
        self._move(order, S.SHIPPED, facts.OrderShipped(order=order.id))

    def receive(self, order: Order) -> None:
        order.received_at = self.now
        self._move(order, S.RECEIVED, facts.OrderReceived(order=order.id))

    def complete(self, order: Order) -> None:
        """What was kept is the supplier's, less the market's share."""
        kept = order.total_minor - order.refunded_minor
        fee = kept * PLATFORM_FEE_PERMYRIAD // 10_000
        payee = supplier_payable(order.supplier_id)
        if kept - fee:
            self.postings.post("supplier_share", PREPAYMENT, payee, order.currency, kept - fee, order.id)
        if fee:
            self.postings.post("platform_fee", PREPAYMENT, PLATFORM_INCOME, order.currency, fee, order.id)
        self._end(order, S.COMPLETED, "kept", facts.OrderCompleted(order=order.id))

    def close(self, order: Order, reason: str) -> None:
        """End an unpaid order; what it held is free."""
        self._release_holds(order)
        self._end(order, S.CLOSED, reason, facts.OrderClosed(order=order.id))

    def cancel(self, order: Order, reason: str) -> int:
        """Give all of it back: goods that have not left are free, the money goes the way it came. The amount."""
        amount = order.total_minor - order.refunded_minor
        self._release_holds(order)
        self.till.refund(order.payable_id, order.id, amount, reason)
        for line in order.lines:
            line.refunded_minor = line.amount_minor
            self.changed_lines.append(line)
        order.refunded_minor = order.total_minor
        self._end(order, S.CANCELLED, reason, facts.OrderCancelled(order=order.id))
        return amount

    def why_not_rehold(self, order: Order) -> Refusal | None:
        """Whether what it once held can be held again, from the same pools; a pool that is over gives nothing."""
        needed: dict[tuple[UUID, AllotmentId | None], int] = {}
        for line in order.lines:
            where = (line.sku_id, line.allotment_id)
            needed[where] = needed.get(where, 0) + line.units
        for (sku, allotment), units in needed.items():
            if refusal := self.stock.why_not_hold(sku, units, allotment):
                return refusal
        return None

    def rehold(self, order: Order) -> None:
        assert not order.holds_stock
        for line in order.lines:
            line.hold_id = self.stock.hold(line.sku_id, line.units, line.allotment_id).id
            self.changed_lines.append(line)
        order.holds_stock = True
        self.moved.setdefault(order.id, order)

    def _release_holds(self, order: Order) -> None:
        if order.holds_stock:
            for line in order.lines:
                self.stock.release(line.hold())
            order.holds_stock = False

    def _end(self, order: Order, after: OrderState, reason: str, told: Fact) -> None:
        order.ended_at, order.end_reason = self.now, reason
        self._move(order, after, told)

    def _move(self, order: Order, after: OrderState, told: Fact | None = None) -> None:
        ORDER.check(order.state, after)
        order.state = after
        self.moved[order.id] = order
        if told is not None:
            self.facts.append(told)


def encode_placed(placed: Placed) -> dict[str, Any]:
    """What is remembered under the command's key."""
    return {"payable": str(placed.payable), "orders": [str(order) for order in placed.orders]}


def decode_placed(stored: Any) -> Placed:
    return Placed(PayableId(UUID(stored["payable"])), tuple(OrderId(UUID(order)) for order in stored["orders"]))
