"""An order that was placed with a deposit: what is owed when, what settling its balance makes of it, and what is kept of it."""

from datetime import timedelta

import pytest

from tests.given.counters import Counter
from tests.given.models import NOON, attempt_on, stored
from tuan.trade.orders import facts
from tuan.trade.orders.model import Book, Order, OrderState, Placed
from tuan.trade.orders.model.draft import BalanceRow
from tuan.trade.payments.model import PayableId, Till

DAY = timedelta(days=1)


def deposited() -> tuple[Counter, Book, Order, PayableId]:
    """Two goods for 1000 and twice 500, a fifth of it paid."""
    one = Counter()
    outcome = one.place((one.first, 1), (one.second, 2))
    assert isinstance(outcome, Placed)
    balance = one.draft.defer(outcome, 400, NOON + DAY, NOON + 2 * DAY)
    orders, payables = stored(one.draft)
    (order,) = orders
    book = Book(orders, [], Till(payables), one.stock, NOON)
    first = book.till.payables[order.payable_id]
    book.till.capture(attempt_on(first), "deposit", 400, NOON, NOON)
    book.mark_paid(order, NOON)
    return one, book, order, balance


def test_a_deposit_is_owed_now_and_the_rest_by_a_payable_of_its_own() -> None:
    one, book, order, balance = deposited()
    (owed,), (later,) = one.draft.payables, one.draft.balances
    assert (owed.amount_minor, order.total_minor, order.later_minor, order.balance_id) == (400, 400, 1600, balance)
    assert later == BalanceRow(balance, one.who, "CNY", 1600, NOON + 2 * DAY, NOON, owed.id, NOON + DAY)
    assert [(x.amount_minor, x.later_minor) for x in order.lines] == [(200, 800), (200, 800)]
    assert (order.state, order.released_at) == (OrderState.DEPOSITED, None)
    assert book.facts == [facts.OrderDeposited(order=order.id)] and book.owing(balance) is order


@pytest.mark.parametrize("deposit", [0, 2000, -1])
def test_a_deposit_is_a_part_of_what_was_placed_last(deposit: int) -> None:
    one = Counter()
    first = one.place((one.first, 1), (one.second, 2))
    assert isinstance(first, Placed)
    with pytest.raises(AssertionError):
        one.draft.defer(first, deposit, NOON, NOON + DAY)
    assert isinstance(one.place((one.first, 1)), Placed)
    with pytest.raises(AssertionError):
        one.draft.defer(first, 400, NOON, NOON + DAY)
    last = one.place((one.first, 1))
    assert isinstance(last, Placed)
    one.draft.orders[-1].state = OrderState.PAID
    with pytest.raises(AssertionError):
        one.draft.defer(last, 400, NOON, NOON + DAY)


def test_with_its_balance_an_order_is_like_any_other() -> None:
    _, book, order, _ = deposited()
    book.facts.clear()
    book.settle_balance(order, NOON + DAY)
    assert (order.state, order.paid_at, order.released_at) == (OrderState.TO_SHIP, NOON + DAY, NOON)
    assert (order.total_minor, order.later_minor) == (2000, 0) and book.grown == [order]
    assert [(x.amount_minor, x.later_minor) for x in order.lines] == [(1000, 0), (1000, 0)]
    assert book.facts == [facts.OrderPaid(order=order.id), facts.OrderReleased(order=order.id)]


def test_of_a_deposit_whose_balance_never_came_some_may_go_back() -> None:
    one, book, order, balance = deposited()
    book.facts.clear()
    book.forfeit(order, 101, "no balance")
    assert (order.state, order.end_reason, order.ended_at, order.holds_stock) == (
        OrderState.FORFEITED,
        "no balance",
        NOON,
        False,
    )
    assert [line.refunded_minor for line in order.lines] == [51, 50] and order.refunded_minor == 101
    assert book.changed_lines == order.lines and book.facts == [facts.OrderForfeited(order=order.id)]
    assert [(r.amount_minor, r.reason) for r in book.till.new_refunds] == [(101, "no balance")]
    assert [row.held for row in one.stock.rows.values()] == [0, 0]
    owed = book.till.payables[balance]
    assert owed.is_void and owed.pay_by == NOON and book.till.voided == [owed]
    book.till.void(balance, NOON - DAY)
    assert book.till.voided == [owed] and owed.pay_by == NOON, "once is enough"


@pytest.mark.parametrize("back", [-1, 400, 401])
def test_a_forfeited_deposit_does_not_go_back_whole(back: int) -> None:
    _, book, order, _ = deposited()
    with pytest.raises(AssertionError):
        book.forfeit(order, back, "test")
    order.refunded_minor = 1
    with pytest.raises(AssertionError):
        book.forfeit(order, 0, "test")


def test_what_was_paid_is_given_back_and_not_voided() -> None:
    _, book, order, _ = deposited()
    with pytest.raises(AssertionError, match="what was paid is given back instead"):
        book.till.void(order.payable_id, NOON)
