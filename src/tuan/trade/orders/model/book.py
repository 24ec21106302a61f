"""The book: placed orders as a loaded set, moved along the state table. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tuan.goods.supply.model import AllotmentId, Hold, HoldId, Stock
from tuan.kit.facts import Fact
from tuan.kit.money import part
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.trade.orders import facts
from tuan.trade.orders.errors import NotNow
from tuan.trade.orders.model.words import ORDER, OrderId, OrderState, Release
from tuan.trade.payments.model import PayableId, Till
from tuan.value.ledger.model import Postings
from tuan.value.points.model import Lots
from tuan.value.promotions.model import NO_COUPONS, CouponHold, CouponId, Coupons, CouponState

S = OrderState


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
    coupons: tuple[UUID, ...] = ()
    """Those that take from it; read only where its order has some."""

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
    placed_at: Instant
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
    points: int
    """How many of the buyer's points pay a part of it."""
    version: int
    before: str = ""
    lines: list[Line] = field(default_factory=list)


class Book:
    """Locked orders with their lines, till and (where asked for) stock and coupons; verbs move them along the state table."""

    def __init__(
        self,
        orders: Iterable[Order],
        lines: Iterable[Line],
        till: Till,
        stock: Stock,
        now: Instant,
        coupons: Coupons = NO_COUPONS,
        coupon_lines: Mapping[tuple[UUID, UUID], int] | None = None,
        lots: Lots | None = None,
    ) -> None:
        self.orders = {order.id: order for order in orders}
        for line in lines:
            if line.order_id in self.orders:
                self.orders[line.order_id].lines.append(line)
        self.till, self.stock, self.now = till, stock, now
        self.coupons, self.lots = coupons, lots or Lots([], [])
        self.coupon_lines = dict(coupon_lines or {})
        """How many lines that are not given back a coupon takes from, by payable and coupon."""
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
        for hold in self._coupons_of(order, CouponState.HELD):
            self.coupons.settle(hold)
        self.lots.settle(self.lots.held_by(order.id))
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
        """It was kept. Whose the money is from now on, settlement books in the same transaction."""
        self._end(order, S.COMPLETED, "kept", facts.OrderCompleted(order=order.id))

    def close(self, order: Order, reason: str) -> None:
        """End an unpaid order; what it held is free, and nobody starts to pay for it any more."""
        self._release_holds(order)
        for hold in self._coupons_of(order, CouponState.HELD):
            self.coupons.release(hold)
        self.lots.release(self.lots.held_by(order.id))
        self.till.close(order.payable_id, self.now)
        self._end(order, S.CLOSED, reason, facts.OrderClosed(order=order.id))

    def cancel(self, order: Order, reason: str) -> int:
        """Give all of it back: goods that have not left are free, the money goes the way it came. The amount."""
        amount = order.total_minor - order.refunded_minor
        self._release_holds(order)
        if amount:
            self.till.refund(order.payable_id, order.id, amount, reason)
        self._give_points_back(order, order.refunded_minor, order.total_minor)
        for line in order.lines:
            if line.refunded_minor < line.amount_minor:
                self.give_coupons_back(order, line)
            line.refunded_minor = line.amount_minor
            self.changed_lines.append(line)
        order.refunded_minor = order.total_minor
        self._end(order, S.CANCELLED, reason, facts.OrderCancelled(order=order.id))
        return amount

    def _give_points_back(self, order: Order, before_minor: int, now_minor: int) -> None:
        """In the proportion its money goes back; of what cost nothing all of them. None where they were let go already."""
        if units := min(order.points, self.lots.returnable(order.id)):
            if order.total_minor:
                units = min(units, part(order.points, done=before_minor, now=now_minor, of=order.total_minor))
            self.lots.give_back(order.id, units, self.now)

    def why_not_rehold(self, order: Order) -> Refusal | None:
        """Whether what it once held can be held again, from the same pools."""
        needed: dict[tuple[UUID, AllotmentId | None], int] = {}
        for line in order.lines:
            where = (line.sku_id, self.stock.pool(line.allotment_id))
            needed[where] = needed.get(where, 0) + line.units
        for (sku, allotment), units in needed.items():
            if refusal := self.stock.why_not_hold(sku, units, allotment):
                return refusal
        for coupon in self._all_coupons(order):
            if refusal := self.coupons.why_not_hold(coupon, order.payable_id):
                return refusal
        return self.lots.why_not_hold(order.person_id, order.points, self.now) if self._lacks_points(order) else None

    def _lacks_points(self, order: Order) -> bool:
        """Those it was to be paid with were let go when it was closed."""
        return order.points > 0 and not self.lots.returnable(order.id)

    def rehold(self, order: Order) -> None:
        assert not order.holds_stock
        for coupon in self._all_coupons(order):
            if self.coupons.rows[CouponId(coupon)].about is None:
                lines = self.coupon_lines[order.payable_id, coupon]
                self.coupons.settle(self.coupons.hold(coupon, order.payable_id, lines))
        if self._lacks_points(order):
            self.lots.settle(self.lots.hold(order.person_id, order.points, order.id, self.now))
        for line in order.lines:
            hold = self.stock.hold(line.sku_id, line.units, line.allotment_id)
            line.hold_id, line.allotment_id = hold.id, hold.allotment_id
            self.changed_lines.append(line)
        order.holds_stock = True
        self.moved.setdefault(order.id, order)

    def give_coupons_back(self, order: Order, line: Line) -> None:
        """All of this line is given back; a coupon whose last line it is can be used again."""
        for coupon in line.coupons:
            self.coupon_lines[order.payable_id, coupon] -= 1
            row = self.coupons.rows[CouponId(coupon)]
            if row.state == CouponState.USED and row.about == order.payable_id:
                self.coupons.give_back(CouponHold(row.id, order.payable_id))

    def _all_coupons(self, order: Order) -> list[UUID]:
        return list(dict.fromkeys(coupon for line in order.lines for coupon in line.coupons))

    def _coupons_of(self, order: Order, state: CouponState) -> list[CouponHold]:
        """Coupons of its checkout that stand in this state; the orders of one checkout share theirs."""
        if not self.coupons.rows:
            return []
        rows = (self.coupons.rows[CouponId(coupon)] for coupon in self._all_coupons(order))
        return [CouponHold(r.id, order.payable_id) for r in rows if r.state == state and r.about == order.payable_id]

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
