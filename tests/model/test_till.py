"""The till: money that came, what of it was needed, and giving back no more than that."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, attempt_on, payable_of
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound
from tuan.trade.payments.errors import AlreadyPaid, BeingConfirmed, PayTimeOver
from tuan.trade.payments.model import ATTEMPT, REFUND, AttemptState, Till, why_not_attempt


def test_a_capture_pays_and_what_comes_too_much_goes_back_at_once() -> None:
    payable = payable_of(1000)
    till = Till([payable])
    first = till.capture(attempt_on(payable, 1000), "t1", 1000, NOON, NOON)
    assert payable.is_paid and first.applied_minor == 1000 and till.new_refunds == []
    second = till.capture(attempt_on(payable, 1000), "t2", 1000, NOON, NOON)
    assert (second.applied_minor, payable.applied_minor) == (0, 1000)
    (excess,) = till.new_refunds
    assert (excess.capture_id, excess.order_id, excess.amount_minor, excess.reason) == (second.id, None, 1000, "excess")
    assert till.why_not_refund(payable.id, 1001) == NotFound()


def test_a_refund_over_several_captures_draws_on_them_in_their_order() -> None:
    payable = payable_of(1000)
    till = Till([payable])
    first = till.capture(attempt_on(payable, 600), "t1", 600, NOON, NOON)
    second = till.capture(attempt_on(payable, 400), "t2", 400, NOON, NOON)
    order = new_uuid()
    made = till.refund(payable.id, order, 700, "left")
    assert [(r.capture_id, r.amount_minor, r.order_id) for r in made] == [
        (first.id, 600, order),
        (second.id, 100, order),
    ]
    assert till.why_not_refund(payable.id, 301) == NotFound()
    assert [r.amount_minor for r in till.refund(payable.id, order, 300, "rest")] == [300]
    assert payable.refunded_minor == 1000 and till.why_not_refund(payable.id, 1) == NotFound()


def test_more_than_came_is_never_given_back() -> None:
    payable = payable_of(500)
    till = Till([payable])
    till.capture(attempt_on(payable), "t1", 500, NOON, NOON)
    with pytest.raises(AssertionError):
        till.refund(payable.id, new_uuid(), 501, "too much")


amounts = st.lists(st.tuples(st.sampled_from(["capture", "refund"]), st.integers(1, 900)), max_size=14)


@given(st.integers(1, 1500), amounts)
def test_refunds_never_pass_captures_whatever_comes_and_goes(owed: int, steps: list[tuple[str, int]]) -> None:
    payable = payable_of(owed)
    till = Till([payable])
    for number, (step, amount) in enumerate(steps):
        if step == "capture":
            till.capture(attempt_on(payable, amount), f"t{number}", amount, NOON, NOON)
        elif till.why_not_refund(payable.id, amount) is None:
            till.refund(payable.id, new_uuid(), amount, "test")
        captures = till.captures.get(payable.id, [])
        came = sum(c.amount_minor for c in captures)
        assert payable.applied_minor == sum(c.applied_minor for c in captures) == min(came, owed)
        for capture in captures:
            back = sum(r.amount_minor for r in till.new_refunds if r.capture_id == capture.id)
            excess = sum(r.amount_minor for r in till.new_refunds if r.capture_id == capture.id and not r.order_id)
            assert capture.refunded_minor == back <= capture.amount_minor
            assert excess == capture.amount_minor - capture.applied_minor
            assert capture.refundable_minor == capture.applied_minor - (back - excess) >= 0
        ordered = sum(r.amount_minor for r in till.new_refunds if r.order_id)
        assert payable.refunded_minor == ordered <= payable.applied_minor


def test_an_attempt_is_refused_to_strangers_and_when_paid_pending_or_too_late() -> None:
    payable = payable_of(100)
    soon, who = NOON - timedelta(seconds=1), payable.person_id
    assert why_not_attempt(payable, who, None, soon) is None
    assert why_not_attempt(None, who, None, soon) == NotFound()
    assert why_not_attempt(payable, new_uuid(), None, soon) == NotFound()
    assert why_not_attempt(payable, who, attempt_on(payable), soon) == BeingConfirmed()
    assert why_not_attempt(payable, who, None, NOON) == PayTimeOver()
    Till([payable]).capture(attempt_on(payable), "t1", 100, NOON, NOON)
    assert why_not_attempt(payable, who, None, soon) == AlreadyPaid()


def test_what_nobody_wants_any_more_is_not_started_to_be_paid_but_money_under_way_is_taken_in() -> None:
    payable = payable_of(100)
    early = NOON - timedelta(minutes=5)
    till = Till([payable])
    under_way = attempt_on(payable)
    till.close(payable.id, early)
    assert why_not_attempt(payable, payable.person_id, None, early) == PayTimeOver()
    till.close(payable.id, NOON)
    assert payable.pay_by == early
    assert till.capture(under_way, "t1", 100, NOON, NOON).applied_minor == 100


def test_money_can_be_heard_of_from_every_state_of_an_attempt_and_refunds_end_done() -> None:
    assert all(ATTEMPT.allows(s, AttemptState.CAPTURED) for s in ATTEMPT.moves if s != AttemptState.CAPTURED)
    assert ATTEMPT.ends() == {AttemptState.CAPTURED}
    assert REFUND.ends() == {"done"}
