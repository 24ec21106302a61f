"""What may be asked about an order, until when, and what the buyer is shown of it before he asks."""

from datetime import timedelta

import pytest

from tests.given.models import NOON
from tests.model.test_giving_back import paid_book
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.trade.aftersales.errors import (
    AskInvalid,
    ClaimOver,
    InPresale,
    LineInCase,
    NotReturnable,
    TooLateToCancel,
    UnitsNotLeft,
    WaitsForOthers,
    WindowOver,
)
from tuan.trade.aftersales.model import (
    Ask,
    Case,
    CaseLine,
    CaseState,
    Kind,
    Side,
    number_of_case,
    preview,
    preview_whole,
    why_not_cancel,
    why_not_open,
    why_not_refund,
)
from tuan.trade.aftersales.model.whole import given_in_part, why_not_fail
from tuan.trade.orders.model import ORDER_ID, RETURN_WINDOW, Book, NotNow, Order, OrderState, Release, Share
from tuan.trade.payments.model import PAYABLE

S = OrderState
TWO_OF_LINE_1 = ((1, 2),)


def shipped(rows: list[tuple[int, int, int]] | None = None, paid_in: int = 1) -> tuple[Book, Order]:
    """An order of three at 100 with a freight of 31, and one at 50 without, on its way."""
    book, order = paid_book(rows or [(100, 3, 31), (50, 1, 0)], paid_in)
    book.ship(order, "SF", "1")
    return book, order


def refused(order: Order, ask: Ask, cases: list[Case] | None = None, later: timedelta = timedelta(0)) -> Refusal | None:
    return why_not_open(order, ask, cases or [], NOON + later)


# ── what may be asked ──
@pytest.mark.parametrize("state", [S.PAID, S.GATHERING])
def test_an_order_that_waits_for_others_is_given_back_by_them(state: OrderState) -> None:
    _, order = paid_book([(100, 1, 0)])
    order.state, order.release = state, Release.ON_COMMAND
    ask = Ask(Kind.CANCEL, "unsaid", ((1, 1),))
    assert why_not_refund(order) == why_not_cancel(order) == refused(order, ask) == WaitsForOthers()
    order.release = Release.AT_ONCE
    assert why_not_refund(order) is None
    assert why_not_cancel(order) == refused(order, ask) == TooLateToCancel(state=state)


def test_a_supplier_gives_up_a_presale_where_the_deposits_rule_is_known() -> None:
    book, order = paid_book([(100, 1, 0)])
    assert why_not_fail(order) is None
    order.balance_id = PAYABLE.new()
    assert why_not_fail(order) == InPresale()
    book.ship(order, "SF", "1")
    assert why_not_fail(order) is None
    order.state = S.DEPOSITED
    assert why_not_refund(order) == InPresale()


def test_an_order_of_which_a_part_was_kept_has_its_case_too() -> None:
    book, order = paid_book([(100, 1, 0)])
    case = given_in_part(book, order, 40, "no_balance")
    assert (case.order_id, case.number, case.kind, case.state) == (order.id, 0, Kind.WHOLE, CaseState.DONE)
    assert (case.reason, case.amount_minor, case.opened_at) == ("no_balance", 40, NOON)


def test_an_order_is_cancelled_until_it_is_shipped() -> None:
    book, order = paid_book([(100, 1, 0)])
    order.release = Release.ON_COMMAND
    ask = Ask(Kind.CANCEL, "unsaid", ((1, 1),))
    assert why_not_cancel(order) is refused(order, ask) is None
    book.ship(order, "SF", "1")
    assert why_not_cancel(order) == refused(order, ask) == TooLateToCancel(state="shipped")


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (S.TO_SHIP, NotNow(state="to_ship")), (S.SHIPPED, None), (S.RECEIVED, None),
        (S.COMPLETED, None), (S.CANCELLED, NotNow(state="cancelled")),
    ],
)  # fmt: skip
def test_other_things_are_asked_of_what_was_sent_and_is_not_over(state: OrderState, refusal: Refusal | None) -> None:
    _, order = shipped()
    order.state = state
    assert refused(order, Ask(Kind.RETURN, "damaged", TWO_OF_LINE_1)) == refusal


def test_each_kind_has_its_reasons() -> None:
    _, order = shipped()
    assert refused(order, Ask(Kind.RETURN, "unsaid", TWO_OF_LINE_1)) == AskInvalid(field="reason")
    assert refused(order, Ask(Kind.WHOLE, "damaged", TWO_OF_LINE_1)) == AskInvalid(field="reason")


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ((), AskInvalid(field="units")), (((1, 1), (1, 1)), AskInvalid(field="units")), (((1, 0),), UnitsNotLeft(left=3)),
        (((1, 4),), UnitsNotLeft(left=3)), (((1, 3), (2, 2)), UnitsNotLeft(left=1)), (((3, 1),), UnitsNotLeft(left=0)),
        (((1, 3), (2, 1)), None), (((1, 1),), None),
    ],
)  # fmt: skip
def test_units_are_of_this_order_and_not_given_back_yet(
    items: tuple[tuple[int, int], ...], refusal: Refusal | None
) -> None:
    _, order = shipped()
    assert refused(order, Ask(Kind.RETURN, "damaged", items)) == refusal


