"""Each act on an order by itself: what is written on it, what is told, and what becomes of its coupons and points."""

from dataclasses import replace

import pytest

from tests.given.counters import QUARTER, Counter, flash_of, pay
from tests.given.models import NOON, attempt_on, offer, stored
from tuan.goods.catalog.model import Freight, FreightRule
from tuan.goods.supply.errors import NotEnough, SoldOut
from tuan.goods.supply.model import Stock, StockRow
from tuan.kit.ids import new_uuid
from tuan.trade.orders import facts
from tuan.trade.orders.model import (
    Book,
    CouponFate,
    NotNow,
    OrderState,
    Placed,
    Share,
    why_not_declare,
)
from tuan.trade.payments.model import Till
from tuan.value.points.errors import PointsShort
from tuan.value.promotions.errors import CouponSpent
from tuan.value.promotions.model import (
    CouponState,
)

S = OrderState


# ── on its way ──
def test_customs_are_told_of_what_is_sent_or_was() -> None:
    assert why_not_declare(S.TO_SHIP, None) is why_not_declare(S.CANCELLED, NOON) is None
    assert why_not_declare(S.PAID, None) == NotNow(state="paid")


def test_an_order_tells_of_each_step_and_when_it_was() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1))
    pay(book, order)
    book.facts.clear()
    book.ship(order, "SF", "77")
    assert (order.shipped_at, order.carrier, order.tracking, order.holds_stock) == (NOON, "SF", "77", False)
    book.receive(order)
    assert order.received_at == NOON and order.ended_at is None
    book.complete(order)
    assert (order.ended_at, order.end_reason) == (NOON, "kept")
    assert book.facts == [
        facts.OrderShipped(order=order.id),
        facts.OrderReceived(order=order.id),
        facts.OrderCompleted(order=order.id),
    ]
    assert book.covered_by(order.payable_id) == [order] and book.covered_by(new_uuid()) == ()  # type: ignore[arg-type]


def test_what_ends_unpaid_is_free_and_nobody_starts_to_pay_for_it() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), coupons=(one.rows[0].id,), points=100)
    book.close(order, "unpaid")
    assert (order.state, order.end_reason, order.ended_at, order.holds_stock) == (S.CLOSED, "unpaid", NOON, False)
    assert one.rows[0].state == CouponState.FREE and one.lots.spendable(one.who, NOON) == 400
    assert book.till.payables[order.payable_id].pay_by == NOON and one.stock.rows[one.first.sku_id].held == 0
    assert book.facts == [facts.OrderClosed(order=order.id)]


def test_money_that_comes_late_holds_all_of_it_again_while_it_is_there() -> None:
    one = Counter(pool_units=1)
    book, order = one.placed((one.first, 1), (one.second, 2), rules=flash_of(one), points=100)
    book.close(order, "unpaid")
    pay(book, order, NOON + QUARTER)
    assert (order.state, order.paid_at, order.ended_at, order.end_reason) == (S.PAID, NOON + QUARTER, None, None)
    assert book.facts[-1] == facts.OrderPaidLate(order=order.id) and order.released_at is None
    assert book.why_not_rehold(order) is None
    rival = one.lots.hold(one.who, 301, new_uuid(), NOON)
    assert book.why_not_rehold(order) == PointsShort(left=99)
    one.lots.release(rival)
    held = one.stock.hold(one.first.sku_id, 1, one.pool)
    assert book.why_not_rehold(order) == SoldOut(), "the session's last unit is somebody else's"
    one.stock.release(held)
    book.moved.clear()
    book.rehold(order)
    assert order.holds_stock and book.moved == {order.id: order} and book.changed_lines == order.lines
    assert [row.held for row in one.stock.rows.values()] == [0, 2] and one.stock.allotments[one.pool].held == 1
    assert one.lots.returnable(order.id) == 100 and book.why_not_rehold(order) == SoldOut()


def test_a_coupon_used_elsewhere_meanwhile_is_not_held_again() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), (one.second, 1), coupons=(one.rows[0].id,))
    book.close(order, "unpaid")
    pay(book, order, NOON)
    assert one.rows[0].state == CouponState.FREE
    other = one.coupons.hold(one.rows[0].id, new_uuid(), 1)
    assert book.why_not_rehold(order) == CouponSpent()
    one.coupons.release(other)
    assert book.why_not_rehold(order) is None
    book.rehold(order)
    row = one.rows[0]
    assert (row.state, row.about, row.lines) == (CouponState.USED, order.payable_id, 2)


