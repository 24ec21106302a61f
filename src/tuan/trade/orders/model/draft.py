"""Orders being placed: what a batch drafts, and the rule of buying alone. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer, Offers
from tuan.goods.supply.model import AllotmentId, Hold, HoldId, Stock
from tuan.kit.facts import Fact
from tuan.kit.money import split
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Address, Addresses
from tuan.trade.orders.facts import OrderPaid, OrderReleased
from tuan.trade.orders.model.pricing import fill, hold_coupons, why_not_pay_by, why_not_use
from tuan.trade.orders.model.words import (
    ORDER_ID,
    PAY_WITHIN,
    OrderId,
    OrderState,
    Placed,
    PlaceOrder,
    Release,
    why_not_at_price,
    why_not_deliver,
)
from tuan.trade.payments.model import PAYABLE, PayableId
from tuan.value.points.model import OFF, Lots, Terms
from tuan.value.promotions.model import NO_COUPONS, NO_RULES, Coupons, PricedLine, Reason, Rules


@dataclass(frozen=True, slots=True)
class Item:
    """One line to be: an offer, what the quote says of it, and the hold that keeps it."""

    offer: Offer
    priced: PricedLine
    hold: Hold


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
    has_coupons: bool
    points: int = 0
    """How many of the buyer's points pay a part of it."""
    paid_at: Instant | None = None
    released_at: Instant | None = None
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
    source_id: UUID | None
    """The campaign, reward or coupon it comes from."""


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
        self.facts: list[Fact] = []

    def place(
        self, person: UUID, items: Sequence[Item], address: Address | None, release: Release, pay_by: Instant,
        points: int = 0,
    ) -> Placed:  # fmt: skip
        """One payable, one order per supplier and way of fulfilment; every amount frozen. `points`: how many pay a part,
        shared among the orders as what they pay is. What costs nothing is paid when it is placed."""
        payable = PAYABLE.new()
        groups: dict[tuple[UUID, str], list[Item]] = {}
        for item in items:
            groups.setdefault((item.offer.supplier_id, item.offer.fulfilment), []).append(item)
        total, placed, by_points = 0, [], []
        for (supplier, fulfilment), group in groups.items():
            order = ORDER_ID.new()
            amount = sum(self._line(order, number, item) for number, item in enumerate(group, start=1))
            has_coupons = any(part.reason is Reason.COUPON for item in group for part in item.priced.allocations)
            self.orders.append(
                NewOrder(order, payable, person, supplier, OrderState.PLACED, release, fulfilment,
                         address if fulfilment == "shipped" else None, self.currency, amount, self.now, pay_by,
                         has_coupons)
            )  # fmt: skip
            total += amount
            placed.append(self.orders[-1])
            by_points.append(
                sum(p.amount_minor for i in group for p in i.priced.allocations if p.reason is Reason.POINTS)
            )
        if points:
            for one, units in zip(placed, split(points, by_points), strict=True):
                one.points = units
        if not total:
            for one in placed:
                self._be_paid(one)
        self.payables.append(PayableRow(payable, person, self.currency, total, pay_by, self.now))
        return Placed(payable, tuple(one.id for one in placed))

    def _be_paid(self, order: NewOrder) -> None:
        """There is no money to wait for: it goes on as if its payment had just come, and the same is told of it."""
        order.state, order.paid_at = OrderState.PAID, self.now
        self.facts.append(OrderPaid(order=order.id))
        if order.release == Release.AT_ONCE:
            order.state, order.released_at = OrderState.TO_SHIP, self.now
            self.facts.append(OrderReleased(order=order.id))

    def newest(self, placed: Placed) -> list[NewOrder]:
        """The rows of what was placed last."""
        return self.orders[-len(placed.orders) :]

    def _line(self, order: OrderId, number: int, item: Item) -> int:
        offer, priced = item.offer, item.priced
        self.lines.append(
            NewLine(order, number, offer.sku_id, offer.title, offer.options, offer.picture, priced.units,
                    priced.list_minor, priced.discount_minor, priced.freight_minor, 0, priced.amount_minor,
                    item.hold.id, item.hold.allotment_id)
        )  # fmt: skip
        coupons = 0
        for part in priced.allocations:
            reason: str = part.reason
            if part.reason is Reason.COUPON:  # a line may have several: each is told apart by its place
                coupons += 1
                reason = reason if coupons == 1 else f"{reason}_{coupons}"
            self.allocations.append(NewAllocation(order, number, reason, part.bearer, part.amount_minor, part.source))
        return priced.amount_minor


def place(
    command: PlaceOrder,
    offers: Offers,
    stock: Stock,
    addresses: Addresses,
    draft: OrderDraft,
    rules: Rules = NO_RULES,
    coupons: Coupons = NO_COUPONS,
    old_customers: Collection[UUID] = (),
    terms: Terms = OFF,
    lots: Lots | None = None,
) -> Placed | Refusal:
    """Hold the stock, the coupons and the points and draft the orders, or say why not."""
    wallet = lots or Lots([], [])
    basket = fill(command.items, offers, rules, stock)
    if isinstance(basket, Refusal):
        return basket
    if refusal := (
        basket.why_not_hold(stock)
        or addresses.why_not_use(command.actor, command.address)
        or why_not_deliver(basket.offers, command.address)
        or why_not_use(command.coupons, coupons, command.actor, draft.now, old_customers)
    ):
        return refusal
    quoted = basket.quote([coupons.terms(coupon) for coupon in command.coupons], command.points, terms)
    if isinstance(quoted, Refusal):
        return quoted
    if refusal := (
        why_not_pay_by(command.points, quoted, terms, wallet, command.actor, draft.now)
        or why_not_at_price(quoted.total_minor, command.quoted_minor)
    ):
        return refusal
    # After this point it must succeed.
    holds = basket.hold(stock)
    items = [Item(*one) for one in zip(basket.offers, quoted.lines, holds, strict=True)]
    address = addresses.get(command.address)
    pay_by = draft.now + PAY_WITHIN
    placed = draft.place(command.actor, items, address, Release.AT_ONCE, pay_by, quoted.points_units)
    kept = hold_coupons(quoted, coupons, placed.payable)
    holds_of = [wallet.hold(command.actor, o.points, o.id, draft.now) for o in draft.newest(placed) if o.points]
    if not quoted.total_minor:  # nobody waits for a payment, so nothing stays held for one
        for coupon in kept:
            coupons.settle(coupon)
        for hold in holds_of:
            wallet.settle(hold)
    return placed
