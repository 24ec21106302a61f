"""Orders: what a draft freezes, and a book that moves only along the table."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, addresses_of, at_price, attempt_on, book_of, offer, offers_of, pay_all, stock_of
from tuan.goods.catalog.errors import ProductOff
from tuan.goods.catalog.model import Offer
from tuan.goods.supply.errors import NotEnough
from tuan.goods.supply.model import Stock, StockRow
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.trade.aftersales.errors import InPresale, TooLateToCancel, WaitsForOthers
from tuan.trade.aftersales.model import give_back, why_not_cancel
from tuan.trade.orders.errors import AddressMissing, NotNow, PriceChanged, UnitsInvalid
from tuan.trade.orders.model import LINES_MAX, ORDER, Book, Item, OrderDraft, OrderState, PlaceOrder, Release, place


def stocked(*some: Offer, units: int = 100) -> Stock:
    return Stock([StockRow(one.sku_id, units, 0, 0) for one in some])


lines = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(1, 9), st.integers(1, 6000), st.integers(0, 2)), min_size=1
)


@given(lines)
def test_a_draft_freezes_amounts_that_add_up_per_line_order_and_payable(rows: list[tuple[int, int, int, int]]) -> None:
    suppliers = [new_uuid() for _ in range(3)]
    some = [(offer(price_minor=listed, supplier=suppliers[s]), units, asked) for listed, units, asked, s in rows]
    stock = stocked(*(one for one, _, _ in some))
    draft = OrderDraft(NOON, "CNY")
    items = [Item(one, at_price(one, units, price), stock.hold(one.sku_id, units)) for one, units, price in some]
    placed = draft.place(new_uuid(), items, None, Release.AT_ONCE, NOON)
    assert len(placed.orders) == len({one.supplier_id for one, _, _ in some})
    assert draft.payables[0].amount_minor == sum(o.total_minor for o in draft.orders)
    assert sum(o.total_minor for o in draft.orders) == sum(units * asked for _, units, asked in some)
    for order in draft.orders:
        own = [line for line in draft.lines if line.order_id == order.id]
        assert order.total_minor == sum(line.amount_minor for line in own)
        assert [line.number for line in own] == list(range(1, len(own) + 1))
        for line in own:
            assert line.amount_minor == line.list_price_minor * line.units - line.discount_minor
            given_by = [a for a in draft.allocations if (a.order_id, a.line_number) == (order.id, line.number)]
            assert sum(a.amount_minor for a in given_by) == line.discount_minor >= 0


def asked(*items: tuple[Offer, int], stock: Stock | None = None, **more: object) -> object:
    """Place a checkout of a person with an address of his own; `more` replaces fields of the command."""
    who = new_uuid()
    addresses, homes = addresses_of(who)
    fields = {"address": homes[who], "quoted_minor": None} | more
    command = PlaceOrder(who, "k", tuple((one.sku_id, units) for one, units in items), **fields)  # type: ignore[arg-type]
    sets = stock or stocked(*(one for one, _ in items))
    return place(command, offers_of(*(one for one, _ in items)), sets, addresses, OrderDraft(NOON, "CNY"))


@pytest.mark.parametrize(
    ("items", "more", "refusal"),
    [
        ([(offer(), 0)], {}, UnitsInvalid(most=999)),
        ([(offer(), 1000)], {}, UnitsInvalid(most=999)),
        ([], {}, UnitsInvalid(most=LINES_MAX)),
        ([(offer(), 1) for _ in range(LINES_MAX + 1)], {}, UnitsInvalid(most=LINES_MAX)),
        ([(offer(listed=False), 1)], {}, ProductOff()),
        ([(offer(), 101)], {}, NotEnough(left=100)),
        ([(offer(), 1)], {"address": None}, AddressMissing()),
        ([(offer(), 1)], {"address": new_uuid()}, NotFound()),
        ([(offer(price_minor=1000), 2)], {"quoted_minor": 1999}, PriceChanged(now_minor=2000, shown_minor=1999)),
    ],
)
def test_buying_alone_is_refused_with_its_reason_and_holds_nothing(
    items: list[tuple[Offer, int]], more: dict[str, object], refusal: Refusal
) -> None:
    stock = stocked(*(one for one, _ in items))
    assert asked(*items, stock=stock, **more) == refusal
    assert stock.movements == []


def test_two_lines_on_one_sku_draw_on_one_stock() -> None:
    one = offer()
    stock = stocked(one, units=3)
    assert asked((one, 2), (one, 2), stock=stock) == NotEnough(left=3)
    granted(asked((one, 2), (one, 1), stock=stock))
    assert stock.rows[one.sku_id].free == 0


def test_what_is_not_shipped_needs_no_address() -> None:
    granted(asked((offer(fulfilment="digital"), 1), address=None))


ACTS = {
    OrderState.DEPOSITED: lambda book, order: book.take_deposit(order),
    OrderState.FORFEITED: lambda book, order: book.forfeit(order, 0, "test"),
    OrderState.PAID: lambda book, order: book.mark_paid(order, book.now),
    OrderState.GATHERING: lambda book, order: book.gather(order),
    OrderState.TO_SHIP: lambda book, order: book.release(order),
    OrderState.SHIPPED: lambda book, order: book.ship(order, "SF", "1"),
    OrderState.RECEIVED: lambda book, order: book.receive(order),
    OrderState.COMPLETED: lambda book, order: book.complete(order),
    OrderState.CLOSED: lambda book, order: book.close(order, "test"),
    OrderState.CANCELLED: lambda book, order: book.cancel(order, "test"),
}
WAYS = {
    OrderState.DEPOSITED: ["capture", OrderState.DEPOSITED],
    OrderState.FORFEITED: ["capture", OrderState.DEPOSITED, OrderState.FORFEITED],
    OrderState.PLACED: [],
    OrderState.PAID: ["pay"],
    OrderState.GATHERING: ["pay", OrderState.GATHERING],
    OrderState.TO_SHIP: ["pay", OrderState.TO_SHIP],
    OrderState.SHIPPED: ["pay", OrderState.TO_SHIP, OrderState.SHIPPED],
    OrderState.RECEIVED: ["pay", OrderState.TO_SHIP, OrderState.SHIPPED, OrderState.RECEIVED],
    OrderState.COMPLETED: ["pay", OrderState.TO_SHIP, OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED],
    OrderState.CLOSED: [OrderState.CLOSED],
    OrderState.CANCELLED: ["pay", OrderState.CANCELLED],
}


def brought_to(state: OrderState) -> Book:
    """A book with one order of 1,000 that has gone the shortest way to a state."""
    one = offer(price_minor=1000)
    book = book_of(stocked(one), (one, 1), release=Release.ON_COMMAND)
    (order,) = book.orders.values()
    for step in WAYS[state]:
        if step == "pay":
            pay_all(book)
        elif step == "capture":
            (payable,) = book.till.payables.values()
            book.till.capture(attempt_on(payable), "tx", payable.amount_minor, NOON, NOON)
        else:
            ACTS[step](book, order)
    assert order.state == state
    return book


@pytest.mark.parametrize(("before", "after"), list(product(OrderState, ACTS)))
def test_an_order_moves_only_along_the_table(before: OrderState, after: OrderState) -> None:
    book = brought_to(before)
    (order,) = book.orders.values()
    why_not = book.why_not(order, after)
    if ORDER.allows(before, after):
        assert why_not is None
        ACTS[after](book, order)
        assert order.state == after and book.moved[order.id] is order
    else:
        assert why_not == NotNow(state=before)
        with pytest.raises(AssertionError):
            ACTS[after](book, order)
        assert order.state == before


def test_giving_back_frees_the_goods_and_sends_the_money_the_way_it_came() -> None:
    book = brought_to(OrderState.TO_SHIP)
    (order,) = book.orders.values()
    case = give_back(book, order, "test")
    (row,) = book.stock.rows.values()
    assert (case.amount_minor, case.order_id) == (1000, order.id)
    assert (row.held, row.on_hand, order.holds_stock) == (0, 100, False)
    assert [r.amount_minor for r in book.till.new_refunds] == [1000]
    assert order.refunded_minor == order.total_minor == order.lines[0].refunded_minor


def test_what_was_shipped_leaves_the_house_and_does_not_come_back_with_the_money() -> None:
    book = brought_to(OrderState.SHIPPED)
    (order,) = book.orders.values()
    book.cancel(order, "test")
    (row,) = book.stock.rows.values()
    assert (row.on_hand, row.held) == (99, 0)


def test_a_late_payment_holds_its_goods_again_only_while_they_are_there() -> None:
    one = offer()
    book = book_of(stocked(one, units=1), (one, 1))
    (order,) = book.orders.values()
    book.close(order, "unpaid")
    pay_all(book, NOON + timedelta(hours=1))
    assert order.state == OrderState.PAID and not order.holds_stock
    rival = book.stock.hold(one.sku_id, 1)
    assert book.why_not_rehold(order) is not None
    book.stock.release(rival)
    assert book.why_not_rehold(order) is None
    book.rehold(order)
    assert order.holds_stock and book.stock.rows[one.sku_id].free == 0


def test_a_buyer_cancels_what_is_paid_and_not_shipped_and_does_not_wait_for_others() -> None:
    answers = {state: why_not_cancel(next(iter(brought_to(state).orders.values()))) for state in OrderState}
    assert answers[OrderState.TO_SHIP] is None
    waiting = {OrderState.PAID, OrderState.GATHERING}
    assert all(answers[state] == WaitsForOthers() for state in waiting)
    assert answers[OrderState.DEPOSITED] == InPresale()
    others = set(OrderState) - {OrderState.TO_SHIP, OrderState.DEPOSITED} - waiting
    assert all(answers[state] == TooLateToCancel(state=state) for state in others)


def test_a_stock_of_one_serves_one_of_two_orders_in_a_batch() -> None:
    one = offer()
    stock, _ = stock_of(1, sku=one.sku_id)
    granted(asked((one, 1), stock=stock))
    assert isinstance(asked((one, 1), stock=stock), Refusal)