def test_a_line_is_in_one_case_at_a_time() -> None:
    _, order = shipped()
    case = Case(order.id, 1, Kind.RETURN, CaseState.ASKED, "damaged", 0, NOON)
    case.lines = [CaseLine(order.id, 1, 1, 1, 100, 0, False)]
    assert refused(order, Ask(Kind.RETURN, "damaged", ((1, 1),)), [case]) == LineInCase()
    assert refused(order, Ask(Kind.RETURN, "damaged", ((2, 1), (1, 1))), [case]) == LineInCase()
    assert refused(order, Ask(Kind.RETURN, "damaged", ((2, 1),)), [case]) is None
    case.lines[0].is_open = False
    assert refused(order, Ask(Kind.RETURN, "damaged", ((1, 1),)), [case]) is None


def test_without_a_reason_it_goes_back_for_seven_days_unless_it_was_sold_as_excepted() -> None:
    book, order = shipped()
    ask, bad = Ask(Kind.RETURN, "no_reason", TWO_OF_LINE_1), Ask(Kind.RETURN, "damaged", TWO_OF_LINE_1)
    assert refused(order, ask, later=timedelta(days=99)) is None, "the time runs from receipt"
    book.receive(order)
    assert refused(order, ask, later=RETURN_WINDOW) is None
    assert refused(order, ask, later=RETURN_WINDOW + timedelta(seconds=1)) == WindowOver()
    assert refused(order, bad, later=RETURN_WINDOW + timedelta(seconds=1)) is None
    order.lines[1].no_reason_return = False
    assert refused(order, ask) is None, "it is about another line"
    order.lines[0].no_reason_return, order.lines[1].no_reason_return = False, True
    assert refused(order, ask) == NotReturnable() and refused(order, bad) is None


@pytest.mark.parametrize(("claim_days", "days"), [({}, 180), ({"claim_days": 30}, 30)])
def test_a_defect_is_claimed_for_as_long_as_the_market_says_from_receipt(claim_days: dict[str, int], days: int) -> None:
    book, order = shipped()
    ask, last = Ask(Kind.REFUND_ONLY, "damaged", TWO_OF_LINE_1), NOON + timedelta(days=days)
    moment = timedelta(microseconds=1)
    assert why_not_open(order, ask, [], last + moment, **claim_days) is None, "the time runs from receipt"
    book.receive(order)
    assert why_not_open(order, ask, [], last, **claim_days) is None
    assert why_not_open(order, ask, [], last + moment, **claim_days) == ClaimOver(days=days)


@pytest.mark.parametrize(
    ("kind", "items", "amount", "fits"),
    [
        (Kind.REFUND_ONLY, ((1, 2),), 1, True), (Kind.REFUND_ONLY, ((1, 2),), 220, True),
        (Kind.REFUND_ONLY, ((1, 2),), 221, False), (Kind.REFUND_ONLY, ((1, 2),), 0, False),
        (Kind.REFUND_ONLY, ((1, 2), (2, 1)), 1, False), (Kind.RETURN, ((1, 2),), 1, False),
    ],
)  # fmt: skip
def test_less_money_is_asked_of_one_line_and_only_as_money(
    kind: Kind, items: tuple[tuple[int, int], ...], amount: int, fits: bool
) -> None:
    _, order = shipped()
    assert refused(order, Ask(kind, "damaged", items, amount)) == (None if fits else AskInvalid(field="amount"))


# ── what is shown ──
def test_the_seller_pays_for_his_faults_freight_and_way_back_included() -> None:
    book, order = shipped()
    seen = preview(order, book.till, Ask(Kind.RETURN, "damaged", TWO_OF_LINE_1))
    assert seen.shares == (Share(1, 2, 200, 20),) and seen.total_minor == 220
    assert (seen.freight_kept_minor, seen.keeps_units, seen.way_back, seen.is_money) == (0, False, Side.SUPPLIER, True)
    ((capture, minor),) = seen.by_capture
    assert (capture.transaction, minor) == ("tx-0", 220)


def test_who_changed_his_mind_pays_the_way_back_and_is_told_what_freight_he_does_not_get() -> None:
    book, order = shipped()
    seen = preview(order, book.till, Ask(Kind.RETURN, "no_reason", ((1, 2), (2, 1))))
    assert seen.shares == (Share(1, 2, 200, 0), Share(2, 1, 50, 0)) and seen.total_minor == 250
    assert (seen.freight_kept_minor, seen.way_back) == (20, Side.BUYER)


