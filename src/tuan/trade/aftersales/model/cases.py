"""Cases as a loaded set: what each side may do when, and what silence does. Pure."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from tuan.kit import ids, money
from tuan.kit.facts import Fact
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.trade.aftersales import facts
from tuan.trade.aftersales.errors import AskInvalid, CaseNotNow, NotHeard
from tuan.trade.aftersales.model.giving import Preview, lines_of, shares_of
from tuan.trade.aftersales.model.words import (
    CASE,
    ENDS,
    NOTHING_SAID,
    PATIENCE,
    PRICE_FELL,
    WITHDRAWABLE,
    Act,
    Ask,
    Case,
    CaseLine,
    CaseState,
    Decision,
    Kind,
    Message,
    Outcome,
    Saying,
    Side,
)
from tuan.trade.orders.model import Book, Order, OrderId

S = CaseState


class Cases:
    """The locked cases of some orders, and what a batch has done to them. Each act writes one line into the log."""

    def __init__(self, rows: Iterable[Case], lines: Iterable[CaseLine], now: Instant) -> None:
        self.rows = {(row.order_id, row.number): row for row in rows}
        for line in lines:
            self.rows[line.order_id, line.case_number].lines.append(line)
        self.now = now
        self.added: list[Case] = []
        self.moved: dict[tuple[UUID, int], Case] = {}
        self.messages: list[Message] = []
        self.facts: list[Fact] = []

    def get(self, order: UUID, number: int) -> Case | None:
        return self.rows.get((order, number))

    def of(self, order: UUID) -> list[Case]:
        return [case for case in self.rows.values() if case.order_id == order]

    def open(self, book: Book, order: Order, ask: Ask, seen: Preview, saying: Saying) -> Case:
        """Ask; `why_not_open` is None. What has not left yet is given back at once, the rest waits for the supplier."""
        number = 1 + max((case.number for case in self.of(order.id)), default=0)
        case = Case(order.id, number, ask.kind, S.ASKED, ask.reason, 0, self.now, ids.new_uuid(), order.person_id, order.supplier_id,
                    seen.total_minor, self.now + PATIENCE[S.ASKED], before=S.ASKED)  # fmt: skip
        case.lines = lines_of(order, number, ask, seen)
        self.rows[order.id, number] = case
        self.added.append(case)
        self.log(case, Side.BUYER, order.person_id, Act.OPENED, saying)
        self.facts.append(facts.CaseOpened(order=order.id, number=number))
        if ask.kind is Kind.CANCEL:
            self._give_back(book, case)
        return case

    def lower(self, book: Book, order: Order, amount_minor: int) -> None:
        """Nobody asked: the price of its one line fell after it was paid, so the difference goes back, over at once.

        An order that waits for others has no other case yet.
        """
        (line,) = order.lines
        case = Case(order.id, 1, Kind.REFUND_ONLY, S.ASKED, PRICE_FELL, amount_minor, self.now, ids.new_uuid(), order.person_id,
                    order.supplier_id, amount_minor, before=S.ASKED)  # fmt: skip
        case.lines = [CaseLine(order.id, 1, line.number, line.units_left, amount_minor, 0, True)]
        book.lower(order, amount_minor, PRICE_FELL)
        self.rows[order.id, 1] = case
        self.added.append(case)
        self.facts.append(facts.LineGivenBack(order=order.id, line=line.number, units=0, amount_minor=amount_minor))
        self._end(case, S.DONE, Outcome.GIVEN_BACK)

    def why_not(self, case: Case, *states: CaseState) -> Refusal | None:
        return None if case.state in states else CaseNotNow(state=case.state)

    def why_not_withdraw(self, case: Case) -> Refusal | None:
        """Goods that are with the supplier already are not simply forgotten."""
        return CaseNotNow(state=case.state) if case.came_back else self.why_not(case, *WITHDRAWABLE)

    def withdraw(self, case: Case, saying: Saying) -> None:
        self.log(case, Side.BUYER, case.person_id, Act.WITHDRAWN, saying)
        self._end(case, S.CLOSED, Outcome.WITHDRAWN)

    def agree(self, book: Book, case: Case, side: Side, author: UUID | None, saying: Saying = NOTHING_SAID) -> None:
        """The supplier agrees, or has let his time pass, which says the same."""
        self.log(case, side, author, Act.AGREED, saying)
        if case.kind in (Kind.RETURN, Kind.EXCHANGE) and not case.came_back:
            self._move(case, S.TO_RETURN)
        elif case.kind in (Kind.EXCHANGE, Kind.RESHIP):
            self._move(case, S.TO_SEND)
        else:
            self._give_back(book, case)

    def refuse(self, case: Case, author: UUID, saying: Saying) -> None:
        """Of what is asked, or of what came back in the parcel."""
        act = Act.NOT_AS_AGREED if case.state == S.RETURNING else Act.REFUSED
        self.log(case, Side.SUPPLIER, author, act, saying)
        self._move(case, S.REFUSED)

    def send_back(self, case: Case, carrier: str, tracking: str, saying: Saying) -> None:
        case.back_carrier, case.back_tracking = carrier, tracking
        self.log(case, Side.BUYER, case.person_id, Act.SENT_BACK, saying)
        self._move(case, S.RETURNING)

    def receive(self, book: Book, case: Case, side: Side, author: UUID | None, saying: Saying = NOTHING_SAID) -> None:
        """The goods are back with the supplier: now it is his turn, with money or with other goods."""
        self.log(case, side, author, Act.RECEIVED, saying)
        if case.kind == Kind.EXCHANGE:
            self._move(case, S.TO_SEND)
        else:
            self._give_back(book, case)

    def why_not_send(self, book: Book, case: Case) -> Refusal | None:
        """Whether the goods to be sent are there."""
        if refusal := self.why_not(case, S.TO_SEND):
            return refusal
        needed: dict[UUID, int] = {}
        for sku, units in goods_of(book, case):
            needed[sku] = needed.get(sku, 0) + units
        found = (book.stock.why_not_hold(sku, units) for sku, units in needed.items())
        return next((refusal for refusal in found if refusal is not None), None)

    def send(self, book: Book, case: Case, author: UUID, carrier: str, tracking: str, saying: Saying) -> None:
        """Other goods leave the house; held and settled at once, so that the stock's movements say so."""
        for sku, units in goods_of(book, case):
            book.stock.settle(book.stock.hold(sku, units))
        case.out_carrier, case.out_tracking = carrier, tracking
        self.log(case, Side.SUPPLIER, author, Act.SENT, saying)
        self._move(case, S.SENT)

    def confirm(self, case: Case, side: Side, author: UUID | None) -> None:
        """What was sent has come."""
        self.log(case, side, author, Act.CONFIRMED)
        self._end(case, S.DONE, Outcome.REPLACED)

    def dispute(self, case: Case, side: Side, author: UUID | None, saying: Saying = NOTHING_SAID) -> None:
        """The operator is asked to decide; both sides have a while to be heard."""
        self.log(case, side, author, Act.DISPUTED, saying)
        case.disputed_at = self.now
        self._move(case, S.ARBITRATION)

    def why_not_decide(
        self, case: Case, heard: Collection[str], decision: Decision, amount_minor: int | None
    ) -> Refusal | None:
        """heard: the sides that said something since the operator was asked."""
        if refusal := self.why_not(case, S.ARBITRATION):
            return refusal
        silent = {Side.BUYER.value, Side.SUPPLIER.value} - set(heard)
        if silent and case.deadline is not None and self.now < case.deadline:
            return NotHeard(side=min(silent))
        if decision is Decision.RETURN_FIRST and (case.came_back or case.kind == Kind.RESHIP):
            return AskInvalid(field="decision")
        if amount_minor is None:
            return None
        fits = decision is Decision.GIVE_BACK and 0 < amount_minor <= case.asked_minor
        return None if fits else AskInvalid(field="amount")

    def decide(
        self, book: Book, case: Case, author: UUID, decision: Decision, amount_minor: int | None, saying: Saying
    ) -> None:
        """amount_minor: less than was asked, where the decision is to give back; None for all of it."""
        self.log(case, Side.OPERATOR, author, Act.DECIDED, saying)
        if decision is Decision.DENY:
            self._end(case, S.CLOSED, Outcome.DENIED)
        elif decision is Decision.RETURN_FIRST:
            self._move(case, S.TO_RETURN)
        else:
            if amount_minor is not None and amount_minor < case.asked_minor:
                _lessen(case, amount_minor)
            self._give_back(book, case)

    def say(self, case: Case, side: Side, author: UUID, saying: Saying) -> None:
        self.log(case, side, author, Act.SAID, saying)

    def let_pass(self, book: Book, case: Case) -> None:
        """Its deadline has passed: whoever was to speak has said yes by saying nothing."""
        if case.state == S.ASKED:
            self.agree(book, case, Side.NOBODY, None)
        elif case.state == S.RETURNING:
            self.receive(book, case, Side.NOBODY, None)
        elif case.state == S.SENT:
            self.confirm(case, Side.NOBODY, None)
        elif case.state == S.REFUSED and case.came_back:
            self.dispute(case, Side.NOBODY, None)  # the supplier has the goods and the money
        else:
            self.log(case, Side.NOBODY, None, Act.ENDED)
            if case.state == S.TO_SEND:
                self._give_back(book, case)
            else:
                self._end(case, S.CLOSED, Outcome.BUYER_SILENT)

    def end_with_order(self, order: Order) -> None:
        """The order is about to be given back whole: what is still asked about its lines has no object any more."""
        for case in self.of(order.id):
            if not case.is_over:
                self.log(case, Side.NOBODY, None, Act.ENDED)
                self._end(case, S.CLOSED, Outcome.ORDER_ENDED)

    def ended(self) -> list[Case]:
        """Those that were open before, and are over now."""
        added = {(case.order_id, case.number) for case in self.added}
        return [case for key, case in self.moved.items() if case.is_over and key not in added]

    def log(self, case: Case, side: Side, author: UUID | None, act: Act, saying: Saying = NOTHING_SAID) -> None:
        self.messages.append(
            Message(
                ids.new_uuid(), case.order_id, case.number, side, author, act, saying.text, saying.pictures, self.now
            )
        )

    def _give_back(self, book: Book, case: Case) -> None:
        """The one place where a case moves money: what it was opened for, or what was decided."""
        order = book.orders[OrderId(case.order_id)]
        shares = shares_of(case)
        case.amount_minor = book.give_back(order, shares, case.reason)
        for share in shares:
            self.facts.append(
                facts.LineGivenBack(
                    order=order.id, line=share.number, units=share.units, amount_minor=share.amount_minor
                )
            )
        self._end(case, S.DONE, Outcome.GIVEN_BACK)

    def _end(self, case: Case, state: CaseState, outcome: Outcome) -> None:
        """Its units are free to be asked for again, as far as they were not given back."""
        for line in case.lines:
            line.is_open = False
        self._move(case, state)
        case.ended_at, case.outcome = self.now, outcome
        told = facts.CaseEnded(order=case.order_id, number=case.number, outcome=outcome, amount_minor=case.amount_minor)
        self.facts.append(told)

    def _move(self, case: Case, state: CaseState) -> None:
        CASE.check(case.state, state)
        case.state = state
        case.deadline = None if state in ENDS else self.now + PATIENCE[state]
        self.moved[case.order_id, case.number] = case


def goods_of(book: Book, case: Case) -> list[tuple[UUID, int]]:
    """(sku, units) that go out for the goods of this case."""
    skus = {line.number: line.sku_id for line in book.orders[OrderId(case.order_id)].lines}
    return [(skus[line.line_number], line.units) for line in case.lines if line.units]


def _lessen(case: Case, amount_minor: int) -> None:
    """Less than was asked: split over its lines by what they asked; no unit is given up by it."""
    parts = money.split(amount_minor, [line.goods_minor + line.freight_minor for line in case.lines])
    for line, part in zip(case.lines, parts, strict=True):
        line.goods_minor, line.freight_minor = min(part, line.goods_minor), part - min(part, line.goods_minor)
        line.keeps_units = True


def lower_prices(book: Book, amounts: Mapping[UUID, int]) -> Cases:
    """Give back what these orders' one line costs less than was paid, by order and in minor units; a case each."""
    cases = Cases((), (), book.now)
    for order, amount_minor in amounts.items():
        cases.lower(book, book.orders[OrderId(order)], amount_minor)
    return cases
