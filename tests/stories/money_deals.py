"""Rules of the money machine: what makes goods cheaper — prices for a while, sessions, bundles, tiers, coupons."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.given.goods import fresh_key
from tests.stories import terms
from tests.stories.choosing import PICK, WRONG, among, on
from tests.stories.money_buying import BUYER, WHERE, Buying
from tests.stories.reference import Row
from tuan.trade import carts, orders
from tuan.value import promotions
from tuan.value.promotions.model import TakeCoupon, TakeGift

DEAL = st.sampled_from([*terms.DEALS])


class Dealing(Buying):
    """And what they have beside money."""

    # ── prices for a while ──
    @rule(name=DEAL, buyer=BUYER, units=st.integers(0, 3), points=st.sampled_from((0, 0, 1, 4)), coupons=st.lists(PICK, max_size=1),
          pays=st.booleans())  # fmt: skip
    def launches_a_deal(self, name: str, buyer: int, units: int, points: int, coupons: list[int], pays: bool) -> None:
        """And somebody comes for it."""
        self._launch(name)
        if units:
            self._buy_at(name, buyer, units, points, coupons, terms.NEAR, pays=pays)

    def _launch(self, name: str) -> None:
        said = self.expect(self.books.launch, name)
        launched = self.act(said, self.market.launch_deal, name)
        if said:
            self.deals[name] = launched
        if said and name == "bundle":
            self.know(self.books.bundles[-1], self.books.bundles, name, launched)
        self.compare()

    @rule(name=DEAL, buyer=BUYER, units=st.integers(1, 3), points=st.sampled_from((0, 0, 1, 4)), coupons=st.lists(PICK, max_size=1),
          where=WHERE, pays=st.booleans())  # fmt: skip
    def buys_at_a_deal(
        self, name: str, buyer: int, units: int, points: int, coupons: list[int], where: str, pays: bool
    ) -> None:
        self._buy_at(name, buyer, units, points, coupons, where, pays=pays)

    def _buy_at(
        self, name: str, buyer: int, units: int, points: int, coupons: list[int], where: str, *, pays: bool
    ) -> None:
        """Of a bundle so many sets, sometimes with something beside them that is a part of them too."""
        deal, sets = terms.DEALS[name], units * (name == "bundle")
        items = [("a2", 1)] * (points == 1) if sets else [(deal.sku, units)]
        some = self.books.coupons
        chosen = [among(some, pick, lambda c: self.books.may_use(c, buyer)) for pick in coupons if some]
        made = self.buy(buyer, items, chosen if items else [], points, where, sets=sets)
        self.pay(made if pays else None)

    @on("bundles", lambda one: True, buyer=BUYER, sets=st.integers(0, 2), adds=st.booleans(), wrong=PICK)
    def puts_sets_in_a_cart(self, bundle: Row, buyer: int, sets: int, adds: bool, wrong: int) -> None:
        """Of the bundle that runs, mostly."""
        bundle = bundle if wrong % WRONG == 0 else self.books.bundles[-1]
        number = self.books.bundles.index(bundle)
        said = self.expect(self.books.put, buyer, f"bundle {number}", sets, adds and sets > 0, bundle)
        verb: Any = carts.take_sets_out if not sets else carts.put_sets_in_cart if adds else carts.set_sets
        self.act(said, verb, self.person(buyer), self.ids[bundle], *[sets] * bool(sets))
        self.compare()

    @precondition(lambda self: any(self.books.runs(name) for name in self.deals))
    @rule(pick=PICK)
    def ends_a_deal(self, pick: int) -> None:
        name = among([*self.deals], pick, self.books.runs)
        said = self.expect(self.books.end, name)
        self.act(said, promotions.end_rule, self.deals[name], reason="test")
        self.compare()

    @rule(buyer=BUYER)
    def joins_or_leaves_the_tier(self, buyer: int) -> None:
        self.books.tier ^= {buyer}
        tier = self.market.tier if buyer in self.books.tier else None
        self.act(True, promotions.put_in_tier, self.person(buyer), tier, reason="test")
        self.compare()

    # ── coupons ──
    @rule(buyer=BUYER, kind=st.sampled_from([*terms.KINDS]))
    def takes_a_coupon(self, buyer: int, kind: str) -> None:
        self._take(buyer, kind)

    def _take(self, buyer: int, kind: str, starter: Row | None = None) -> Row | None:
        """starter: a friend's, which it helps to open."""
        coupon, template = self.expect(self.books.take, buyer, kind, starter), self.market.templates[kind]
        command = TakeCoupon(self.person(buyer), fresh_key(), template, starter=self.ids[starter] if starter else None)
        taken = self.act(coupon, promotions.take_coupons, [command])
        if coupon is not None:
            self.know(coupon, self.books.coupons, "coupon", taken)
        self.compare()
        return coupon

    @on(
        "coupons", lambda coupon: terms.KINDS[coupon.kind].is_giftable and len(coupon.owners) == 1, by=BUYER, wrong=PICK
    )
    def gives_a_coupon_on(self, coupon: Row, by: int, wrong: int) -> None:
        giver = coupon.owners[-1] if wrong % WRONG else by
        said = self.expect(self.books.offer, coupon, giver)
        gift = self.act(said, promotions.give_coupon, self.ids[coupon], self.person(giver))
        if said:
            self.codes[coupon] = gift.code
        self.compare()

    @on("coupons", lambda coupon: coupon.is_offered, buyer=BUYER)
    def takes_a_gift(self, coupon: Row, buyer: int) -> None:
        said = self.expect(self.books.take_gift, coupon, buyer)
        command = TakeGift(self.person(buyer), fresh_key(), self.codes.get(coupon, "none"))
        self.act(said, orders.take_gifts, [command])
        self.compare()

    @on("coupons", lambda coupon: coupon.is_offered)
    def takes_a_gift_back(self, coupon: Row) -> None:
        said, giver = self.expect(self.books.take_back, coupon), self.person(coupon.owners[-1])
        self.act(said, promotions.withdraw_gift, self.codes.get(coupon, "none"), giver)
        self.compare()

    @on("coupons", lambda coupon: coupon.missing, buyer=BUYER, everybody=st.booleans())
    def helps_to_open_a_coupon(self, coupon: Row, buyer: int, everybody: bool) -> None:
        for one in terms.BUYERS if everybody else [buyer, buyer]:  # nobody helps twice
            self._take(one, "friends", coupon)

    @rule(kind=st.sampled_from([*terms.KINDS]), buyer=BUYER)
    def is_granted_a_coupon(self, kind: str, buyer: int) -> None:
        self._grant(buyer, kind)

    def _grant(self, buyer: int, kind: str) -> Row | None:
        coupon = self.expect(self.books.take, buyer, kind, is_granted=True)
        template = self.market.templates[kind]
        granted = self.act(coupon, promotions.grant_coupons, template, [self.person(buyer)], reason="test")
        if coupon is not None:
            self.know(coupon, self.books.coupons, "coupon", granted)
        self.compare()
        return coupon
