"""A machine that does whatever can be done about money, in any order, in a real market and in the books of `reference`.

One rule for each verb. A rule chooses among what there is, mostly what the verb is for and sometimes what it is not for: then it must be
refused. After each act the tables say what the books say, to the cent, to the point and to the unit; at the end every invariant holds.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stories import terms
from tests.stories.choosing import PICK, WRONG, among, in_state, on
from tests.stories.money_buying import BASKET, BUYER, WHERE
from tests.stories.money_deals import Dealing
from tests.stories.reference import ACTS, Row
from tuan.goods import supply
from tuan.play import loyalty
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales import OpenCase
from tuan.trade.aftersales.model import Ask, Decision, Kind, Saying
from tuan.trade.aftersales.model import Side as Party
from tuan.value import points

ASKED = ("refund_only", "refund_only", "return", "return", "exchange", "reship")
SAYING = Saying("test")
SENT = {"carrier": "SF", "tracking": "1"}
SAID = tuple(act for act in ACTS if act != "give_up")
"""Goods that are not sent in time are given up by nobody."""
DECISIONS = {"grant": Decision.GIVE_BACK, "return_first": Decision.RETURN_FIRST, "deny": Decision.DENY}
REASONS = {"cancel": "unsaid", "reship": "missing"}
"""Of a question; of the others the goods are damaged."""


class Money(Dealing):
    """And what comes after."""

    @rule(buyer=BUYER, basket=BASKET, kinds=st.sets(st.sampled_from([*terms.KINDS]), max_size=2), points=st.integers(0, 4),
          where=WHERE, days=st.none() | st.sampled_from((0, 0, 4, 8, 8)), asks=st.none() | st.sampled_from(ASKED))  # fmt: skip
    def buys(
        self, buyer: int, basket: Any, kinds: set[str], points: int, where: str, days: int | None, asks: str | None
    ) -> None:
        """Several acts, so that much is bought with coupons and points, has come, is kept for some days, and then claimed."""
        had = [(self._take if terms.KINDS[kind].is_taken else self._grant)(buyer, kind) for kind in sorted(kinds)]
        coupons = [coupon for coupon in had if coupon]
        made = self.buy(buyer, basket, coupons, points, where)
        self.pay(made)
        for order in made.orders if made and days is not None else ():
            self._ship(order)
            self._receive(order)
        if made and days:
            self.wait(days * terms.DAY)
        for order in made.orders if made and days and asks else ():
            if case := self._ask(order, asks, {0: 1}):
                self._answer(case, 0, False)

    # ── parcels ──
    def _ship(self, order: Row) -> None:
        said = self.expect(self.books.step, order, "to_ship", "shipped")
        self.act(said, orders.ship, self.ids[order], self.market.sellers[order.seller], **SENT)
        self.compare()

    def _receive(self, order: Row) -> None:
        said = self.expect(self.books.step, order, "shipped", "received")
        self.act(said, orders.confirm_receipt, self.ids[order], self.person(order.buyer))
        self.compare()

    @on("orders", in_state("to_ship"))
    def ships(self, order: Row) -> None:
        self._ship(order)

    @on("orders", in_state("shipped"))
    def receives(self, order: Row) -> None:
        self._receive(order)

    # ── asking for something back ──
    @on("orders", in_state("to_ship"))
    def cancels(self, order: Row) -> None:
        said = self.expect(self.books.all_back, order, "to_ship")
        self.act(said, aftersales.cancel, self.ids[order], self.person(order.buyer), reason="changed_mind")
        self.compare()

    @on("orders", in_state("shipped", "received"))
    def gives_back_whole(self, order: Row) -> None:
        """What a deposit was taken for is given back by `fails_to_deliver` until it is shipped."""
        said = self.expect(self.books.all_back, order, *["to_ship"] * (not order.balance), "shipped", "received")
        self.act(said, aftersales.refund_whole, self.ids[order], self.market.sellers[order.seller], reason="test")
        self.compare()

    @on("orders", in_state("to_ship", "shipped", "received", "completed"), lines=st.lists(PICK, min_size=1, max_size=2),
        kind=st.sampled_from(ASKED),
        less=st.none() | st.integers(1, 2000), is_free=st.booleans())  # fmt: skip
    def asks_for_something_back(self, order: Row, lines: list[int], kind: str, less: int | None, is_free: bool) -> None:
        kind = "cancel" if order.state == "to_ship" else kind
        items = {one % len(order.lines): 1 + one // WRONG % 3 for one in lines}
        is_free, less = is_free and kind == "return", less if kind == "refund_only" else None
        self._ask(order, kind, items, less, is_free)

    def _ask(
        self, order: Row, kind: str, items: dict[int, int], less: int | None = None, is_free: bool = False
    ) -> Row | None:
        case = self.expect(self.books.ask, order, kind, items, less, is_free)
        reason = "no_reason" if is_free else REASONS.get(kind, "damaged")
        asked = Ask(Kind(kind), reason, tuple((place + 1, units) for place, units in items.items()), less)
        self.act(case, aftersales.open_case, OpenCase(self.person(order.buyer), self.ids[order], asked))
        self.compare()
        return case

    @on("orders", in_state("shipped", "received", "completed"), kind=st.sampled_from(("return", "exchange", "reship")),
        answers=st.lists(PICK, min_size=1, max_size=5), line=PICK, days=st.sampled_from((0, 0, 8, 16)))  # fmt: skip
    def complains(self, order: Row, kind: str, answers: list[int], line: int, days: int) -> None:
        """One after the other somebody says what can be said, until it is over."""
        case = self._ask(order, kind, {line % len(order.lines): 1 + line // WRONG % 2})
        for which in answers:
            if case is not None and case.state not in ("done", "closed"):
                self._answer(case, which, bool(which % 2))
        if case is not None and days:
            self.wait(days * terms.DAY)

    @on("cases", lambda case: case.state not in ("done", "closed"), which=PICK, restocks=st.booleans())
    def answers_a_case(self, case: Row, which: int, restocks: bool) -> None:
        """Mostly with something that can be said of a case in its state."""
        self._answer(case, which, restocks)

    @on("orders", in_state("shipped", "received", "completed"), kind=st.sampled_from(("refund_only", "return", "exchange")),
        line=PICK, which=PICK, act=st.sampled_from(("grant", "grant", "return_first")), answers=st.lists(PICK, max_size=3))  # fmt: skip
    def calls_the_operator(self, order: Row, kind: str, line: int, which: int, act: str, answers: list[int]) -> None:
        """The seller does not agree, and what is decided may be less than was asked, or the goods first."""
        case = self._ask(order, kind, {line % len(order.lines): 1 + line // WRONG % 3})
        for said in ("refuse", "dispute", act) if case else ():
            self._say(case, said, which, False)
        for answer in answers if case else ():
            self._answer(case, answer, bool(answer % 2))

    def _answer(self, case: Any, which: int, restocks: bool) -> None:
        self._say(case, among(SAID, which, lambda act: case.state in ACTS[act][0]), which, restocks)

    def _say(self, case: Any, act: str, which: int, restocks: bool) -> None:
        order, number = self.ids[case.order], case.number
        buyer, seller = self.person(case.order.buyer), self.market.sellers[case.order.seller]
        amount = case.asked * (which // WRONG % 6) // 4 if act == "grant" and which // WRONG % 2 else None
        if act in DECISIONS and case.state == "arbitration":
            for party, of in ((Party.BUYER, buyer), (Party.SUPPLIER, seller)):
                self.act(True, aftersales.say, order, number, party, of, SAYING)
        said = self.expect(self.books.answer, case, act, restocks and act == "take_back", amount)
        decided = {"reason": "test", "amount_minor": amount}
        verbs: dict[str, Any] = {
            "agree": (aftersales.agree, (seller,), {}),
            "refuse": (aftersales.refuse, (seller, SAYING), {}),
            "withdraw": (aftersales.withdraw, (buyer,), {}),
            "send_back": (aftersales.send_back, (buyer,), SENT),
            "take_back": (aftersales.receive, (seller,), {"restock": restocks}),
            "send": (aftersales.send, (seller,), SENT),
            "confirm": (aftersales.confirm, (buyer,), {}),
            "dispute": (aftersales.dispute, (buyer, SAYING), {}),
        } | {one: (aftersales.decide, (decision,), decided) for one, decision in DECISIONS.items()}
        verb, args, more = verbs[act]
        self.act(said, verb, order, number, *args, **more)
        self.compare()

    @on("orders", in_state("to_ship", "shipped", "received", "completed"))
    def asks_for_an_invoice(self, order: Row) -> None:
        said, seller = self.expect(self.books.invoice, order), self.market.sellers[order.seller]
        invoice = self.act(said, self.market.ask_invoice, self.ids[order], self.person(order.buyer))
        if said:
            self.act(True, self.market.issue_invoice, invoice, seller)
        self.compare()

    # ── points ──
    @precondition(lambda self: any(self.books.may_check_in(buyer) for buyer in terms.BUYERS))
    @rule(buyer=BUYER)
    def checks_in(self, buyer: int) -> None:
        """As long as somebody has not today; twice on a day gives nothing more."""
        self.books.check_in(buyer)
        self.act(True, loyalty.check_in, self.person(buyer))
        self.compare()

    @rule(buyer=BUYER, units=st.integers(0, 900), is_given=st.booleans())
    def the_house_gives_or_takes_points(self, buyer: int, units: int, is_given: bool) -> None:
        person = self.person(buyer)
        if is_given:
            self.act(self.expect(self.books.grant, buyer, units), points.grant, [person], units, reason="test")
        else:
            self.act(self.expect(self.books.deduct, buyer, units), points.deduct, person, units, reason="test")
        self.compare()

    # ── paying out ──
    @precondition(lambda self: any(self.books.claims[one] for one in terms.RATES))
    @rule(first=st.booleans(), part=st.integers(0, 5), by=st.sampled_from(range(3)), agreed=st.integers(0, 2))
    def asks_to_be_paid_out(self, first: bool, part: int, by: int, agreed: int) -> None:
        """So many quarters of what there is, none and five are refused; and so many others agree at once."""
        rich = [one for one in terms.RATES if self.books.claims[one]]
        seller = rich[0 if first else -1]
        amount = self.books.claims[seller] * part // 4
        payout, of = self.expect(self.books.withdraw, seller, amount, by), self.market.sellers[seller]
        asked = self.act(payout, settlement.withdraw, of, self.market.accounts[seller], amount, self.market.staff[by])
        if payout is not None:
            self.know(payout, self.books.payouts, "payout", asked)
        self.compare()
        for number in range(agreed if payout else 0):
            self._agree(payout, (by + 1 + number) % 3)

    def _agree(self, payout: Any, person: int) -> None:
        said = self.expect(self.books.approve, payout, person)
        self.act(said, settlement.approve, self.ids[payout], self.market.staff[person], reason="test")
        self.compare()

    @on("payouts", in_state("requested"), person=st.sampled_from(range(3)))
    def agrees_to_a_payout(self, payout: Row, person: int) -> None:
        self._agree(payout, person)

    @on("payouts", in_state("requested"))
    def refuses_a_payout(self, payout: Row) -> None:
        said = self.expect(self.books.end_payout, payout, "rejected")
        self.act(said, settlement.reject, self.ids[payout], reason="test")
        self.compare()

    # ── stock and time ──
    @rule(sku=st.sampled_from([*terms.SKUS]), units=st.integers(1, 6))
    def more_comes(self, sku: str, units: int) -> None:
        self.books.stock[sku] += units
        self.act(True, supply.receive, {self.market.skus[sku]: units}, reason="test")
        self.compare()

    @rule(seconds=st.sampled_from(terms.STEPS))
    def time_passes(self, seconds: int) -> None:
        self.wait(seconds)
