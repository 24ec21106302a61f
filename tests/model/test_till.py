"""The till: money that came, what of it was needed, and giving back no more than that."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, attempt_on, payable_of
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound
from tuan.trade.payments.errors import AlreadyPaid, BeingConfirmed, PayTimeOver
from tuan.trade.payments.model import ATTEMPT, REFUND, AttemptState, PayableId, Till, why_not_attempt


def test_a_capture_pays_and_what_comes_too_much_goes_back_at_once() -> None:
    payable = payable_of(1000)
    till = Till([payable])
    first = till.capture(attempt_on(payable, 1000), "t1", 1000, NOON, NOON)
    assert payable.is_paid and first.applied_minor == 1000 and till.new_refunds == []
    second = till.capture(attempt_on(payable, 1000), "t2", 1000, NOON, NOON)
    assert (second.applied_minor, payable.applied_minor) == (0, 1000)
    (excess,) = till.new_refunds
    assert (excess.capture_id, excess.order_id, excess.amount_minor, excess.reason) == (second.id, None, 1000, "excess")
    assert till.touched_captures == {}, "what is new is written with what goes back of it"
    assert till.why_not_refund(payable.id, 1001) == NotFound()


def test_a_capture_knows_its_attempt_and_is_found_by_the_providers_number() -> None:
    payable = payable_of(1000)
    till, attempt, now = Till([payable]), attempt_on(payable, 1000), NOON + timedelta(seconds=3)
    made = till.capture(attempt, "t1", 1000, NOON, now)
    assert (made.payable_id, made.attempt_id, made.provider, made.transaction) == (
        payable.id,
        attempt.id,
        "sandbox",
        "t1",
    )
    assert (made.amount_minor, made.paid_at, made.received_at) == (1000, NOON, now)
    assert isinstance(made.id, UUID) and till.new_captures == [made]
    assert till.transactions == {("sandbox", "t1"): made} and till.captures == {payable.id: [made]}
    assert till.touched == {payable.id} and till.touched_captures == {}, "it is written whole, not changed"


def test_captures_that_were_loaded_are_known_and_changed_where_they_are_drawn_on() -> None:
    one, other = payable_of(1000), payable_of(1000)
    before = Till([one, other])
    made = [before.capture(attempt_on(p, 500), f"t{n}", 500, NOON, NOON) for n, p in enumerate((one, one, other))]
    till = Till([one, other], made)
    assert set(till.transactions) == {("sandbox", "t0"), ("sandbox", "t1"), ("sandbox", "t2")}
    assert till.captures == {one.id: made[:2], other.id: made[2:]} and till.new_captures == []
    assert till.foresee(one.id, 600) == [(made[0], 500), (made[1], 100)] and till.foresee(new_id(), 1) == []
    till.refund(one.id, new_uuid(), 300, "left")
    assert till.touched_captures == {made[0].id: made[0]} and till.touched == {one.id}
    assert (made[0].refunded_minor, made[0].refundable_minor, one.refunded_minor) == (300, 200, 300)
    assert till.foresee(one.id, 600) == [(made[0], 200), (made[1], 400)]
    assert till.why_not_refund(one.id, 0) == NotFound() and till.why_not_refund(new_id(), 1) == NotFound()
    assert till.why_not_refund(one.id, 1) is None


def new_id() -> PayableId:
    return PayableId(new_uuid())


def test_an_attempt_that_has_an_outcome_is_asked_about_no_more() -> None:
    attempt = attempt_on(payable_of(100))
    attempt.next_query_at = NOON
    attempt.move(AttemptState.DECLINED)
    assert (attempt.state, attempt.next_query_at) == (AttemptState.DECLINED, None)
    with pytest.raises(AssertionError):
        attempt.move(AttemptState.PENDING)


def test_a_refund_over_several_captures_draws_on_them_in_their_order() -> None:
    payable = payable_of(1000)
    till = Till([payable])
    first = till.capture(attempt_on(payable, 600), "t1", 600, NOON, NOON)
    second = till.capture(attempt_on(payable, 400), "t2", 400, NOON, NOON)
    order = new_uuid()
    made = till.refund(payable.id, order, 700, "left")
    assert len({one.id for one in made}) == len(made) > 1 and all(isinstance(one.id, UUID) for one in made)
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
    assert till.touched == {payable.id}
    assert why_not_attempt(payable, payable.person_id, None, early) == PayTimeOver()
    till.touched.clear()
    till.close(payable.id, early)
    till.close(payable.id, NOON)
    assert payable.pay_by == early and till.touched == set()
    assert till.capture(under_way, "t1", 100, NOON, NOON).applied_minor == 100


def test_money_can_be_heard_of_from_every_state_of_an_attempt_and_refunds_end_done() -> None:
    assert all(ATTEMPT.allows(s, AttemptState.CAPTURED) for s in ATTEMPT.moves if s != AttemptState.CAPTURED)
    assert ATTEMPT.ends() == {AttemptState.CAPTURED}
    assert REFUND.ends() == {"done"}