def test_a_coupon_of_two_orders_is_held_again_once_for_both() -> None:
    one = Counter()
    one.second = offer(price_minor=500)
    one.stock = Stock([StockRow(x.sku_id, 9, 0, 0) for x in (one.first, one.second)])
    outcome = one.place((one.first, 1), (one.second, 1), coupons=(one.rows[0].id,), points=120)
    assert isinstance(outcome, Placed)
    orders, payables = stored(one.draft)
    for order in orders:
        order.lines[0].coupons = (one.rows[0].id,)
    counts = {(outcome.payable, one.rows[0].id): 2}
    book = Book(orders, [], Till(payables), one.stock, NOON, one.coupons, counts, one.lots)
    for order in orders:
        book.close(order, "unpaid")
    (payable,) = book.till.payables.values()
    book.till.capture(attempt_on(payable), "t1", payable.amount_minor, NOON, NOON)
    first, second = orders
    for order in orders:
        book.mark_paid(order, NOON)
    book.rehold(first)
    assert book.why_not_rehold(second) is None, "the coupon is with this checkout already"
    book.rehold(second)
    assert (one.rows[0].state, one.rows[0].lines) == (CouponState.USED, 2)
    assert [one.lots.returnable(order.id) for order in orders] == [first.points, second.points]
    second.holds_stock = False
    one.lots.hold(one.who, one.lots.spendable(one.who, NOON), new_uuid(), NOON)
    assert book.why_not_rehold(second) is None, "its points are spent for it already, and asked for no more"


def test_a_coupon_that_another_checkout_has_meanwhile_stays_with_it() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), coupons=(one.rows[0].id,))
    book.close(order, "unpaid")
    row, other = one.rows[0], new_uuid()
    hold = one.coupons.hold(row.id, other, 1)
    pay(book, order)
    assert (order.state, row.state, row.about) == (S.PAID, CouponState.HELD, other)
    one.coupons.settle(hold)
    book.cancel(order, "sold out")
    assert (order.state, row.state, row.about, row.lines_back) == (S.CANCELLED, CouponState.USED, other, 0)


def test_what_becomes_of_coupons_is_told_before_anything_comes_back() -> None:
    """Of each that takes from these lines, in the order they were chosen: with the last of its lines it comes back too."""
    one = Counter()
    chosen = tuple(row.id for row in one.rows)
    book, order = one.placed((one.first, 2), (one.second, 1), coupons=chosen)
    for line in order.lines:
        line.coupons = chosen[: 3 - line.number]
    for row in one.rows:
        one.coupons.templates[row.template_id] = replace(
            one.coupons.templates[row.template_id], name=f"立减 {row.lines}"
        )
    first, second = order.lines

    def told(*units: tuple[int, int]) -> list[tuple[object, ...]]:
        foreseen = book.foresee_coupons(order, [Share(*of, 0) for of in units])
        return [(back.coupon, back.name, back.fate, back.valid_until) for back in foreseen]

    def fates(*of: CouponFate) -> list[tuple[object, ...]]:
        names = [one.coupons.templates[row.template_id].name for row in one.rows]
        return [(row.id, name, fate, row.valid_until) for row, name, fate in zip(one.rows, names, of, strict=False)]

    both, all_of_it = ((1, 2), (2, 1)), ((1, 2), (2, 0), (2, 1))
    assert told(*both) == fates(CouponFate.RETURNS, CouponFate.RETURNS), "it was never paid for"
    pay(book, order)
    one.rows[1].lines = 1
    assert told() == []
    assert told((1, 1)) == fates(CouponFate.STAYS, CouponFate.STAYS)
    assert told((1, 0)) == fates(CouponFate.STAYS, CouponFate.STAYS), "money without a unit"
    assert told((1, 2)) == fates(CouponFate.STAYS, CouponFate.RETURNS)
    assert told((2, 1)) == fates(CouponFate.STAYS)
    assert told(*both) == told(*all_of_it) == fates(CouponFate.RETURNS, CouponFate.RETURNS)
    book.give_coupons_back(order, second)
    assert told((1, 2)) == fates(CouponFate.RETURNS, CouponFate.RETURNS)
    book.now = one.rows[0].valid_until
    assert told((1, 2)) == fates(CouponFate.EXPIRED, CouponFate.EXPIRED)
    one.rows[0].about = new_uuid()
    assert told((1, 2)) == fates(CouponFate.EXPIRED, CouponFate.EXPIRED)[1:], "the first pays for another checkout"
    assert first.coupons == chosen


def test_one_point_is_held_again_like_a_hundred() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), points=10)
    book.close(order, "unpaid")
    order.points = 1
    one.lots.hold(one.who, 400, new_uuid(), NOON)
    assert book.why_not_rehold(order) == PointsShort(left=0)


def test_two_lines_on_one_article_need_their_units_together_again() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), (one.second, 1))
    book.close(order, "unpaid")
    order.lines[1].sku_id = one.first.sku_id
    one.stock.rows[one.first.sku_id].on_hand = 1
    assert book.why_not_rehold(order) == NotEnough(left=1)
    one.stock.rows[one.first.sku_id].on_hand = 2
    assert book.why_not_rehold(order) is None