@pytest.mark.parametrize(
    ("kind", "way_back", "is_money"),
    [
        (Kind.REFUND_ONLY, Side.NOBODY, True),
        (Kind.EXCHANGE, Side.SUPPLIER, False),
        (Kind.RESHIP, Side.NOBODY, False),
    ],
)
def test_what_is_asked_for_is_money_or_goods(kind: Kind, way_back: Side, is_money: bool) -> None:
    book, order = shipped()
    seen = preview(order, book.till, Ask(kind, "damaged", TWO_OF_LINE_1))
    assert (seen.way_back, seen.is_money, seen.total_minor) == (way_back, is_money, 220)


def test_less_than_the_units_are_worth_takes_goods_first_and_gives_no_unit_up() -> None:
    book, order = shipped(paid_in=2)
    for amount, share in ((199, Share(1, 0, 199, 0)), (210, Share(1, 0, 200, 10))):
        seen = preview(order, book.till, Ask(Kind.REFUND_ONLY, "damaged", TWO_OF_LINE_1, amount))
        assert (seen.shares, seen.total_minor, seen.keeps_units) == ((share,), amount, True)
        assert [minor for _, minor in seen.by_capture] == [190, amount - 190], "half of 381 came first"
        assert seen.freight_kept_minor == 0
    seen = preview(order, book.till, Ask(Kind.REFUND_ONLY, "damaged", TWO_OF_LINE_1, 220))
    assert seen.shares == (Share(1, 2, 200, 20),) and not seen.keeps_units


def test_freight_comes_back_where_nothing_is_shipped_at_all() -> None:
    book, order = paid_book([(100, 3, 31), (50, 1, 0)])
    some = preview(order, book.till, Ask(Kind.CANCEL, "unsaid", ((1, 3),)))
    assert some.shares == (Share(1, 3, 300, 0),) and some.freight_kept_minor == 31
    book.give_back(order, [Share(1, 3, 300)], "test")
    rest = preview(order, book.till, Ask(Kind.CANCEL, "unsaid", ((2, 1),)))
    assert rest.shares == (Share(1, 0, 0, 31), Share(2, 1, 50, 0)) and rest.total_minor == 81
    assert rest.freight_kept_minor == 0


def test_all_at_once_brings_the_freight_back_and_keeps_none() -> None:
    book, order = paid_book([(100, 3, 31), (50, 1, 0)])
    seen = preview(order, book.till, Ask(Kind.CANCEL, "unsaid", ((1, 3), (2, 1))))
    assert (seen.shares, seen.freight_kept_minor) == ((Share(1, 3, 300, 31), Share(2, 1, 50, 0)), 0)


def test_a_line_of_which_nothing_is_left_is_not_in_the_rest() -> None:
    book, order = paid_book([(100, 3, 0), (50, 1, 7)])
    book.give_back(order, [Share(1, 3, 300)], "test")
    rest = preview(order, book.till, Ask(Kind.CANCEL, "unsaid", ((2, 1),)))
    assert rest.shares == (Share(2, 1, 50, 7),)


def test_freight_of_goods_that_were_sent_is_not_given_with_the_last_of_them() -> None:
    book, order = shipped()
    seen = preview(order, book.till, Ask(Kind.RETURN, "no_reason", ((1, 3), (2, 1))))
    assert seen.shares == (Share(1, 3, 300, 0), Share(2, 1, 50, 0)) and seen.freight_kept_minor == 31


def test_an_order_that_is_given_up_whole_brings_back_all_that_is_left_but_what_is_kept_of_it() -> None:
    book, order = paid_book([(100, 3, 31), (50, 1, 7)], paid_in=2)
    book.give_back(order, [Share(1, 2, 200, 20)], "test")
    seen = preview_whole(order, book.till, 25)
    assert seen.shares == (Share(1, 1, 100, 11), Share(2, 1, 50, 7))
    assert seen.total_minor == 388 - 220 - 25
    assert [(one.transaction, minor) for one, minor in seen.by_capture] == [("tx-1", 143)], (
        "half of 388 came first and is gone"
    )
    assert (seen.freight_kept_minor, seen.keeps_units, seen.way_back, seen.is_money) == (0, False, Side.NOBODY, True)


def test_an_order_that_was_never_paid_brings_no_money_back() -> None:
    book, order = paid_book([(100, 3, 0)])
    order.state = S.PLACED
    seen = preview_whole(order, book.till, 0)
    assert (seen.total_minor, seen.by_capture, seen.shares) == (0, (), (Share(1, 3, 300, 0),))


def test_a_case_is_named_by_its_order() -> None:
    order = new_uuid()
    assert number_of_case(order, 3) == ORDER_ID.show(order) + "/3"  # type: ignore[arg-type]
