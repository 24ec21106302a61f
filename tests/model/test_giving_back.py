"""Giving back in parts: in any order, any number of times, never more than is left, and in the end exactly all."""

from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, attempt_on, book_of, offer
from tuan.goods.supply.model import Stock, StockRow
from tuan.trade.orders.model import Book, Order, OrderState, Share, measure

PRICES = st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 7), st.integers(0, 999)), min_size=1, max_size=4)
"""Of each line: a unit's price, units, freight."""

STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 7), st.integers(0, 100)), max_size=30)
"""Which line, how many units, and how much money (percent of what is left) without goods where it is not 0."""


def paid_book(rows: list[tuple[int, int, int]], paid_in: int = 1) -> tuple[Book, Order]:
    """One paid order of these lines, its money come in so many captures, ready to be shipped."""
    offers = [offer(price_minor=price) for price, _, _ in rows]
    supplier = offers[0].supplier_id
    offers = [offer(price_minor=o.price_minor, supplier=supplier) for o in offers]
    stock = Stock([StockRow(one.sku_id, 100, 0, 0) for one in offers])
    book = book_of(stock, *((one, units) for one, (_, units, _) in zip(offers, rows, strict=True)))
    (order,) = book.orders.values()
    (payable,) = book.till.payables.values()
    for line, (_, _, freight) in zip(order.lines, rows, strict=True):
        line.freight_minor = freight
        line.amount_minor += freight
        order.total_minor += freight
    payable.amount_minor = order.total_minor
    for number in range(paid_in):
        amount = order.total_minor if number == paid_in - 1 else min(order.total_minor - 1, payable.amount_minor >> 1)
        owed = min(amount, payable.amount_minor - payable.applied_minor)
        if owed:
            book.till.capture(attempt_on(payable, owed), f"tx-{number}", owed, NOON, NOON)
    book.mark_paid(order, NOON)
    return book, order


def share_of(order: Order, which: int, units: int, percent: int) -> Share | None:
    line = order.lines[which % len(order.lines)]
    units = min(units, line.units_left)
    if percent:  # money for goods that are kept; the last cent of it waits for the units
        money = line.goods_left_minor * percent // 200
        return Share(line.number, 0, money) if line.units_left and money else None
    return Share(line.number, units, line.goods_of(units), line.freight_of(units)) if units else None


@given(PRICES, STEPS, st.booleans(), st.integers(1, 3))
def test_parts_in_any_order_never_pass_what_is_left_and_the_last_completes_it(
    rows: list[tuple[int, int, int]], steps: list[tuple[int, int, int]], shipped: bool, paid_in: int
) -> None:
    book, order = paid_book(rows, paid_in)
    if shipped:
        book.ship(order, "SF", "1")
    back = 0
    for step in steps:
        if order.state == OrderState.CANCELLED:
            break
        if (share := share_of(order, *step)) is not None:
            back += book.give_back(order, [share], "test")
        held = sum(row.held for row in book.stock.rows.values())
        assert held == (sum(line.units_left for line in order.lines) if order.holds_stock else 0)
        assert back == order.refunded_minor == sum(line.refunded_minor for line in order.lines)
        assert back == sum(r.amount_minor for r in book.till.new_refunds) <= order.total_minor
    if order.state != OrderState.CANCELLED:
        rest = [Share(x.number, x.units_left, x.goods_left_minor, x.freight_left_minor) for x in order.lines]
        back += book.give_back(order, rest, "the rest")
    assert order.state == OrderState.CANCELLED and not order.holds_stock and back == order.total_minor
    assert all(c.refundable_minor == 0 for cs in book.till.captures.values() for c in cs)
    assert sum(row.held for row in book.stock.rows.values()) == 0


@given(PRICES, STEPS)
def test_what_is_left_is_cancelled_or_shipped_whole(
    rows: list[tuple[int, int, int]], steps: list[tuple[int, int, int]]
) -> None:
    for act in ("cancel", "ship"):
        book, order = paid_book(rows)
        for step in steps:
            share = share_of(order, *step)
            # The last unit takes the freight of the order along, as aftersales sees to.
            if share is not None and sum(line.units_left for line in order.lines) > share.units:
                book.give_back(order, [share], "test")
        before, left = order.refunded_minor, sum(line.units_left for line in order.lines)
        if act == "cancel":
            assert book.cancel(order, "test") == order.total_minor - before
            assert sum(r.amount_minor for r in book.till.new_refunds) == order.total_minor
        else:
            book.ship(order, "SF", "1")
            assert sum(row.on_hand for row in book.stock.rows.values()) == 100 * len(rows) - left
        assert sum(row.held for row in book.stock.rows.values()) == 0


def test_units_are_worth_the_same_whoever_asks_first_and_the_last_takes_the_odd_cent() -> None:
    book, order = paid_book([(1, 3, 0)])
    (line,) = order.lines
    line.amount_minor = order.total_minor = 100
    (payable,) = book.till.payables.values()
    payable.amount_minor = payable.applied_minor = 100
    book.till.captures[payable.id][0].refundable_minor = 100
    given_back = []
    while line.units_left:
        given_back.append(book.give_back(order, [Share(1, 1, line.goods_of(1))], "test"))
    assert given_back == [33, 33, 34]


def test_a_line_given_back_whole_is_not_shipped_and_the_others_are() -> None:
    book, order = paid_book([(100, 2, 0), (100, 1, 0)])
    book.give_back(order, [Share(1, 2, 200)], "test")
    book.ship(order, "SF", "1")
    settled = [m for m in book.stock.movements if m.kind == "settle"]
    assert [(m.sku_id, m.units) for m in settled] == [(order.lines[1].sku_id, 1)]
    assert order.state == OrderState.SHIPPED


def test_what_is_given_back_now_is_counted_with_what_is_back_already() -> None:
    """By money at the price that the goods have come to; by units where they cost none."""
    _, order = paid_book([(1000, 3, 100)])
    (line,) = order.lines
    line.refunded_minor, line.lowered_minor, line.returned_units = 1600, 600, 1
    assert measure(order.lines) == (1000, 2400)
    assert measure(order.lines, [Share(1, 1, 700, 100)]) == (1700, 2400), "what sending cost is no part of it"
    line.amount_minor = line.freight_minor
    line.refunded_minor = line.lowered_minor = 0
    assert measure(order.lines) == (1, 3) and measure(order.lines, [Share(1, 2, 0)]) == (3, 3)