# ── given back ──
def test_with_its_last_line_a_coupon_comes_back_and_points_in_proportion() -> None:
    one = Counter()
    book, order = one.placed((one.first, 2), (one.second, 1), coupons=(one.rows[0].id,), points=220)
    pay(book, order)
    book.facts.clear()
    book.moved.clear()
    first, second = order.lines
    total = order.total_minor
    assert total == 2500 - 300 - 220
    back = book.give_back(order, [Share(1, 1, first.goods_of(1))], "damaged")
    assert back == order.refunded_minor and one.rows[0].lines_back == 0 and one.rows[0].state == CouponState.USED
    assert one.lots.returnable(order.id) == 220 - 220 * back // total
    assert book.changed_lines == [first] and book.facts == [] and order.state == S.TO_SHIP
    assert book.moved == {order.id: order}
    book.give_back(order, [Share(1, 1, first.goods_of(1))], "damaged")
    assert one.rows[0].state == CouponState.USED and book.coupon_lines[order.payable_id, one.rows[0].id] == 1
    book.moved.clear()
    book.give_back(order, [Share(2, 1, second.goods_of(1))], "gone")
    assert book.coupon_lines[order.payable_id, one.rows[0].id] == 0
    assert one.rows[0].state == CouponState.FREE and one.lots.returnable(order.id) == 0
    assert one.lots.spendable(one.who, NOON) == 400
    assert (order.state, order.end_reason, order.ended_at) == (S.CANCELLED, "gone", NOON) and order.holds_stock is False
    assert book.facts == [facts.OrderCancelled(order=order.id)] and book.moved == {order.id: order}
    assert sum(r.amount_minor for r in book.till.new_refunds) == total == order.refunded_minor


def test_an_order_given_back_whole_gives_everything_back() -> None:
    one = Counter()
    book, order = one.placed((one.first, 2), (one.second, 1), coupons=(one.rows[0].id,), points=220)
    pay(book, order)
    first = order.lines[0]
    book.give_back(order, [Share(1, 2, first.goods_of(2))], "damaged")
    before = order.refunded_minor
    book.changed_lines.clear()
    assert book.cancel(order, "sold out") == order.total_minor - before
    assert book.changed_lines == order.lines
    assert one.rows[0].state == CouponState.FREE and one.lots.spendable(one.who, NOON) == 400
    assert all(line.returned_units == line.units and line.refunded_minor == line.amount_minor for line in order.lines)
    assert book.facts[-1] == facts.OrderCancelled(order=order.id) and order.end_reason == "sold out"
    assert {refund.reason for refund in book.till.new_refunds} == {"damaged", "sold out"}


def test_what_a_price_fell_by_gives_no_points_back_and_the_goods_then_do() -> None:
    one = Counter()
    book, order = one.placed((one.first, 2), points=200)
    pay(book, order)
    book.lower(order, 300, "others came")
    (line,) = order.lines
    assert (line.lowered_minor, order.refunded_minor, one.lots.returnable(order.id)) == (300, 300, 200)
    assert book.give_back(order, [Share(1, 1, line.goods_of(1))], "damaged") == 750
    assert one.lots.returnable(order.id) == 100
    book.give_back(order, [Share(1, 1, line.goods_of(1))], "damaged")
    assert (one.lots.returnable(order.id), order.refunded_minor, order.state) == (0, 1800, S.CANCELLED)


def test_what_was_bought_for_nothing_gives_points_back_by_its_units() -> None:
    one = Counter()
    book, order = one.placed((one.second, 1), coupons=(one.rows[0].id,), points=200)
    order.lines[0].units = 4
    book.give_back(order, [Share(1, 1, 0)], "damaged")
    assert one.lots.returnable(order.id) == 150 and book.till.new_refunds == []
    book.give_back(order, [Share(1, 3, 0)], "damaged")
    assert one.lots.returnable(order.id) == 0 and order.state == S.CANCELLED


@pytest.mark.parametrize(
    "share", [Share(1, 3, 0), Share(1, 1, 2001), Share(1, 1, 1, 1), Share(1, 2, 0), Share(1, -1, 0)]
)
def test_more_than_is_left_and_units_without_their_money_are_not_given_back(share: Share) -> None:
    one = Counter()
    book, order = one.placed((one.first, 2))
    pay(book, order)
    with pytest.raises(AssertionError):
        book.give_back(order, [share], "test")


@pytest.mark.parametrize("share", [Share(1, 3, 0), Share(1, -1, 0), Share(1, 1, 2001), Share(1, 1, -1), Share(1, 2, 0)])
def test_nor_are_they_after_the_goods_have_left(share: Share) -> None:
    one = Counter()
    book, order = one.placed((one.first, 2))
    pay(book, order)
    book.ship(order, "SF", "1")
    with pytest.raises(AssertionError):
        book.give_back(order, [share], "test")
    assert (order.refunded_minor, book.till.new_refunds) == (0, [])


def test_goods_that_come_back_without_their_freight_leave_an_order_that_goes_on() -> None:
    one = Counter()
    one.first = replace(one.first, freight=Freight((FreightRule(first_minor=700),)))
    book, order = one.placed((one.first, 1))
    pay(book, order)
    book.ship(order, "SF", "1")
    assert book.give_back(order, [Share(1, 1, 1000)], "came back") == 1000
    assert (order.state, order.total_minor, order.lines[0].freight_left_minor) == (S.SHIPPED, 1700, 700)
    assert book.give_back(order, [Share(1, 0, 0, 700)], "came back") == 700
    assert order.state == S.CANCELLED
