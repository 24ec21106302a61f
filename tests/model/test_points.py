"""Points: lots with their expiry, rules of earning and spending, and that everything that comes back adds up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.given.models import NOON, lots_of
from tuan.kit.holds import HoldEndedTwice
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX, part
from tuan.kit.time import Instant
from tuan.value.ledger.model import POINTS_DEBT, POINTS_ISSUED, may_overdraw, pending_points_of, points_of
from tuan.value.points.errors import PointsShort, PointsTooFew, PointsTooMany, TermsInvalid
from tuan.value.points.model import OFF, POINTS_MAX, RETURNED_FOR, Lots, Reversal, Source, Terms, Wallet, why_not_terms

DAY = timedelta(days=1)
TERMS = Terms(1, 100, 500, 30, 365, 100, 5000, 10, True)


def balances(lots: Lots) -> dict[str, int]:
    return {code: delta for (code, _), delta in lots.postings.deltas().items() if delta}


# ── the terms ──
@given(paid=st.integers(0, 10**9), more=st.integers(0, 10**6))
def test_more_money_never_earns_less_and_never_more_than_the_cap(paid: int, more: int) -> None:
    assert 0 <= TERMS.earned_for(paid) <= TERMS.earned_for(paid + more) <= 500
    assert TERMS.earned_for(paid) == min(paid // 100, 500)


@given(units=st.integers(0, 100), before=st.integers(0, 100))
def test_rewards_of_a_day_stay_under_its_cap(units: int, before: int) -> None:
    given_now = TERMS.earned_today(units, before)
    assert 0 <= given_now <= units and (before + given_now <= 30 or given_now == 0)


@given(goods=st.integers(0, 10**6), value=st.integers(1, 500))
def test_points_pay_no_more_than_their_share_of_the_goods(goods: int, value: int) -> None:
    terms = Terms(1, 100, 500, 30, 365, value, 5000, 1, True)
    most = terms.most_for(goods)
    assert most * value >= goods // 2 * 100 > (most - 1) * value or most == goods // 2 == 0


def test_few_points_are_not_spent_and_more_than_they_may_pay_neither() -> None:
    assert TERMS.why_not_spend(9, 9, 9) == PointsTooFew(least=10)
    assert TERMS.why_not_spend(10, 10, 10) is None
    assert TERMS.why_not_spend(12, 10, 10) == PointsTooMany(most=10)
    assert OFF.why_not_spend(1, 0, 0) == PointsTooMany(most=0)
    assert OFF.earned_for(10**9) == 0 and OFF.most_for(10**9) == 0


def test_what_points_pay_is_a_whole_number_of_cents() -> None:
    assert [TERMS.worth(99), replace(TERMS, hundred_minor=50).worth(3)] == [99, 1] and isinstance(TERMS.worth(1), int)


BOUNDS = {
    "earn_points": (0, POINTS_MAX), "earn_per_minor": (1, AMOUNT_MINOR_MAX), "earn_order_max": (0, POINTS_MAX),
    "event_day_max": (0, POINTS_MAX), "valid_days": (1, 3660), "hundred_minor": (1, AMOUNT_MINOR_MAX), "spend_permyriad": (0, 10_000),
    "spend_min": (1, POINTS_MAX),
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), [("earn_points", -1), ("earn_per_minor", 0), ("valid_days", 0), ("valid_days", 3661), ("hundred_minor", 0),
                         ("spend_permyriad", 10_001), ("spend_min", 0), ("earn_order_max", -1), ("event_day_max", -1)]
)  # fmt: skip
def test_terms_out_of_their_bounds_say_which(field: str, value: int) -> None:
    least, most = BOUNDS[field]
    assert why_not_terms(replace(TERMS, **{field: value})) == TermsInvalid(field=field, least=least, most=most)  # type: ignore[arg-type]
    for bound in (least, most):
        assert why_not_terms(replace(TERMS, **{field: bound})) is None  # type: ignore[arg-type]
    assert why_not_terms(replace(TERMS, **{field: most + 1})) is not None  # type: ignore[arg-type]
    assert why_not_terms(TERMS) is None and why_not_terms(OFF) is None


# ── holding ──
def test_the_oldest_expiry_is_spent_first_and_an_expired_lot_never() -> None:
    who = new_uuid()
    lots = lots_of(who, 10, 10, 10)
    hold = lots.hold(who, 15, new_uuid(), NOON)
    assert [(lots.lots[s.lot_id].valid_days, s.units) for s in hold] == [(1, 10), (2, 5)]
    later = NOON + DAY
    assert lots.spendable(who, later) == 15, "the first lot's day is over, five of the second are held"
    assert lots.why_not_hold(who, 16, later) == PointsShort(left=15)
    assert lots.why_not_hold(who, 0, later) == PointsShort(left=15)
    assert lots.why_not_hold(new_uuid(), 1, NOON) == PointsShort(left=0)


def test_what_is_held_outlives_its_time_until_the_order_ends() -> None:
    who, order = new_uuid(), new_uuid()
    lots = lots_of(who, 10)
    (lot,) = lots.lots.values()
    hold = lots.hold(who, 4, order, NOON)
    lots.expire_due(NOON + DAY)
    assert (lot.remaining, lot.held, lot.lapsed, lot.state) == (4, 4, 6, "active")
    lots.release(hold)
    lots.expire_due(NOON + DAY)
    assert (lot.remaining, lot.lapsed, lot.state) == (0, 10, "over")
    with pytest.raises(HoldEndedTwice):
        lots.settle(hold)


# ── coming back ──
@given(spent=st.integers(1, 30), parts=st.lists(st.integers(0, 12), max_size=8), later=st.integers(0, 60))
def test_what_comes_back_is_what_was_spent_in_any_number_of_parts(spent: int, parts: list[int], later: int) -> None:
    who, order, now = new_uuid(), new_uuid(), NOON + timedelta(hours=later)
    lots = lots_of(who, 10, 10, 10)
    lots.settle(lots.hold(who, spent, order, NOON))
    assert lots.returnable(order) == spent
    back = 0
    for wanted in [*parts, spent]:
        units = min(wanted, lots.returnable(order))
        before = lots.spendable(who, now)
        assert sum(one.units for one in lots.returning(order, units, now)) == units
        lots.give_back(order, units, now)
        assert lots.spendable(who, now) == before + units
        back += units
    assert back == spent and lots.returnable(order) == 0
    ends = [lot.expires_at for lot in lots.lots.values() if lot.source == Source.RETURNED]
    assert set(ends) <= {now + RETURNED_FOR}, "what would end sooner has seven days, and nothing else is prolonged"
    assert balances(lots) == {points_of(who): 30, POINTS_ISSUED: -30}


def test_points_return_to_a_lot_that_lives_long_enough() -> None:
    who, order = new_uuid(), new_uuid()
    lots = Lots([Wallet(who, 0)], [])
    long = lots.grant(who, new_uuid(), 10, 100, NOON, reason="")
    lots.settle(lots.hold(who, 10, order, NOON))
    assert long.state == "over"
    lots.give_back(order, 4, NOON + DAY)
    assert (long.state, long.remaining, long.expires_at) == ("active", 4, NOON + 100 * DAY)
    with pytest.raises(AssertionError):
        lots.give_back(order, 7, NOON)


def earned(units: int, *, debt: int = 0) -> tuple[UUID, Lots, Any]:
    who = new_uuid()
    lots = Lots([Wallet(who, debt)], [])
    return who, lots, lots.earn(who, Source.ORDER, new_uuid(), units, 365)


def test_pending_points_are_taken_back_first_and_nobody_owes() -> None:
    who, lots, lot = earned(10)
    assert lots.spendable(who, NOON) == 0
    assert lots.reverse(lot, 4, NOON, owes=True) == Reversal(4, 0, 0)
    assert balances(lots) == {pending_points_of(who): 6, POINTS_ISSUED: -6}
    lots.activate(lot, NOON)
    assert lots.spendable(who, NOON) == 6 and lots.earned_by(lot.about) is lot
    assert balances(lots) == {points_of(who): 6, POINTS_ISSUED: -6}


@pytest.mark.parametrize("owes", [True, False])
def test_points_that_were_spent_are_taken_of_others_and_the_rest_is_owed(owes: bool) -> None:
    who, lots, lot = earned(10)
    lots.activate(lot, NOON)
    lots.settle(lots.hold(who, 9, new_uuid(), NOON))
    lots.grant(who, new_uuid(), 3, 30, NOON, reason="")
    assert lots.reversing(lot, 10, NOON) == Reversal(4, 6, 0)
    lots.reverse(lot, 10, NOON, owes=owes)
    assert lots.spendable(who, NOON) == 0 and lots.wallets[who].debt == (6 if owes else 0)
    assert balances(lots).get(POINTS_DEBT, 0) == (-6 if owes else 0)
    again = lots.grant(who, new_uuid(), 10, 30, NOON, reason="")
    assert again.remaining == (4 if owes else 10) and lots.wallets[who].debt == 0
    assert POINTS_DEBT not in balances(lots)


def test_nobody_owes_what_expired_before_he_could_spend_it() -> None:
    who, lots, lot = earned(10)
    lots.activate(lot, NOON)
    lots.settle(lots.hold(who, 3, new_uuid(), NOON))
    lots.expire_due(NOON + 365 * DAY)
    assert lots.reverse(lot, 10, NOON + 365 * DAY, owes=True) == Reversal(0, 3, 7)
    assert lots.wallets[who].debt == 3 and lot.lapsed == 0


@given(units=st.integers(1, 1000), paid=st.integers(1, 10_000), cuts=st.lists(st.integers(0, 10_000), max_size=6))
def test_any_number_of_refunds_reverses_the_whole(units: int, paid: int, cuts: list[int]) -> None:
    _, lots, lot = earned(units)
    done = 0
    for now in sorted(min(cut, paid) for cut in [*cuts, paid]):
        lots.reverse(lot, part(units, done=done, now=now, of=paid), NOON, owes=True)
        done = now
        assert lot.reversed == units * done // paid
    assert lot.reversed == units and balances(lots) == {}


def test_a_person_who_is_forgotten_leaves_clean_books() -> None:
    who, lots, lot = earned(10)
    lots.grant(who, new_uuid(), 5, 30, NOON, reason="")
    lots.forfeit(who)
    assert balances(lots) == {} and lot.state == "over"
    who, lots, lot = earned(10)
    lots.activate(lot, NOON)
    lots.settle(lots.hold(who, 10, new_uuid(), NOON))
    lots.reverse(lot, 10, NOON, owes=True)
    lots.forfeit(who)
    assert balances(lots) == {} and lots.wallets[who].debt == 0


def test_only_the_issuer_and_the_debts_may_be_below_zero() -> None:
    who = new_uuid()
    assert may_overdraw(POINTS_ISSUED) and may_overdraw(POINTS_DEBT)
    assert not may_overdraw(points_of(who)) and not may_overdraw(pending_points_of(who))


class Life(RuleBasedStateMachine):
    """A person's points over weeks, in any order of events; what must always be true is asked after each."""

    def __init__(self) -> None:
        super().__init__()
        self.who, self.now = new_uuid(), NOON
        self.lots = Lots([Wallet(self.who, 0)], [])
        self.paid: list[UUID] = []
        self.held: list[Any] = []

    @rule(units=st.integers(1, 50), days=st.integers(1, 20))
    def grant(self, units: int, days: int) -> None:
        self.lots.grant(self.who, new_uuid(), units, days, self.now, reason="")

    @rule(units=st.integers(1, 50), days=st.integers(1, 20))
    def earn(self, units: int, days: int) -> None:
        self.lots.earn(self.who, Source.ORDER, new_uuid(), units, days)

    @rule(place=st.integers(0, 9))
    def activate(self, place: int) -> None:
        pending = [lot for lot in self.lots.lots.values() if lot.state == "pending"]
        if pending:
            self.lots.activate(pending[place % len(pending)], self.now)

    @rule(units=st.integers(1, 40))
    def hold(self, units: int) -> None:
        if self.lots.why_not_hold(self.who, units, self.now) is None:
            order = new_uuid()
            before = [x.id for x in self.lots.lots.values() if x.expires_at is not None and x.expires_at <= self.now]
            self.held.append(self.lots.hold(self.who, units, order, self.now))
            assert not {spend.lot_id for spend in self.held[-1]} & set(before), "never of an expired lot"

    @precondition(lambda self: self.held)
    @rule(settles=st.booleans(), place=st.integers(0, 9))
    def end(self, settles: bool, place: int) -> None:
        hold = self.held.pop(place % len(self.held))
        if settles:
            self.lots.settle(hold)
            self.paid.append(hold[0].order_id)
        else:
            self.lots.release(hold)

    @precondition(lambda self: self.paid)
    @rule(units=st.integers(0, 40), place=st.integers(0, 9))
    def give_back(self, units: int, place: int) -> None:
        order = self.paid[place % len(self.paid)]
        self.lots.give_back(order, min(units, self.lots.returnable(order)), self.now)

    @rule(units=st.integers(0, 50), place=st.integers(0, 9), owes=st.booleans())
    def reverse(self, units: int, place: int, owes: bool) -> None:
        mine = [lot for lot in self.lots.lots.values() if lot.source == Source.ORDER]
        if mine:
            lot = mine[place % len(mine)]
            self.lots.reverse(lot, min(units, lot.units - lot.reversed), self.now, owes=owes)

    @rule(hours=st.integers(1, 200))
    def wait(self, hours: int) -> None:
        self.now: Instant = self.now + timedelta(hours=hours)
        self.lots.expire_due(self.now)

    @invariant()
    def the_books_say_what_the_lots_say(self) -> None:
        booked, rows = balances(self.lots), list(self.lots.lots.values())
        active = sum(lot.remaining for lot in rows if lot.state == "active")
        pending = sum(lot.remaining for lot in rows if lot.state == "pending")
        debt = self.lots.wallets[self.who].debt
        assert booked.get(points_of(self.who), 0) == active
        assert booked.get(pending_points_of(self.who), 0) == pending
        assert booked.get(POINTS_DEBT, 0) == -debt and debt >= 0
        assert booked.get(POINTS_ISSUED, 0) == debt - active - pending

    @invariant()
    def a_lot_is_the_sum_of_its_entries_and_holds_what_its_spends_hold(self) -> None:
        for lot in self.lots.lots.values():
            assert lot.remaining == sum(e.change for e in self.lots.entries if e.lot_id == lot.id)
            assert lot.held == sum(s.units for hold in self.held for s in hold if s.lot_id == lot.id)
            assert 0 <= lot.held <= lot.remaining <= lot.units and 0 <= lot.reversed <= lot.units
            assert (lot.state == "over") == (lot.remaining == 0)
            assert (
                lot.expires_at is None if lot.state == "pending" else lot.state == "over" or lot.expires_at is not None
            )


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
