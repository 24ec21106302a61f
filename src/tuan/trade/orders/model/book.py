"""The book: placed orders as a loaded set, moved along the state table. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from tuan.goods.supply.model import AllotmentId, Stock
from tuan.kit.facts import Fact
from tuan.kit.money import part, split
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.trade.orders import facts
from tuan.trade.orders.errors import NotNow
from tuan.trade.orders.model.rows import CouponBack, CouponFate, Line, Order, Share, measure
from tuan.trade.orders.model.words import ORDER, OrderId, OrderState, Release
from tuan.trade.payments.model import PayableId, Till
from tuan.value.ledger.model import Postings
from tuan.value.points.model import Lots
from tuan.value.promotions.model import NO_COUPONS, CouponHold, CouponId, Coupons, CouponState

S = OrderState


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
        self.grown: list[Order] = []
        """Those whose balance came, with their lines."""
        self._by_payable: dict[PayableId, list[Order]] = {}
        self._by_balance = {order.balance_id: order for order in self.orders.values() if order.balance_id}
        for order in self.orders.values():
            self._by_payable.setdefault(order.payable_id, []).append(order)

    def get(self, order: UUID) -> Order | None:
        return self.orders.get(OrderId(order))

    def covered_by(self, payable: PayableId) -> Sequence[Order]:
        return self._by_payable.get(payable, ())

    def owing(self, payable: PayableId) -> Order | None:
        """The order whose balance this is."""
        return self._by_balance.get(payable)

    def why_not(self, order: Order, after: OrderState) -> Refusal | None:
        return None if ORDER.allows(order.state, after) else NotNow(state=order.state)

    def mark_paid(self, order: Order, paid_at: Instant) -> None:
        """All money of its payable is here. One that was closed comes back, holding nothing; one that has a balance waits for it."""
        late = order.state == S.CLOSED
        order.paid_at, order.ended_at, order.end_reason = paid_at, None, None
        if order.later_minor and not late:
            self.take_deposit(order)
            return
        told: type[Fact] = facts.OrderPaidLate if late else facts.OrderPaid
        self._move(order, S.PAID, told(order=order.id))
        for hold in self._coupons_of(order, CouponState.HELD):
            self.coupons.settle(hold)
        self.lots.settle(self.lots.held_by(order.id))
        if order.release == Release.AT_ONCE and not late:
            self.release(order)

    def take_deposit(self, order: Order) -> None:
        """What is owed at first is here; it waits for the rest."""
        self._move(order, S.DEPOSITED, facts.OrderDeposited(order=order.id))

    def settle_balance(self, order: Order, paid_at: Instant) -> None:
        """What was to be paid later is here: from now on the order is worth all of it, and is shipped like any other."""
        assert order.later_minor == sum(line.later_minor for line in order.lines)
        order.total_minor, order.later_minor = order.total_minor + order.later_minor, 0
        for line in order.lines:
            line.amount_minor, line.later_minor = line.amount_minor + line.later_minor, 0
        self.grown.append(order)
        order.paid_at = paid_at
        self._move(order, S.PAID, facts.OrderPaid(order=order.id))
        self.release(order)

    def forfeit(self, order: Order, back_minor: int, reason: str) -> None:
        """Its balance will never come: the goods are free, `back_minor` of the deposit goes back, the rest is kept.

        Whose that is, settlement books in the same transaction.
        """
        assert 0 <= back_minor < order.total_minor and order.refunded_minor == 0
        self._release_holds(order)
        self._void_balance(order)
        self._refund(order, back_minor, reason)
        parts = split(back_minor, [line.amount_minor for line in order.lines])
        for line, back in zip(order.lines, parts, strict=True):
            line.refunded_minor += back
            self.changed_lines.append(line)
        self._end(order, S.FORFEITED, reason, facts.OrderForfeited(order=order.id))

    def _void_balance(self, order: Order) -> None:
        if order.balance_id is not None and order.later_minor:
            self.till.void(order.balance_id, self.now)

    def gather(self, order: Order) -> None:
        self._move(order, S.GATHERING)

    def release(self, order: Order) -> None:
        """It may be shipped."""
        order.released_at = self.now
        self._move(order, S.TO_SHIP, facts.OrderReleased(order=order.id))

    def ship(self, order: Order, carrier: str, tracking: str) -> None:
        """The goods leave the house."""
        for line in order.lines:
            if line.units_left:
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
        self._void_balance(order)
        self._end(order, S.CLOSED, reason, facts.OrderClosed(order=order.id))

    def cancel(self, order: Order, reason: str) -> int:
        """Give all of it back: goods that have not left are free, the money goes the way it came. The amount."""
        amount = order.total_minor - order.refunded_minor
        self._release_holds(order)
        self._void_balance(order)
        done, of = measure(order.lines)
        self._refund(order, amount, reason)
        for line in order.lines:
            if line.units_left:
                self.give_coupons_back(order, line)
            line.refunded_minor, line.refunded_freight_minor = line.amount_minor, line.freight_minor
            line.returned_units = line.units
            self.changed_lines.append(line)
        self._give_points_back(order, done, of, of)
        self._end(order, S.CANCELLED, reason, facts.OrderCancelled(order=order.id))
        return amount

    def _give_points_back(self, order: Order, done: int, now: int, of: int) -> None:
        """In the proportion the rest goes back. None where they were let go already."""
        if (units := min(order.points, self.lots.returnable(order.id))) and of:
            units = min(units, part(order.points, done=done, now=now, of=of))
            self.lots.give_back(order.id, units, self.now)

    def give_back(self, order: Order, shares: Sequence[Share], reason: str) -> int:
        """Give some of it back: units that have not left are free, the money goes the way it came. The amount.

        An order of which nothing is left is cancelled; of another one the rest goes on as before.
        """
        by_number = {line.number: line for line in order.lines}
        done, of = measure(order.lines)
        for share in shares:
            line = by_number[share.number]
            assert 0 <= share.units <= line.units_left and 0 <= share.goods_minor <= line.goods_left_minor
            assert 0 <= share.freight_minor <= line.freight_left_minor
            if order.holds_stock and share.units:
                self._release_units(line, share.units)
            line.returned_units += share.units
            line.refunded_minor += share.amount_minor
            line.refunded_freight_minor += share.freight_minor
            assert line.units_left or not line.goods_left_minor
            self.changed_lines.append(line)
            if share.units and not line.units_left:
                self.give_coupons_back(order, line)
        amount = sum(share.amount_minor for share in shares)
        self._refund(order, amount, reason)
        self._give_points_back(order, done, measure(order.lines)[0], of)
        is_whole = order.refunded_minor == order.total_minor and not any(line.units_left for line in order.lines)
        if is_whole and order.state != S.COMPLETED:  # what was settled stays settled, whatever came back of it later
            order.holds_stock = False
            self._end(order, S.CANCELLED, reason, facts.OrderCancelled(order=order.id))
        else:
            assert not order.holds_stock or any(line.units_left for line in order.lines), "it would ship nothing"
            self.moved.setdefault(order.id, order)
        return amount

    def lower(self, order: Order, amount_minor: int, reason: str) -> None:
        """The price of its one line fell by so much after it was paid: that goes back in money, the way it came.

        The units stay his; points that paid a part stay spent, and a coupon keeps its worth.
        """
        (line,) = order.lines
        assert 0 < amount_minor <= line.goods_left_minor
        line.refunded_minor += amount_minor
        line.lowered_minor += amount_minor
        self.changed_lines.append(line)
        self._refund(order, amount_minor, reason)
        self.moved.setdefault(order.id, order)

    def _refund(self, order: Order, amount_minor: int, reason: str) -> None:
        """Whatever was bought for nothing has no money to go back."""
        order.refunded_minor += amount_minor
        if amount_minor:
            self.till.refund(order.payable_id, order.id, amount_minor, reason)

    def _release_units(self, line: Line, units: int) -> None:
        if units == line.units_left:
            self.stock.release(line.hold())
        else:
            hold = self.stock.release_part(line.hold(), units)
            line.hold_id, line.allotment_id = hold.id, hold.allotment_id

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

    def foresee_coupons(self, order: Order, shares: Sequence[Share]) -> list[CouponBack]:
        """What giving these shares back (or ending the order unpaid) would do to the coupons they took from, in the order
        they were chosen: the preview of `give_coupons_back`. One that pays for another checkout by now is not told."""
        by_number = {line.number: line for line in order.lines}
        whole: dict[UUID, int] = {}
        for share in shares:
            line = by_number[share.number]
            for coupon in line.coupons:
                whole[coupon] = whole.get(coupon, 0) + (0 < share.units == line.units_left)
        told = []
        for coupon, lines in whole.items():
            row = self.coupons.rows[CouponId(coupon)]
            if row.about == order.payable_id:
                stays = row.state == CouponState.USED and row.lines_back + lines < row.lines
                fate = CouponFate.RETURNS if self.now < row.valid_until else CouponFate.EXPIRED
                name = self.coupons.templates[row.template_id].name
                told.append(CouponBack(row.id, name, CouponFate.STAYS if stays else fate, row.valid_until))
        return told

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
                if line.units_left:
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
