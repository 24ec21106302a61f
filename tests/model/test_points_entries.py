"""What each act on points writes down: an entry that says of which lot, what kind, how many, about what and why."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given.models import NOON
from tuan.kit.holds import HoldEndedTwice
from tuan.kit.ids import new_uuid
from tuan.value.ledger.model import POINTS_DEBT, POINTS_ISSUED, pending_points_of, points_of
from tuan.value.points.errors import PointsShort
from tuan.value.points.model import (
    RETURNED_FOR,
    Lot,
    Lots,
    LotState,
    Part,
    Reversal,
    Source,
    SpendState,
    Wallet,
)

DAY = timedelta(days=1)
WHO, ABOUT, ORDER = new_uuid(), new_uuid(), new_uuid()
MINE, PROMISED = points_of(WHO), pending_points_of(WHO)


class Person:
    """A wallet whose newest entries and transfers are asked for after each act."""

    def __init__(self, *, debt: int = 0) -> None:
        self.wallet = Wallet(WHO, debt)
        self.lots = Lots([self.wallet], [])
        self.seen = 0

    def given(self, units: int, days: int, *, at: Any = NOON) -> Lot:
        lot = self.lots.grant(WHO, ABOUT, units, days, at, reason="")
        self.written()
        return lot

    def written(self) -> list[tuple[Any, ...]]:
        """(lot, kind, units, change, about, reason, from, to) of each entry since it was last asked."""
        lots, rows = self.lots, []
        for entry, transfer in zip(lots.entries[self.seen :], lots.postings.transfers[self.seen :], strict=True):
            assert entry.person_id == WHO and isinstance(entry.id, UUID) and transfer.about == entry.id
            assert (transfer.kind, transfer.asset, transfer.amount) == (f"points_{entry.kind}", "points", entry.units)
            rows.append((entry.lot_id, entry.kind, entry.units, entry.change, entry.about, entry.reason,
                         transfer.from_code, transfer.to_code))  # fmt: skip
        self.seen = len(lots.entries)
        return rows

    def spent(self, units: int, order: UUID = ORDER) -> None:
        self.lots.settle(self.lots.hold(WHO, units, order, NOON))
        self.written()


def loaded(person: Person) -> Lots:
    """The same wallet as it would be read again."""
    before = person.lots
    spends = [spend for some in before.spends.values() for spend in some]
    return Lots(before.wallets.values(), before.lots.values(), spends)


# ── getting ──
@pytest.mark.parametrize(("source", "kind"), [(Source.GRANT, "grant"), (Source.CHECK_IN, "earn")])
def test_what_is_given_may_be_spent_at_once(source: Source, kind: str) -> None:
    person = Person()
    lot = person.lots.grant(WHO, ABOUT, 10, 30, NOON, reason="sorry", source=source)
    assert (lot.person_id, lot.source, lot.about, lot.units, lot.remaining) == (WHO, source, ABOUT, 10, 10)
    assert (lot.state, lot.valid_days, lot.expires_at) == (LotState.ACTIVE, 30, NOON + 30 * DAY)
    assert person.written() == [(lot.id, kind, 10, 10, ABOUT, "sorry", POINTS_ISSUED, MINE)]
    assert person.lots.new_lots == {lot.id: lot} and person.lots.touched == {}, "it is written whole, not changed"


def test_what_is_promised_becomes_his_when_it_cannot_come_back_any_more() -> None:
    person = Person()
    lot = person.lots.earn(WHO, Source.ORDER, ABOUT, 10, 30)
    assert (lot.person_id, lot.source, lot.about, lot.units, lot.valid_days) == (WHO, Source.ORDER, ABOUT, 10, 30)
    assert (lot.state, lot.expires_at, lot.remaining) == (LotState.PENDING, None, 10)
    assert person.written() == [(lot.id, "earn", 10, 10, ABOUT, "", POINTS_ISSUED, PROMISED)]
    person.lots.activate(lot, NOON)
    assert (lot.state, lot.expires_at) == (LotState.ACTIVE, NOON + 30 * DAY)
    assert person.written() == [(lot.id, "activate", 10, 0, ABOUT, "", PROMISED, MINE)]
    assert person.lots.earned_by(ABOUT) is lot and person.lots.earned_by(ORDER) is None


def test_only_an_order_has_earned_points() -> None:
    person = Person()
    person.given(10, 30)
    assert person.lots.earned_by(ABOUT) is None
    earned = person.lots.earn(WHO, Source.ORDER, ORDER, 1, 30)
    assert person.lots.earned_by(ORDER) is earned and person.lots.earned_by(ABOUT) is None


@pytest.mark.parametrize(("debt", "left"), [(4, 6), (10, 0), (13, 0)])
def test_debts_are_paid_first_of_what_is_given_and_of_what_was_promised(debt: int, left: int) -> None:
    paid = min(debt, 10)
    person = Person(debt=debt)
    lot = person.lots.grant(WHO, ABOUT, 10, 30, NOON, reason="x")
    assert person.written()[1:] == [(lot.id, "repay", paid, -paid, ABOUT, "", MINE, POINTS_DEBT)]
    assert (lot.remaining, person.wallet.debt) == (left, debt - paid)
    assert lot.state == (LotState.ACTIVE if left else LotState.OVER)
    assert person.lots.touched_wallets == {WHO: person.wallet}
    person = Person(debt=debt)
    lot = person.lots.earn(WHO, Source.ORDER, ABOUT, 10, 30)
    assert len(person.written()) == 1 and person.wallet.debt == debt, "a promise pays no debt"
    person.lots.activate(lot, NOON)
    assert person.written()[1:] == [(lot.id, "repay", paid, -paid, ABOUT, "", MINE, POINTS_DEBT)]
    assert (lot.remaining, person.wallet.debt) == (left, debt - paid)


# ── spending ──
def test_what_is_held_names_its_order_and_what_is_spent_is_written_down_once() -> None:
    person = Person()
    soon, late = person.given(10, 1), person.given(10, 2)
    first = person.lots.hold(WHO, 4, ABOUT, NOON)
    hold = person.lots.hold(WHO, 12, ORDER, NOON)
    assert [(s.order_id, s.person_id, s.lot_id, s.units, s.state, s.returned) for s in hold] == [
        (ORDER, WHO, soon.id, 6, SpendState.HELD, 0),
        (ORDER, WHO, late.id, 6, SpendState.HELD, 0),
    ]
    assert person.lots.new_spends == {spend.id: spend for spend in [*first, *hold]}
    assert all(isinstance(spend.id, UUID) for spend in hold) and person.lots.held_by(ORDER) == hold
    assert person.written() == [], "holding moves nothing"
    person.lots.settle(hold)
    assert person.written() == [
        (soon.id, "spend", 6, -6, ORDER, "", MINE, POINTS_ISSUED),
        (late.id, "spend", 6, -6, ORDER, "", MINE, POINTS_ISSUED),
    ]
    assert person.lots.held_by(ORDER) == [] and person.lots.held_by(new_uuid()) == []
    assert [spend.state for spend in hold] == [SpendState.SETTLED] * 2 and person.lots.touched_spends == {}
    with pytest.raises(HoldEndedTwice, match=str(hold[0].id)):
        person.lots.release(hold)
    person.lots.release(first)
    assert (person.written(), soon.held, soon.remaining) == ([], 0, 4) and first[0].state == SpendState.RELEASED


def test_what_was_loaded_and_changed_is_written_again() -> None:
    person = Person()
    lot = person.given(10, 30)
    person.lots.hold(WHO, 4, ORDER, NOON)
    again = loaded(person)
    (spend,) = again.held_by(ORDER)
    again.settle([spend])
    assert again.touched_spends == {spend.id: spend} and again.new_spends == {} == again.new_lots
    assert again.touched == {lot.id: lot}
    again = loaded(person)
    again.give_back(ORDER, 1, NOON)
    assert again.touched_spends == {spend.id: spend} and spend.returned == 1 and again.touched == {lot.id: lot}


def test_a_lot_ends_at_its_moment_and_not_after_it() -> None:
    person = Person()
    lot = person.given(10, 1)
    just_before = NOON + DAY - timedelta(microseconds=1)
    assert person.lots.spendable(WHO, just_before) == 10 and person.lots.spendable(WHO, NOON + DAY) == 0
    assert person.lots.expire_due(just_before) == 0 and person.written() == []
    assert person.lots.expire_due(NOON + DAY) == 1 and lot.lapsed == 10
    assert person.written() == [(lot.id, "expire", 10, -10, lot.id, "", MINE, POINTS_ISSUED)]
    assert person.lots.expire_due(NOON + DAY) == 0, "nothing is left that could expire"


def test_promised_points_do_not_expire() -> None:
    person = Person()
    person.lots.earn(WHO, Source.ORDER, ABOUT, 10, 1)
    assert person.lots.expire_due(NOON + 400 * DAY) == 0


# ── coming back ──
def test_the_last_to_expire_comes_back_first_each_to_its_own_lot() -> None:
    person = Person()
    early, late = person.given(10, 20), person.given(10, 30)
    person.spent(15)
    ends = [NOON + 30 * DAY, NOON + 20 * DAY]
    assert person.lots.returning(ORDER, 7, NOON) == [Part(5, ends[0]), Part(2, ends[1])]
    person.lots.give_back(ORDER, 7, NOON)
    assert person.written() == [
        (late.id, "restore", 5, 5, ORDER, "", POINTS_ISSUED, MINE),
        (early.id, "restore", 2, 2, ORDER, "", POINTS_ISSUED, MINE),
    ]
    assert (early.remaining, late.remaining, early.state) == (2, 10, LotState.ACTIVE)
    person.lots.give_back(ORDER, 8, NOON)
    assert person.written() == [(early.id, "restore", 8, 8, ORDER, "", POINTS_ISSUED, MINE)]
    assert early.remaining == 10 and person.lots.returnable(ORDER) == 0 == person.lots.returnable(new_uuid())
    assert person.lots.returning(new_uuid(), 0, NOON) == []


def test_what_would_end_within_seven_days_gets_them_in_a_lot_of_its_own() -> None:
    person = Person()
    lot = person.given(10, 3)
    person.spent(6)
    assert person.lots.returning(ORDER, 6, NOON) == [Part(6, NOON + RETURNED_FOR)]
    person.lots.give_back(ORDER, 6, NOON)
    (back,) = (one for one in person.lots.lots.values() if one.source == Source.RETURNED)
    assert (back.person_id, back.about, back.valid_days, back.state) == (WHO, lot.id, 3, LotState.ACTIVE)
    assert (back.units, back.remaining, back.expires_at) == (6, 6, NOON + RETURNED_FOR)
    assert (back.held, back.reversed, back.lapsed) == (0, 0, 0)
    assert (lot.remaining, lot.expires_at) == (4, NOON + 3 * DAY)
    assert person.written() == [(back.id, "restore", 6, 6, ORDER, "", POINTS_ISSUED, MINE)]


def test_what_comes_back_pays_debts_too() -> None:
    person = Person()
    lot = person.given(10, 30)
    person.spent(10)
    person.wallet.debt = 3
    person.lots.give_back(ORDER, 10, NOON)
    assert person.written()[1:] == [(lot.id, "repay", 3, -3, ORDER, "", MINE, POINTS_DEBT)]
    assert (lot.remaining, person.wallet.debt) == (7, 0)


# ── taking back ──
def test_what_an_order_earned_is_taken_from_its_lot_then_from_others_and_the_rest_is_owed() -> None:
    person = Person(debt=0)
    lot = person.lots.earn(WHO, Source.ORDER, ORDER, 20, 30)
    person.lots.activate(lot, NOON)
    person.spent(15, ABOUT)
    first, second = person.given(2, 5), person.given(4, 6)
    person.wallet.debt = 1
    assert person.lots.reversing(lot, 14, NOON) == Reversal(11, 3, 0)
    assert person.lots.reverse(lot, 14, NOON, owes=True) == Reversal(11, 3, 0)
    assert person.written() == [
        (lot.id, "reverse", 5, -5, ORDER, "", MINE, POINTS_ISSUED),
        (first.id, "reverse", 2, -2, ORDER, "", MINE, POINTS_ISSUED),
        (second.id, "reverse", 4, -4, ORDER, "", MINE, POINTS_ISSUED),
        (None, "owe", 3, -3, ORDER, "", POINTS_DEBT, POINTS_ISSUED),
    ]
    assert person.wallet.debt == 4, "beside what he owed before"
    assert (lot.reversed, first.state, second.state) == (14, LotState.OVER, LotState.OVER)
    with pytest.raises(AssertionError):
        person.lots.reverse(lot, 7, NOON, owes=True)


def test_of_several_lots_no_more_is_taken_than_was_earned() -> None:
    person = Person()
    lot = person.lots.earn(WHO, Source.ORDER, ORDER, 6, 30)
    person.lots.activate(lot, NOON)
    person.spent(6, ABOUT)
    first, second, third = (person.given(4, days) for days in (5, 6, 7))
    person.lots.reverse(lot, 6, NOON, owes=True)
    assert (first.remaining, second.remaining, third.remaining) == (0, 2, 4) and person.wallet.debt == 0


def test_of_others_only_what_its_own_lot_lacks_is_taken() -> None:
    person = Person()
    lot = person.lots.earn(WHO, Source.ORDER, ORDER, 6, 30)
    person.lots.activate(lot, NOON)
    person.spent(4, ABOUT)
    other = person.given(10, 31)
    assert person.lots.reverse(lot, 5, NOON, owes=True) == Reversal(5, 0, 0)
    assert (lot.remaining, other.remaining) == (0, 7)


def test_what_lapsed_is_excused_before_other_lots_are_asked() -> None:
    person = Person()
    lot = person.lots.earn(WHO, Source.ORDER, ORDER, 10, 1)
    person.lots.activate(lot, NOON)
    person.lots.hold(WHO, 6, ABOUT, NOON)
    person.lots.expire_due(NOON + DAY)
    assert (lot.remaining, lot.held, lot.lapsed) == (6, 6, 4)
    person.lots.settle(person.lots.held_by(ABOUT))
    other = person.given(9, 30, at=NOON + DAY)
    assert person.lots.reversing(lot, 3, NOON + DAY) == Reversal(0, 0, 3)
    assert person.lots.reversing(lot, 9, NOON + DAY) == Reversal(5, 0, 4)
    person.lots.reverse(lot, 9, NOON + DAY, owes=True)
    assert (other.remaining, lot.lapsed, lot.reversed) == (4, 0, 9)


def test_points_still_free_in_the_lot_are_taken_before_anything_is_excused() -> None:
    person = Person()
    lot = person.lots.earn(WHO, Source.ORDER, ORDER, 10, 30)
    person.lots.activate(lot, NOON)
    lot.lapsed = 5
    assert person.lots.reversing(lot, 10, NOON) == Reversal(10, 0, 0)
    lot.held = 4
    assert person.lots.reversing(lot, 7, NOON) == Reversal(6, 0, 1)


def test_what_the_office_takes_is_taken_with_its_reason_of_what_expires_first() -> None:
    person = Person()
    late, soon = person.given(10, 9), person.given(10, 1)
    with pytest.raises(AssertionError):
        person.lots.deduct(WHO, 21, ORDER, NOON, reason="abuse")
    assert person.lots.why_not_hold(WHO, 21, NOON) == PointsShort(left=20)
    person.lots.deduct(WHO, 14, ORDER, NOON, reason="abuse")
    assert person.written() == [
        (soon.id, "deduct", 10, -10, ORDER, "abuse", MINE, POINTS_ISSUED),
        (late.id, "deduct", 4, -4, ORDER, "abuse", MINE, POINTS_ISSUED),
    ]
    with pytest.raises(AssertionError):
        person.lots.deduct(WHO, 7, ORDER, NOON, reason="abuse")


def test_who_is_forgotten_has_nothing_owes_nothing_and_takes_nothing_from_others() -> None:
    person, other = Person(debt=3), new_uuid()
    active, pending = person.given(10, 9), person.lots.earn(WHO, Source.ORDER, ORDER, 5, 9)
    person.wallet.debt = 3
    person.written()
    person.lots.wallets[other] = Wallet(other, 2)
    theirs = person.lots.earn(other, Source.ORDER, new_uuid(), 8, 9)
    person.seen = len(person.lots.entries)
    person.lots.forfeit(WHO)
    assert person.written() == [
        (active.id, "forfeit", 7, -7, active.id, "", MINE, POINTS_ISSUED),
        (pending.id, "forfeit", 5, -5, pending.id, "", PROMISED, POINTS_ISSUED),
        (None, "forgive", 3, 3, WHO, "", POINTS_ISSUED, POINTS_DEBT),
    ]
    assert (theirs.remaining, person.wallet.debt, person.lots.wallets[other].debt) == (8, 0, 2)
    assert person.lots.touched_wallets == {WHO: person.wallet}
    person.lots.forfeit(WHO)
    assert person.written() == []
