"""Presales: what a deposit is worth to whom, and that deposit and balance are always the whole."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, addresses_of, attempt_on, offer, offers_of, stock_of, stored
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.play.presale.errors import OfferInvalid, OfferOver
from tuan.play.presale.model import (
    EARNEST_PERMYRIAD_MAX,
    HORIZON,
    OFFER_ID,
    PERMYRIAD,
    BookGoods,
    Booking,
    Desk,
    NewOffer,
    Offer,
    OfferState,
    Price,
    book_goods,
    kept_of,
    why_not_launch,
)
from tuan.trade.orders.errors import PriceChanged, UnitsInvalid
from tuan.trade.orders.model import PAY_WITHIN, Book, OrderDraft, OrderState
from tuan.trade.payments.errors import AlreadyPaid, NotYetDue, PayTimeOver
from tuan.trade.payments.model import Payable, Till, why_not_attempt

DAY = timedelta(days=1)
SKU = new_uuid()
NEW = NewOffer(new_uuid(), "earnest", {SKU: Price(10_000, 2_000)}, NOON, NOON + DAY, NOON + 2 * DAY, NOON + 4 * DAY,
               NOON + 9 * DAY)  # fmt: skip

amounts = st.integers(2, 10**6).flatmap(lambda price: st.tuples(st.just(price), st.integers(1, price - 1)))


@given(amounts, st.sampled_from(("earnest", "prepayment")))
def test_earnest_money_is_a_fifth_at_most_and_a_prepayment_is_none(parts: tuple[int, int], kind: str) -> None:
    total, deposit = parts
    kept = kept_of(kind, deposit, total)
    assert 0 <= kept <= deposit and kept * PERMYRIAD <= total * EARNEST_PERMYRIAD_MAX
    if kind == "prepayment":
        assert kept == 0
    elif deposit * 5 <= total:
        assert kept == deposit


@given(st.sampled_from(("earnest", "prepayment")), st.integers(-(10**6), 10**6), st.integers(0, 2_000))
def test_earnest_money_is_lost_only_by_who_had_time_to_pay_the_balance(kind: str, late_seconds: int, kept: int) -> None:
    until, kept = NEW.balance_until, kept if kind == "earnest" else 0
    one = Booking(new_uuid(), new_uuid(), new_uuid(), kind, 2_000, 8_000, kept, NEW.balance_from, until, NEW.ships_by,
                  heard_at=until - PAY_WITHIN + timedelta(seconds=late_seconds))  # fmt: skip
    assert one.lost_minor == (kept if late_seconds <= 0 else 0) and one.back_minor + one.lost_minor == 2_000
    assert replace(one, heard_at=None).lost_minor == kept, "what a page says before it is paid"


WRONG = [
    ("kind", {"kind": "gift"}),
    ("prices", {"prices": {}}),
    ("prices", {"prices": {new_uuid(): Price(100, 10)}}),
    ("prices", {"prices": {SKU: Price(1, 1)}}),
    ("deposits", {"prices": {SKU: Price(100, 100)}}),
    ("deposits", {"prices": {SKU: Price(100, 0)}}),
    ("ends_at", {"ends_at": NOON}),
    ("balance_from", {"balance_from": NOON + DAY - timedelta(seconds=1)}),
    ("balance_until", {"balance_until": NOON + 2 * DAY}),
    ("balance_until", {"balance_until": NOON + HORIZON + timedelta(seconds=1)}),
    ("ships_by", {"ships_by": NOON + 2 * DAY}),
    ("units_per_order_max", {"units_per_order_max": 0}),
]


@pytest.mark.parametrize(("field", "more"), WRONG)
def test_an_offer_that_does_not_fit_is_told_where(field: str, more: dict[str, object]) -> None:
    assert why_not_launch(NEW, [SKU], NOON) is None
    assert why_not_launch(replace(NEW, **more), [SKU], NOON) == OfferInvalid(field=field)  # type: ignore[arg-type]


def booked(
    price: int, deposit: int, units: int, kind: str = "earnest", **more: object
) -> tuple[Book, Booking] | Refusal:
    """A book with one order of a presale, as it is loaded after it was placed."""
    who, one = new_uuid(), offer(price_minor=price)
    addresses, homes = addresses_of(who)
    stock, _ = stock_of(1000, sku=one.sku_id)
    running = Offer(OFFER_ID.new(), one.product_id, OfferState.RUNNING, kind, NEW.starts_at, NEW.ends_at, NEW.balance_from,
                    NEW.balance_until, NEW.ships_by, 999, {one.sku_id: Price(price, deposit)})  # fmt: skip
    draft = OrderDraft(NOON, "CNY")
    desk = Desk({running.id: running}, offers_of(one), stock, addresses, draft, [])
    fields = {"offer": running.id, "sku": one.sku_id, "quoted_minor": price * units} | more
    command = BookGoods(who, "k", units=units, address=homes[who], **fields)  # type: ignore[arg-type]
    outcome = book_goods(command, desk)
    if isinstance(outcome, Refusal):
        assert stock.movements == []
        return outcome
    found, payables = stored(draft)
    return Book(found, [], Till(payables), stock, NOON), desk.bookings[0]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"offer": new_uuid()}, NotFound()),
        ({"sku": new_uuid()}, NotFound()),
        ({"quoted_minor": 1}, PriceChanged(now_minor=2000, shown_minor=1)),
    ],
)
def test_a_booking_is_refused_with_its_reason(more: dict[str, object], refusal: Refusal) -> None:
    assert booked(1000, 100, 2, **more) == refusal


def test_deposits_are_taken_in_their_window_and_no_more_units_than_are_sold_to_one() -> None:
    running = Offer(OFFER_ID.new(), new_uuid(), OfferState.RUNNING, "earnest", NOON, NOON + DAY, NOON + DAY, NOON + 2 * DAY,
                    NOON + 3 * DAY, 2, {SKU: Price(10, 1)})  # fmt: skip
    assert running.why_not_book(SKU, 2, NOON) is None
    assert running.why_not_book(SKU, 3, NOON) == UnitsInvalid(most=2)
    for moment in (NOON - timedelta(seconds=1), NOON + DAY):
        assert running.why_not_book(SKU, 1, moment) == OfferOver()
    assert replace(running, state=OfferState.ENDED).why_not_book(SKU, 1, NOON) == OfferOver()


def pay(book: Book, payable: Payable, transaction: str) -> None:
    book.till.capture(attempt_on(payable), transaction, payable.amount_minor, NOON, NOON)
    (order,) = book.orders.values()
    if payable.id == order.balance_id:
        book.settle_balance(order, NOON)
    else:
        book.mark_paid(order, NOON)


def check(book: Book, agreed: Booking) -> None:
    """What the invariants ask of rows, asked of the book."""
    (order,) = book.orders.values()
    first, balance = book.till.payables.values()
    assert order.total_minor == sum(line.amount_minor for line in order.lines)
    assert order.later_minor == sum(line.later_minor for line in order.lines)
    assert order.total_minor + order.later_minor == agreed.deposit_minor + agreed.balance_minor
    assert (first.amount_minor, balance.amount_minor) == (agreed.deposit_minor, agreed.balance_minor)
    assert order.refunded_minor == sum(line.refunded_minor for line in order.lines)
    assert order.refunded_minor == sum(refund.amount_minor for refund in book.till.new_refunds)
    assert order.refunded_minor == first.refunded_minor + balance.refunded_minor


units = st.integers(1, 20)


@given(amounts, units, st.data())
def test_all_that_was_paid_comes_back_the_way_it_came_deposit_first(
    parts: tuple[int, int], count: int, data: st.DataObject
) -> None:
    book, agreed = granted(booked(*parts, count))
    first, balance = book.till.payables.values()
    (order,) = book.orders.values()
    pay(book, first, "deposit")
    assert order.state == OrderState.DEPOSITED and order.total_minor == agreed.deposit_minor
    check(book, agreed)
    pay(book, balance, "balance")
    assert (order.state, order.total_minor, order.later_minor) == (OrderState.TO_SHIP, parts[0] * count, 0)
    check(book, agreed)
    some = data.draw(st.integers(1, order.total_minor))
    drawn = {capture.transaction: minor for capture, minor in book.till.foresee(order.payable_id, some)}
    assert sum(drawn.values()) == some and drawn.get("deposit", 0) == min(some, agreed.deposit_minor)
    book.cancel(order, "test")
    check(book, agreed)
    assert order.refunded_minor == parts[0] * count and not balance.is_void


@given(amounts, units, st.sampled_from(("earnest", "prepayment")))
def test_without_its_balance_an_order_keeps_what_its_kind_says_and_frees_its_goods(
    parts: tuple[int, int], count: int, kind: str
) -> None:
    book, agreed = granted(booked(*parts, count, kind))
    first, balance = book.till.payables.values()
    (order,) = book.orders.values()
    pay(book, first, "deposit")
    if agreed.kept_minor:
        book.forfeit(order, agreed.back_minor, "test")
    else:
        book.cancel(order, "test")
    check(book, agreed)
    assert balance.is_void and order.total_minor - order.refunded_minor == agreed.kept_minor
    (row,) = book.stock.rows.values()
    assert (row.held, row.on_hand, order.holds_stock) == (0, 1000, False)
    late = book.till.capture(attempt_on(balance), "late", balance.amount_minor, NOON, NOON)
    assert (late.applied_minor, late.refunded_minor) == (0, balance.amount_minor)
    assert book.till.new_refunds[-1].order_id is None


def test_a_deposit_that_comes_after_its_order_was_closed_waits_for_no_balance() -> None:
    book, _ = granted(booked(1000, 100, 1))
    first, balance = book.till.payables.values()
    (order,) = book.orders.values()
    book.close(order, "unpaid")
    assert balance.is_void
    pay(book, first, "late")
    assert order.state == OrderState.PAID and not order.holds_stock


def test_a_balance_is_paid_in_its_window_and_after_its_deposit() -> None:
    book, _ = granted(booked(1000, 100, 1))
    _, balance = book.till.payables.values()
    person, inside = balance.person_id, NEW.balance_from
    assert why_not_attempt(balance, person, None, inside) is None
    assert why_not_attempt(balance, person, None, inside - timedelta(seconds=1)) == NotYetDue()
    assert why_not_attempt(replace(balance, is_next=False), person, None, inside) == NotYetDue()
    assert why_not_attempt(balance, person, None, NEW.balance_until) == PayTimeOver()
    assert why_not_attempt(replace(balance, is_void=True), person, None, inside) == PayTimeOver()
    assert why_not_attempt(replace(balance, applied_minor=900), person, None, inside) == AlreadyPaid()
