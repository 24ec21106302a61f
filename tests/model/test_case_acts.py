"""Each act of a case by itself: the state it leads to, until when, what the log says, and what is told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given.models import NOON
from tests.model.test_giving_back import paid_book
from tuan.goods.supply.errors import NotEnough
from tuan.kit.ids import new_uuid
from tuan.trade.aftersales import facts
from tuan.trade.aftersales.errors import AskInvalid, CaseNotNow, NotHeard
from tuan.trade.aftersales.model import (
    ENDS,
    PATIENCE,
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
    preview,
    why_not_open,
)
from tuan.trade.orders.model import Share

S = CaseState
SAID = Saying("破了", ("a.webp",))
WHO = new_uuid()
REASONS = {
    Kind.CANCEL: "unsaid", Kind.REFUND_ONLY: "damaged", Kind.RETURN: "no_reason", Kind.EXCHANGE: "damaged", Kind.RESHIP: "missing",
}  # fmt: skip


class Opened:
    """A case over two of the three units of the only line of an order; `last` is the newest line of its log."""

    def __init__(self, kind: Kind = Kind.RETURN, *, amount_minor: int | None = None, units: int = 2) -> None:
        self.book, self.order = paid_book([(100, 3, 30)])
        if kind is not Kind.CANCEL:
            self.book.ship(self.order, "SF", "1")
        self.cases = Cases([], [], NOON)
        ask = Ask(kind, REASONS[kind], ((1, units),), amount_minor)
        assert why_not_open(self.order, ask, [], NOON) is None
        seen = preview(self.order, self.book.till, ask)
        self.case = self.cases.open(self.book, self.order, ask, seen, SAID)

    def stand(self, state: CaseState, *, came_back: bool = False) -> "Opened":
        """As it would be loaded in this state."""
        self.case.state = state
        self.case.back_tracking = "YT1" if came_back else ""
        self.cases.moved.clear()
        self.cases.messages.clear()
        self.cases.facts.clear()
        return self

    @property
    def last(self) -> tuple[Any, ...]:
        one = self.cases.messages[-1]
        assert (one.order_id, one.case_number, one.at) == (self.order.id, self.case.number, NOON)
        assert isinstance(one.id, UUID)
        return one.side, one.author_id, one.act, one.text, one.pictures

    def stands(self, state: CaseState) -> bool:
        """Moved there, and waiting as long as that state waits; an end waits for nothing."""
        assert self.cases.moved == {(self.order.id, self.case.number): self.case}
        until = None if state in ENDS else NOON + PATIENCE[state]
        return (self.case.state, self.case.deadline) == (state, until)

    def ended(self, outcome: str, amount_minor: int = 0) -> bool:
        assert (self.case.ended_at, self.case.outcome) == (NOON, outcome)
        assert not any(line.is_open for line in self.case.lines)
        told = facts.CaseEnded(order=self.order.id, number=self.case.number, outcome=outcome, amount_minor=amount_minor)
        return self.cases.facts[-1] == told and self.case.amount_minor == amount_minor


# ── opening ──
def test_what_is_asked_waits_for_the_supplier_and_is_told() -> None:
    made = Opened()
    case, order = made.case, made.order
    assert (case.order_id, case.number, case.kind, case.state, case.reason) == (
        order.id,
        1,
        "return",
        S.ASKED,
        "no_reason",
    )
    assert (case.person_id, case.supplier_id, case.opened_at) == (order.person_id, order.supplier_id, NOON)
    assert (case.amount_minor, case.asked_minor, case.before) == (0, 200, S.ASKED)
    assert case.deadline == NOON + timedelta(hours=48) and isinstance(case.id, UUID)
    assert case.lines == [CaseLine(order.id, 1, 1, 2, 200, 0, False, True)]
    assert made.cases.added == [case] and made.cases.get(order.id, 1) is case and made.cases.get(order.id, 2) is None
    assert made.last == (Side.BUYER, order.person_id, "opened", "破了", ("a.webp",))
    assert made.cases.facts == [facts.CaseOpened(order=order.id, number=1)]
    assert made.cases.moved == {} and order.refunded_minor == 0


def test_what_has_not_left_yet_is_given_back_at_once() -> None:
    made = Opened(Kind.CANCEL)
    assert made.stands(S.DONE) and made.ended("given_back", 200)
    assert made.cases.facts[:2] == [
        facts.CaseOpened(order=made.order.id, number=1),
        facts.LineGivenBack(order=made.order.id, line=1, units=2, amount_minor=200),
    ]
    assert (made.order.lines[0].returned_units, made.order.refunded_minor) == (2, 200)
    assert [r.reason for r in made.book.till.new_refunds] == ["unsaid"]
    assert made.cases.ended() == [], "it was not open before"


def test_cases_of_an_order_count_on_and_those_of_others_do_not_count() -> None:
    made = Opened(units=1)
    again = Ask(Kind.REFUND_ONLY, "damaged", ((1, 1),))
    seen = preview(made.order, made.book.till, again)
    second = made.cases.open(made.book, made.order, again, seen, SAID)
    book, other = paid_book([(100, 1, 0)])
    book.ship(other, "SF", "1")
    theirs = made.cases.open(book, other, again, preview(other, book.till, again), SAID)
    assert (second.number, theirs.number) == (2, 1)
    assert made.cases.of(made.order.id) == [made.case, second] and made.cases.of(other.id) == [theirs]


def test_freight_that_goes_with_the_rest_of_an_order_holds_no_units_of_its_line() -> None:
    book, order = paid_book([(100, 3, 31), (50, 1, 0)])
    book.give_back(order, [Share(1, 3, 300)], "test")
    ask, cases = Ask(Kind.CANCEL, "unsaid", ((2, 1),)), Cases([], [], NOON)
    case = cases.open(book, order, ask, preview(order, book.till, ask), SAID)
    assert [(x.line_number, x.units, x.goods_minor, x.freight_minor) for x in case.lines] == [
        (1, 0, 0, 31),
        (2, 1, 50, 0),
    ]


def test_lines_are_loaded_into_their_cases() -> None:
    order = new_uuid()
    one, two = (Case(order, n, "return", S.ASKED, "damaged", 0, NOON) for n in (1, 2))
    line = CaseLine(order, 2, 1, 1, 100, 0, False)
    cases = Cases([one, two], [line], NOON)
    assert (one.lines, two.lines) == ([], [line])
    assert (cases.added, cases.moved, cases.messages, cases.facts, cases.ended()) == ([], {}, [], [], [])


# ── the supplier answers ──
@pytest.mark.parametrize(
    ("kind", "came_back", "state"),
    [
        (Kind.RETURN, False, S.TO_RETURN), (Kind.EXCHANGE, False, S.TO_RETURN), (Kind.EXCHANGE, True, S.TO_SEND),
        (Kind.RESHIP, False, S.TO_SEND), (Kind.RETURN, True, S.DONE), (Kind.REFUND_ONLY, False, S.DONE),
    ],
)  # fmt: skip
def test_a_supplier_who_agrees_gets_the_goods_first_then_sends_or_pays(
    kind: Kind, came_back: bool, state: CaseState
) -> None:
    made = Opened(kind).stand(S.REFUSED, came_back=came_back)
    made.cases.agree(made.book, made.case, Side.SUPPLIER, WHO, SAID)
    assert made.last == (Side.SUPPLIER, WHO, "agreed", "破了", ("a.webp",))
    assert made.stands(state) and (state != S.DONE or made.ended("given_back", made.case.asked_minor))
    assert (made.order.refunded_minor > 0) == (state == S.DONE)


@pytest.mark.parametrize(("state", "act"), [(S.ASKED, "refused"), (S.RETURNING, "not_as_agreed")])
def test_a_refusal_is_of_what_is_asked_or_of_what_came_back(state: CaseState, act: str) -> None:
    made = Opened().stand(state)
    made.cases.refuse(made.case, WHO, SAID)
    assert made.last == (Side.SUPPLIER, WHO, act, "破了", ("a.webp",)) and made.stands(S.REFUSED)


@pytest.mark.parametrize(("kind", "state"), [(Kind.RETURN, S.DONE), (Kind.EXCHANGE, S.TO_SEND)])
def test_goods_that_came_back_are_paid_back_or_sent_anew(kind: Kind, state: CaseState) -> None:
    made = Opened(kind).stand(S.RETURNING, came_back=True)
    made.cases.receive(made.book, made.case, Side.SUPPLIER, WHO, SAID)
    assert made.last == (Side.SUPPLIER, WHO, "received", "破了", ("a.webp",)) and made.stands(state)
    assert made.order.refunded_minor == (200 if state == S.DONE else 0)


def test_other_goods_leave_the_stock_and_are_on_their_way() -> None:
    made = Opened(Kind.RESHIP).stand(S.TO_SEND)
    (row,) = made.book.stock.rows.values()
    before = row.on_hand
    made.cases.send(made.book, made.case, WHO, "SF", "2", SAID)
    assert (before - row.on_hand, row.held) == (2, 0)
    assert (made.case.out_carrier, made.case.out_tracking) == ("SF", "2") and made.stands(S.SENT)
    assert made.last == (Side.SUPPLIER, WHO, "sent", "破了", ("a.webp",))


def test_other_goods_are_sent_only_where_they_are_there_and_when_it_is_time() -> None:
    made = Opened(Kind.RESHIP)
    assert made.cases.why_not_send(made.book, made.case) == CaseNotNow(state=S.ASKED)
    made.stand(S.TO_SEND)
    assert made.cases.why_not_send(made.book, made.case) is None
    (row,) = made.book.stock.rows.values()
    row.on_hand = 2
    assert made.cases.why_not_send(made.book, made.case) is None
    row.on_hand = 1
    assert made.cases.why_not_send(made.book, made.case) == NotEnough(left=1)


def test_units_of_one_article_on_two_lines_are_needed_together() -> None:
    book, order = paid_book([(100, 1, 0), (100, 1, 0)])
    order.lines[1].sku_id = order.lines[0].sku_id
    book.ship(order, "SF", "1")
    cases = Cases([], [], NOON)
    ask = Ask(Kind.RESHIP, "missing", ((1, 1), (2, 1)))
    case = cases.open(book, order, ask, preview(order, book.till, ask), SAID)
    case.state = S.TO_SEND
    row = book.stock.rows[order.lines[0].sku_id]
    row.on_hand, row.held = 1, 0
    assert cases.why_not_send(book, case) == NotEnough(left=1)
    row.on_hand = 2
    assert cases.why_not_send(book, case) is None


# ── the buyer's turn ──
def test_a_parcel_back_is_known_by_its_number() -> None:
    made = Opened().stand(S.TO_RETURN)
    made.cases.send_back(made.case, "YT", "7", SAID)
    assert (made.case.back_carrier, made.case.back_tracking) == ("YT", "7") and made.case.came_back
    assert made.last == (Side.BUYER, made.order.person_id, "sent_back", "破了", ("a.webp",)) and made.stands(
        S.RETURNING
    )


def test_what_is_withdrawn_is_closed_unless_the_goods_are_on_their_way() -> None:
    for state in (S.ASKED, S.REFUSED, S.TO_RETURN, S.ARBITRATION):
        made = Opened().stand(state)
        assert made.cases.why_not_withdraw(made.case) is None
        made.cases.withdraw(made.case, SAID)
        assert made.last == (Side.BUYER, made.order.person_id, "withdrawn", "破了", ("a.webp",))
        assert made.stands(S.CLOSED) and made.ended("withdrawn")
        assert made.cases.ended() == [], "it was opened in this batch"
        made.cases.added.clear()
        assert made.cases.ended() == [made.case]
    sent = Opened().stand(S.REFUSED, came_back=True)
    assert sent.cases.why_not_withdraw(sent.case) == CaseNotNow(state=S.REFUSED)
    assert sent.cases.why_not_withdraw(sent.stand(S.SENT).case) == CaseNotNow(state=S.SENT)


def test_what_came_is_confirmed_and_what_did_not_is_disputed() -> None:
    made = Opened(Kind.RESHIP).stand(S.SENT)
    made.cases.confirm(made.case, Side.BUYER, WHO)
    assert made.last == (Side.BUYER, WHO, "confirmed", "", ()) and made.stands(S.DONE) and made.ended("replaced")
    made = Opened(Kind.RESHIP).stand(S.SENT)
    made.cases.dispute(made.case, Side.BUYER, WHO, SAID)
    assert made.last == (Side.BUYER, WHO, "disputed", "破了", ("a.webp",)) and made.stands(S.ARBITRATION)
    assert made.case.disputed_at == NOON


def test_words_alone_move_nothing() -> None:
    made = Opened().stand(S.ASKED)
    made.cases.say(made.case, Side.OPERATOR, WHO, SAID)
    assert made.last == (Side.OPERATOR, WHO, "said", "破了", ("a.webp",)) and made.cases.moved == {}


# ── the operator decides ──
def in_dispute(kind: Kind = Kind.RETURN, **more: Any) -> Opened:
    made = Opened(kind).stand(S.ARBITRATION, **more)
    made.case.deadline = NOON + timedelta(seconds=1)
    return made


BOTH = ("buyer", "supplier")


def test_both_sides_are_heard_or_have_let_their_time_pass() -> None:
    made = in_dispute()

    def why_not(*heard: str) -> Any:
        return made.cases.why_not_decide(made.case, heard, Decision.DENY, None)

    assert why_not(*BOTH) is None and why_not(*BOTH, "operator") is None
    assert why_not("buyer") == NotHeard(side="supplier")
    assert why_not("supplier", "operator") == NotHeard(side="buyer")
    assert why_not() == NotHeard(side="buyer")
    made.case.deadline = NOON
    assert why_not() is None
    made.case.deadline = None
    assert why_not() is None
    made.case.state = S.REFUSED
    assert why_not(*BOTH) == CaseNotNow(state=S.REFUSED)


def test_goods_that_are_back_or_never_came_are_not_sent_back() -> None:
    def why_not(made: Opened) -> Any:
        return made.cases.why_not_decide(made.case, BOTH, Decision.RETURN_FIRST, None)

    assert why_not(in_dispute()) is None
    assert why_not(in_dispute(came_back=True)) == AskInvalid(field="decision")
    assert why_not(in_dispute(Kind.RESHIP)) == AskInvalid(field="decision")


@pytest.mark.parametrize(
    ("decision", "amount", "fits"),
    [
        (Decision.GIVE_BACK, 1, True), (Decision.GIVE_BACK, 200, True), (Decision.GIVE_BACK, 201, False),
        (Decision.GIVE_BACK, 0, False), (Decision.DENY, 1, False), (Decision.RETURN_FIRST, 1, False),
    ],
)  # fmt: skip
def test_a_decision_gives_back_something_and_no_more_than_was_asked(
    decision: Decision, amount: int, fits: bool
) -> None:
    made = in_dispute()
    refusal = made.cases.why_not_decide(made.case, BOTH, decision, amount)
    assert refusal == (None if fits else AskInvalid(field="amount"))


@pytest.mark.parametrize(
    ("decision", "state"),
    [(Decision.DENY, S.CLOSED), (Decision.RETURN_FIRST, S.TO_RETURN), (Decision.GIVE_BACK, S.DONE)],
)
def test_the_operator_denies_has_the_goods_sent_back_or_gives_back(decision: Decision, state: CaseState) -> None:
    made = in_dispute()
    made.cases.decide(made.book, made.case, WHO, decision, None, SAID)
    assert made.last == (Side.OPERATOR, WHO, "decided", "破了", ("a.webp",)) and made.stands(state)
    if decision is Decision.DENY:
        assert made.ended("denied")
    if decision is Decision.GIVE_BACK:
        assert made.ended("given_back", 200) and made.order.lines[0].returned_units == 2


def test_less_than_was_asked_gives_up_no_unit_and_all_of_it_does() -> None:
    made = in_dispute(Kind.REFUND_ONLY)
    assert [(x.goods_minor, x.freight_minor) for x in made.case.lines] == [(200, 20)]
    made.cases.decide(made.book, made.case, WHO, Decision.GIVE_BACK, 219, SAID)
    assert made.ended("given_back", 219) and made.order.lines[0].returned_units == 0
    assert [(x.goods_minor, x.freight_minor, x.keeps_units) for x in made.case.lines] == [(200, 19, True)]
    told = facts.LineGivenBack(order=made.order.id, line=1, units=0, amount_minor=219)
    assert made.cases.facts[-2] == told
    made = in_dispute(Kind.REFUND_ONLY)
    made.cases.decide(made.book, made.case, WHO, Decision.GIVE_BACK, 220, SAID)
    assert made.ended("given_back", 220) and made.order.lines[0].returned_units == 2
    assert not made.case.lines[0].keeps_units


def test_less_is_split_over_the_lines_by_what_they_asked() -> None:
    book, order = paid_book([(100, 1, 10), (300, 1, 60)])
    book.ship(order, "SF", "1")
    cases = Cases([], [], NOON)
    ask = Ask(Kind.REFUND_ONLY, "damaged", ((1, 1), (2, 1)))
    case = cases.open(book, order, ask, preview(order, book.till, ask), SAID)
    case.state = S.ARBITRATION
    cases.decide(book, case, WHO, Decision.GIVE_BACK, 47, SAID)
    assert [(line.goods_minor, line.freight_minor) for line in case.lines] == [(11, 0), (36, 0)]


# ── silence ──
@pytest.mark.parametrize(
    ("kind", "state", "came_back", "act", "after", "outcome"),
    [
        (Kind.RETURN, S.ASKED, False, "agreed", S.TO_RETURN, None),
        (Kind.REFUND_ONLY, S.ASKED, False, "agreed", S.DONE, "given_back"),
        (Kind.RETURN, S.RETURNING, True, "received", S.DONE, "given_back"),
        (Kind.RESHIP, S.SENT, False, "confirmed", S.DONE, "replaced"),
        (Kind.RETURN, S.REFUSED, True, "disputed", S.ARBITRATION, None),
        (Kind.RETURN, S.REFUSED, False, "ended", S.CLOSED, "buyer_silent"),
        (Kind.RETURN, S.TO_RETURN, False, "ended", S.CLOSED, "buyer_silent"),
        (Kind.RESHIP, S.TO_SEND, False, "ended", S.DONE, "given_back"),
    ],
)
def test_whoever_says_nothing_in_time_has_answered(
    kind: Kind, state: CaseState, came_back: bool, act: str, after: CaseState, outcome: str | None
) -> None:
    made = Opened(kind).stand(state, came_back=came_back)
    made.cases.let_pass(made.book, made.case)
    assert made.last == (Side.NOBODY, None, act, "", ()) and made.stands(after)
    assert outcome is None or made.ended(outcome, made.case.asked_minor if outcome == "given_back" else 0)
    assert len(made.cases.messages) == 1


def test_an_order_that_is_given_back_whole_ends_what_is_asked_about_it() -> None:
    made = Opened(units=1)
    made.cases.messages.clear()
    ask = Ask(Kind.REFUND_ONLY, "damaged", ((1, 1),))
    over = made.cases.open(made.book, made.order, ask, preview(made.order, made.book.till, ask), SAID)
    over.state = S.DONE
    made.cases.messages.clear()
    made.cases.end_with_order(made.order)
    assert made.last == (Side.NOBODY, None, "ended", "", ()) and made.stands(S.CLOSED) and made.ended("order_ended")
    assert len(made.cases.messages) == 1 and over.outcome is None
    whole = give_back(made.book, made.order, "sold out")
    assert (whole.order_id, whole.number, whole.kind, whole.state) == (made.order.id, 0, Kind.WHOLE, S.DONE)
    assert (whole.reason, whole.amount_minor, whole.opened_at) == ("sold out", 330, NOON)
    assert made.order.end_reason == "sold out" and [r.reason for r in made.book.till.new_refunds] == ["sold out"]
