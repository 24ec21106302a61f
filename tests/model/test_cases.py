"""Cases in any order of acts, answers, silences and refusals: a plain reference of what was promised knows what went back."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.given.models import NOON
from tests.model.test_giving_back import paid_book
from tuan.kit.ids import new_uuid
from tuan.trade.aftersales import facts
from tuan.trade.aftersales.model import (
    ENDS,
    FAULTS,
    PATIENCE,
    REASONS,
    WAITS_FOR,
    Ask,
    Case,
    CaseLine,
    Cases,
    CaseState,
    Decision,
    Kind,
    Saying,
    Side,
    give_back,
    lower_prices,
    preview,
    why_not_open,
    why_not_refund,
)
from tuan.trade.aftersales.model.words import PRICE_FELL
from tuan.trade.orders.model import OrderState

KINDS = st.sampled_from(list(REASONS))
SAID = Saying("…")
S = CaseState


class AfterSales(RuleBasedStateMachine):
    """One paid order; whatever is asked and answered, the reference keeps what each case promised and whether it was kept."""

    @initialize(
        rows=st.lists(st.tuples(st.integers(1, 999), st.integers(1, 4), st.integers(0, 50)), min_size=1, max_size=3),
        paid_in=st.integers(1, 2),
        is_shipped=st.booleans(),
    )
    def buys(self, rows: list[tuple[int, int, int]], paid_in: int, is_shipped: bool) -> None:
        self.book, self.order = paid_book(rows, paid_in)
        self.cases = Cases([], [], NOON)
        self.promised: dict[int, int] = {}
        self.given: dict[int, int] = {}
        self.whole = 0
        if is_shipped:
            self.book.ship(self.order, "SF", "1")

    @rule()
    def ships(self) -> None:
        if self.order.state == OrderState.TO_SHIP:
            self.book.ship(self.order, "SF", "1")

    @rule(
        kind=KINDS,
        which=st.integers(0, 5),
        units=st.integers(1, 4),
        line=st.integers(1, 3),
        percent=st.integers(1, 120),
    )
    def asks(self, kind: Kind, which: int, units: int, line: int, percent: int) -> None:
        reason = REASONS[kind][which % len(REASONS[kind])]
        amount = None
        if kind is Kind.REFUND_ONLY and percent < 100 and line <= len(self.order.lines):
            amount = max(self.order.lines[line - 1].amount_minor * percent // 100, 1)
        ask = Ask(kind, reason, ((line, units),), amount)
        if why_not_open(self.order, ask, self.cases.of(self.order.id), NOON) is not None:
            return
        seen = preview(self.order, self.book.till, ask)
        assert sum(minor for _, minor in seen.by_capture) == seen.total_minor, "what is shown can be paid"
        assert seen.freight_kept_minor == 0 or reason not in FAULTS
        case = self.cases.open(self.book, self.order, ask, seen, SAID)
        self.promised[case.number] = seen.total_minor
        if kind is Kind.CANCEL:
            self.given[case.number] = seen.total_minor

    def one(self, which: int, *states: CaseState) -> Case | None:
        found = [case for case in self.cases.of(self.order.id) if self.cases.why_not(case, *states) is None]
        return found[which % len(found)] if found else None

    def settled(self, case: Case) -> None:
        """A case that says it gave back gave what it had promised."""
        if case.outcome == "given_back":
            self.given[case.number] = self.promised[case.number]

    @rule(which=st.integers(0, 9))
    def supplier_agrees(self, which: int) -> None:
        if case := self.one(which, S.ASKED, S.REFUSED, S.ARBITRATION):
            self.cases.agree(self.book, case, Side.SUPPLIER, new_uuid())
            self.settled(case)

    @rule(which=st.integers(0, 9))
    def supplier_refuses(self, which: int) -> None:
        if case := self.one(which, S.ASKED, S.RETURNING):
            self.cases.refuse(case, new_uuid(), SAID)

    @rule(which=st.integers(0, 9))
    def buyer_sends_back(self, which: int) -> None:
        if case := self.one(which, S.TO_RETURN):
            self.cases.send_back(case, "YT", "1", SAID)

    @rule(which=st.integers(0, 9))
    def supplier_sends(self, which: int) -> None:
        if (case := self.one(which, S.TO_SEND)) and self.cases.why_not_send(self.book, case) is None:
            self.cases.send(self.book, case, new_uuid(), "SF", "2", SAID)

    @rule(which=st.integers(0, 9))
    def buyer_disputes(self, which: int) -> None:
        if case := self.one(which, S.REFUSED, S.SENT):
            self.cases.dispute(case, Side.BUYER, new_uuid(), SAID)

    @rule(which=st.integers(0, 9))
    def buyer_withdraws(self, which: int) -> None:
        found = [c for c in self.cases.of(self.order.id) if self.cases.why_not_withdraw(c) is None]
        if found:
            self.cases.withdraw(found[which % len(found)], SAID)

    @rule(
        which=st.integers(0, 9),
        decision=st.sampled_from(list(Decision)),
        percent=st.integers(1, 100),
        both=st.booleans(),
    )
    def operator_decides(self, which: int, decision: Decision, percent: int, both: bool) -> None:
        case = self.one(which, S.ARBITRATION)
        if case is None:
            return
        amount = max(case.asked_minor * percent // 100, 1) if decision is Decision.GIVE_BACK else None
        heard = {"buyer", "supplier"} if both else {"buyer"}
        if self.cases.why_not_decide(case, heard, decision, amount) is not None:
            return
        if amount is not None:
            self.promised[case.number] = amount
        self.cases.decide(self.book, case, new_uuid(), decision, amount, SAID)
        self.settled(case)

    @rule(which=st.integers(0, 9))
    def time_passes(self, which: int) -> None:
        waiting = (S.ASKED, S.REFUSED, S.TO_RETURN, S.RETURNING, S.TO_SEND, S.SENT)
        if case := self.one(which, *waiting):
            self.cases.let_pass(self.book, case)
            self.settled(case)

    @rule(really=st.integers(0, 9))
    def supplier_gives_all_back(self, really: int) -> None:
        if really == 0 and not why_not_refund(self.order) and self.order.state != OrderState.CANCELLED:
            self.cases.end_with_order(self.order)
            self.whole = give_back(self.book, self.order, "test").amount_minor

    @invariant()
    def what_went_back_was_promised(self) -> None:
        if not hasattr(self, "book"):
            return
        back = sum(self.given.values()) + self.whole
        cases: list[Any] = self.cases.of(self.order.id)
        assert back == self.order.refunded_minor == sum(line.refunded_minor for line in self.order.lines)
        assert back == sum(refund.amount_minor for refund in self.book.till.new_refunds) <= self.order.total_minor
        assert {case.number: case.amount_minor for case in cases if case.amount_minor} == {
            number: amount for number, amount in self.given.items() if amount
        }
        opened = [line.line_number for case in cases for line in case.lines if line.is_open]
        assert len(opened) == len(set(opened)), "a line is in one case"
        left = {line.number: line.units_left for line in self.order.lines}
        assert all(line.units <= left[line.line_number] for case in cases for line in case.lines if line.is_open)
        assert all((case.deadline is None) == (case.outcome is not None) == case.is_over for case in cases)
        if self.order.state == OrderState.CANCELLED:
            assert back == self.order.total_minor and not opened


AfterSales.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
TestAfterSales = AfterSales.TestCase


def test_every_state_that_waits_has_a_deadline_and_somebody_it_waits_for() -> None:
    assert PATIENCE.keys() == WAITS_FOR.keys() == {state for state in CaseState if state not in ENDS}


def test_what_got_cheaper_after_it_was_paid_is_a_case_that_is_over_at_once() -> None:
    book, order = paid_book([(100, 3, 30)])
    cases = lower_prices(book, {order.id: 60})
    (case,) = cases.added
    assert (case.order_id, case.number, case.kind, case.reason) == (order.id, 1, "refund_only", PRICE_FELL)
    assert (case.state, case.outcome, case.ended_at, case.opened_at) == (CaseState.DONE, "given_back", NOON, NOON)
    assert (case.amount_minor, case.asked_minor, case.deadline, case.before) == (60, 60, None, CaseState.ASKED)
    assert (case.person_id, case.supplier_id) == (order.person_id, order.supplier_id) and isinstance(case.id, UUID)
    assert case.lines == [CaseLine(order.id, 1, 1, 3, 60, 0, True, False)] and cases.get(order.id, 1) is case
    assert cases.facts == [
        facts.LineGivenBack(order=order.id, line=1, units=0, amount_minor=60),
        facts.CaseEnded(order=order.id, number=1, outcome="given_back", amount_minor=60),
    ]
    (line,) = order.lines
    assert (line.refunded_minor, line.lowered_minor, line.returned_units, order.refunded_minor) == (60, 60, 0, 60)
    assert [(r.amount_minor, r.order_id, r.reason) for r in book.till.new_refunds] == [(60, order.id, PRICE_FELL)]
    assert book.changed_lines == [line] and book.moved[order.id] is order
    book.moved.clear()
    book.lower(order, 1, "test")
    assert book.moved == {order.id: order} and line.lowered_minor == 61
    for wrong in (0, 240, -1):
        with pytest.raises(AssertionError):
            lower_prices(book, {order.id: wrong})
    lower_prices(book, {order.id: 239})
    assert line.lowered_minor == 300 and line.goods_left_minor == 0
