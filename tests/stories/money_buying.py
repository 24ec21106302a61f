"""Rules of the money machine: whatever buyers do until goods are sent — carts, coupons, points, teams, presales, payments."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.given.goods import fresh_key
from tests.stories import terms
from tests.stories.choosing import PICK, WRONG, among, in_state, on
from tests.stories.money_play import Play
from tests.stories.reference import Row
from tuan.platform.gateways.payment import Charge
from tuan.play import groupbuy, presale
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.play.presale.model import BookGoods
from tuan.trade import carts, orders, payments
from tuan.trade.orders.model import PlaceOrder
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.model import QuarantineReason

BUYER = st.sampled_from(terms.BUYERS)
WANTED = [(sku, units) for sku in terms.SKUS for units in ((1, 2, 3) if sku in terms.TAXED else (1, 2, 3, 4))]
BASKET = st.lists(st.sampled_from(WANTED), min_size=1, max_size=3)
WHERE = st.sampled_from((*[terms.NEAR] * 5, terms.FAR))
CURRENCY = "CNY"
NOBODY = UUID(int=0)


class Buying(Play):
    """From a cart to a paid order."""

    # ── alone ──
    def buy(self, buyer: int, basket: Any, chosen: Sequence[Row], points: int, where: str, *, misquoted: bool = False,
            in_cart: bool = False, sets: int = 0) -> Row | None:  # fmt: skip
        offered = self.books.has(buyer) * points // 4
        asked = (buyer, basket, chosen, offered, where, in_cart, sets)
        made = None if misquoted else self.expect(self.books.place, *asked)
        items = tuple((self.market.skus[sku], units) for sku, units in basket)
        uses = tuple(self.ids[coupon] for coupon in chosen)
        quoted: int | None = 1 if misquoted else made.amount if made else None
        address = self.market.addresses[buyer, where]
        command = PlaceOrder(self.person(buyer), fresh_key(), items, address, quoted, uses, offered, from_cart=in_cart,
                             sets=((self.deals.get("bundle", NOBODY), sets),) if sets else ())  # fmt: skip
        placed = self.act(made, orders.place_orders, [command])
        if made is not None:
            self._placed(made, placed.payable, placed.orders)
            self.placed.append((self.books.now, command, placed))
        self.compare()
        return made

    def _placed(self, checkout: Row, payable: Any, placed: Sequence[Any]) -> None:
        self.ids[checkout] = payable
        for one, order in zip(checkout.orders, placed, strict=True):
            self.know(one, self.books.orders, "order", order)
        checkout.orders.sort(key=lambda one: self.ids[one])  # what happens to all of them happens in this order

    def pay(self, checkout: Row | None) -> None:
        if checkout is not None and (attempt := self._start(checkout)) is not None:
            self._hear(*self._decide(attempt, pays=True))

    @rule(buyer=BUYER, basket=BASKET, coupons=st.lists(PICK, max_size=2), points=st.integers(0, 5), where=WHERE,
          is_misquoted=st.booleans())  # fmt: skip
    def places_an_order(
        self, buyer: int, basket: Any, coupons: list[int], points: int, where: str, is_misquoted: bool
    ) -> None:
        some = self.books.coupons
        chosen = [among(some, pick, lambda c: self.books.may_use(c, buyer)) for pick in coupons if some]
        self.buy(buyer, basket, chosen, points, where, misquoted=is_misquoted and bool(points % 2))

    @rule(buyer=BUYER, sku=st.sampled_from([*terms.SKUS]), units=st.integers(0, 4), adds=st.booleans())
    def changes_a_cart(self, buyer: int, sku: str, units: int, adds: bool) -> None:
        said = self.expect(self.books.put, buyer, sku, units, adds and units > 0)
        verb: Any = carts.take_out if not units else carts.put_in_cart if adds else carts.set_units
        self.act(said, verb, self.person(buyer), self.market.skus[sku], *[units] * bool(units))
        self.compare()

    @rule(buyer=BUYER, wrong=PICK, points=st.integers(0, 4), where=WHERE, pays=st.booleans())
    def checks_out(self, buyer: int, wrong: int, points: int, where: str, pays: bool) -> None:
        """All that is in the cart, of however many sellers; sometimes it has changed meanwhile."""
        there = {sku: units for (who, sku), units in sorted(self.books.carts.items()) if who == buyer and units}
        sets = there.get(f"bundle {len(self.books.bundles) - 1}", 0)
        items = [
            (sku, units + (wrong % WRONG == place))
            for place, (sku, units) in enumerate(there.items())
            if sku in terms.SKUS
        ]
        if items or sets:
            made = self.buy(buyer, items, (), points, where, in_cart=True, sets=sets)
            self.pay(made if pays else None)

    @precondition(lambda self: self.placed and self.books.now - self.placed[-1][0] < terms.DAY)
    @rule()
    def asks_again_with_the_same_key(self) -> None:
        """Within the day that keys are kept at least."""
        _, command, placed = self.placed[-1]
        assert self.act(True, orders.place_orders, [command]) == placed
        self.compare()

    # ── with others ──
    @rule(buyer=BUYER, game=st.sampled_from([*terms.GAMES]), pick=PICK, opens=st.booleans(), units=st.integers(1, 2),
          points=st.sampled_from((0, 0, 0, 1, 2, 4)), pays=st.integers(0, 3), where=WHERE)  # fmt: skip
    def sits_down(
        self, buyer: int, game: str, pick: int, opens: bool, units: int, points: int, pays: int, where: str
    ) -> None:
        teams = [one for one in self.books.teams if one.game == game]
        team = among(teams, pick, lambda t: t.state == "gathering") if teams and not opens else None
        self._sit(buyer, game, team, units, points, where, pays=pays > 0)

    @rule(game=st.sampled_from([*terms.GAMES]), first=BUYER, count=st.integers(1, 3), units=st.integers(1, 6),
          points=st.sampled_from((0, 0, 1, 4)), seconds=st.none() | st.just(terms.HOUR))  # fmt: skip
    def a_team_comes_together(
        self, game: str, first: int, count: int, units: int, points: int, seconds: int | None
    ) -> None:
        """So many, one after the other, each with some units."""
        made = self._sit(first, game, None, 1 + units % 2, points, terms.NEAR, pays=True)
        for number in range(1, count if made else 0):
            buyer, team = (first + number) % len(terms.BUYERS), made.orders[0].team
            self._sit(buyer, game, team, 1 + units % (number + 2) % 2, points, terms.NEAR, pays=True)
        if seconds:
            self.wait(seconds)

    def _sit(
        self, buyer: int, game: str, team: Row | None, units: int, points: int, where: str, *, pays: bool
    ) -> Row | None:
        books, sku = self.books, self.market.skus[terms.GAMES[game].sku]
        offered = books.has(buyer) * points // 4
        made = self.expect(self.books.sit, buyer, game, team, units, offered, where)
        command: Any = OpenTeam if team is None else JoinTeam
        at = self.market.campaigns[game] if team is None else self.ids[team]
        address = self.market.addresses[buyer, where]
        quoted = made.amount if made else None
        command = command(self.person(buyer), fresh_key(), at, sku, units, address, quoted, points=offered)
        seated = self.act(made, groupbuy.seat_buyers, [command])
        if made is not None:
            self.ids[made.orders[0].team] = seated.team
            self._placed(made, seated.payable, [seated.order])
        self.compare()
        self.pay(made if pays else None)
        return made

    @on("orders", in_state("gathering"), is_sent_away=st.booleans())
    def leaves_a_team(self, order: Row, is_sent_away: bool) -> None:
        goes = order.state == "gathering" and not is_sent_away
        said = self.expect(self.books.leave, order)
        if goes:
            self.act(said, groupbuy.leave_team, self.ids[order.team], self.person(order.buyer))
        else:
            seller = self.market.sellers[order.seller]
            self.act(said, groupbuy.remove_member, self.ids[order], seller, reason="test")
        self.compare()

    # ── now a part and later the rest ──
    @rule(buyer=BUYER, sku=st.sampled_from([*terms.PRESALES]), units=st.integers(1, 3), pick=PICK, where=WHERE,
          then=st.sampled_from(("", "waits", "waits", "pays", "pays", "late")))  # fmt: skip
    def books_in_a_presale(self, buyer: int, sku: str, units: int, pick: int, where: str, then: str) -> None:
        """In one that takes deposits, mostly; several acts, so that balances are paid at all."""
        old = self.books.offers.get(sku)
        if old is None or (self.books.now >= old.ends and pick % WRONG):
            self.books.offer_presale(sku)
            self.offers[sku] = self.side.run(self.market.launch_presale(sku, self.offers.get(sku)))
        made = self.expect(self.books.book, buyer, sku, units, where)
        price, address = terms.PRESALES[sku].price * units, self.market.addresses[buyer, where]
        command = BookGoods(
            self.person(buyer), fresh_key(), self.offers[sku], self.market.skus[sku], units, address, price
        )
        booked = self.act(made, presale.book_goods, [command])
        if made is not None:
            self._placed(made, booked.payable, [booked.order])
            self.ids[made.orders[0].balance] = booked.balance
        self.compare()
        if made is not None and then:
            self.pay(made)
            if then != "waits":
                self.wait(terms.BALANCE_FROM if then == "pays" else terms.BALANCE_UNTIL)
                self.pay(made.orders[0].balance)

    @on("orders", in_state("deposited"))
    def gives_a_presale_up(self, order: Row) -> None:
        back = order.total - self.books.lost(order)
        said = self.expect(self.books.give_up, order)
        self.act(said, presale.give_up, self.ids[order], self.person(order.buyer), reason="test", shown_back_minor=back)
        self.compare()

    @on("orders", lambda order: order.balance and order.state in ("deposited", "to_ship"))
    def fails_to_deliver(self, order: Row) -> None:
        said = self.expect(self.books.fail, order)
        self.act(said, presale.fail, self.ids[order], self.market.sellers[order.seller], reason="test")
        self.compare()

    @on("orders", lambda order: order.owed)
    def pays_what_is_owed(self, order: Row) -> None:
        self.act(
            self.expect(self.books.pay_owed, order), presale.settle_owed, self.ids[order], "by bank", reason="test"
        )
        self.compare()

    # ── paying ──
    def _start(self, checkout: Row) -> Row | None:
        attempt, who = self.expect(self.books.start, checkout), self.person(checkout.buyer)
        command = StartAttempt(
            who, fresh_key(), self.ids[checkout], self.sandbox.name, self.sandbox.merchant, self.sandbox.app
        )
        started = self.act(attempt, payments.start_attempts, [command])
        if attempt is not None:
            self.ids[attempt] = Charge(self.place.market, started, attempt.amount, CURRENCY)
            self.side.run(self.sandbox.start([self.ids[attempt]]))
        self.compare()
        return attempt

    def _decide(self, attempt: Row, *, pays: bool) -> tuple[Row, str, Any]:
        """At the provider, who tells us by a letter that may arrive now, later or never."""
        (notice,) = self.side.run(self.sandbox.decide([self.ids[attempt]], pay=pays))
        if attempt.said in ("waiting", "declined"):
            attempt.said, attempt.paid_at = "paid" if pays else "declined", self.books.now
        assert notice.state.value == attempt.said
        self.letters.append((attempt, attempt.said, notice))
        return self.letters[-1]

    def _hear(self, attempt: Row, said: str, *notices: Any) -> None:
        self.books.hear(attempt, said)
        outcome = self.act(True, orders.apply_notices, notices)
        assert isinstance(outcome, QuarantineReason) == (said == "disputed"), outcome
        self.compare()

    @on("checkouts", lambda checkout: checkout.owed and checkout.orders[0].state in ("placed", "deposited"))
    def starts_to_pay(self, checkout: Row) -> None:
        self._start(checkout)

    @on("attempts", lambda attempt: attempt.said in ("waiting", "declined"), pays=st.booleans())
    def decides_at_the_provider(self, attempt: Row, pays: bool) -> None:
        self._decide(attempt, pays=pays)

    @precondition(lambda self: self.letters)
    @rule(pick=PICK, twice=st.booleans())
    def a_letter_comes(self, pick: int, twice: bool) -> None:
        attempt, said, notice = among(self.letters, pick, lambda one: one[0].state != "captured")
        self._hear(attempt, said, *[notice] * (1 + twice))

    @precondition(lambda self: self.letters)
    @rule(pick=PICK, more=st.sampled_from((-1, 1, 10**9)))
    def a_letter_names_another_amount(self, pick: int, more: int) -> None:
        attempt, said, notice = among(self.letters, pick, lambda one: one[0].state == "pending" and one[1] == "paid")
        if said == "paid":
            wrong = replace(notice, amount_minor=notice.amount_minor + more)
            self._hear(attempt, "disputed", wrong)

    @on("orders", in_state("placed"))
    def cancels_unpaid(self, order: Row) -> None:
        said = self.expect(self.books.cancel_unpaid, order)
        self.act(said, orders.cancel_unpaid, self.ids[order], self.person(order.buyer), reason="changed_mind")
        self.compare()
