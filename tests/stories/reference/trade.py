"""Orders of the reference: how they are placed, alone and with others, and how payments move them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.stories import terms
from tests.stories.reference.means import Order
from tests.stories.reference.prices import Line, Row, need, priced, shares
from tests.stories.reference.sums import Case, Payable, Sums
from tests.stories.terms import DEALS, SKUS

OVER = ("closed", "cancelled", "forfeited")


class Trade(Sums):
    """The market's goods, orders, teams, presales and payments."""

    def __init__(self) -> None:
        super().__init__()
        self.stock, self.carts = Counter(dict.fromkeys(terms.SKUS, terms.UNITS)), Counter[tuple[int, str]]()
        self.offers, self.deals, self.pools, self.tier = dict[str, Row](), dict[str, Row](), list[Row](), set[int]()
        self.teams, self.cases, self.bundles = list[Row](), list[Case](), list[Row]()

    # ── goods and prices ──
    def held(self, sku: str, pool: Row | None = None) -> int:
        return sum(x.left for one in self.orders if one.is_held for x in one.lines if (x.sku, x.pool) == (sku, pool))

    def allotted(self, sku: str) -> int:
        mine = [one for one in self.pools if one.sku == sku]
        return sum(one.units if self.now < one.ends else self.held(sku, one) for one in mine)

    def free(self, sku: str, pool: Row | None = None) -> int:
        """Of a flash session as long as it runs, else of what nobody has set aside."""
        if pool and self.now < pool.ends:
            return pool.units - self.held(sku, pool)
        return self.stock[sku] - self.held(sku) - self.allotted(sku)

    def has_room(self, lines: Sequence[Line]) -> bool:
        """Lines of one SKU draw on one stock, each by itself and in a bundle."""
        needs = [sum(y.units for y in lines if y.sku == x.sku and y.pool is x.pool) for x in lines]
        return all(units <= self.free(x.sku, x.pool) for x, units in zip(lines, needs, strict=True))

    def may_have_more(self, buyer: int, lines: Sequence[Line]) -> bool:
        mine = [x for one in self.orders if one.buyer == buyer and one.state not in OVER for x in one.lines]
        has = Counter({sku: sum(x.left for x in mine if x.sku == sku) for sku in terms.LIMITS})
        need(buyer in terms.AT_CUSTOMS or not any(x.sku in terms.TAXED for x in lines))
        return all(has[x.sku] + x.units <= terms.LIMITS.get(x.sku, 10**9) for x in lines)

    def runs(self, deal: str) -> bool:
        return deal in self.deals and self.now < self.deals[deal].ends

    def launch(self, deal: str) -> None:
        of = DEALS[deal]
        need(not self.runs(deal), not of.units or self.free(of.sku) >= of.units)
        self.deals[deal] = Row(ends=self.now + of.lasts, sku=of.sku, units=of.units)
        self.pools += [self.deals[deal]] * bool(of.units)
        self.bundles += [self.deals[deal]] * bool(of.parts)

    def end(self, deal: str) -> None:
        need(self.runs(deal))
        self.deals[deal].ends = self.now

    def line(self, buyer: int, sku: str, units: int) -> Line:
        """Bought alone: at a flash session's price as long as that has enough, else at the lowest that stands."""
        flash, pool, listed = DEALS["flash"], self.deals.get("flash"), SKUS[sku][1]
        if self.runs("flash") and sku == flash.sku and units <= min(flash.most, self.free(sku, pool)):
            price, is_borne, is_open = flash.price, True, False
        else:
            limited, tier = DEALS["limited"], terms.TIER.get(sku) if buyer in self.tier else None
            found = [(listed, False), (limited.price, limited.seller is None), (tier, True)]
            stands = (True, self.runs("limited") and sku == limited.sku, tier is not None)
            price, is_borne = min(one for one, it_does in zip(found, stands, strict=True) if it_does)
            pool, is_open = None, True
        borne = Counter(market=(listed - price) * units * is_borne)
        return Line(sku=sku, units=units, goods=price * units, borne=borne, pool=pool, is_open=is_open, coupons=[])

    def sets(self, count: int) -> list[Line]:
        """A bundle: its price split by what the lines cost without it."""
        deal = DEALS["bundle"]
        need(self.runs("bundle"), 1 <= count <= deal.most)
        units = [(sku, n * count) for sku, n in deal.parts]
        listed = [SKUS[sku][1] * n for sku, n in units]
        some = zip(units, listed, shares(deal.price * count, listed), strict=True)
        return [
            Line(sku=s, units=n, goods=g, borne=Counter(market=w - g), is_open=False, coupons=[])
            for (s, n), w, g in some
        ]

    # ── buying ──
    def put(self, buyer: int, what: str, units: int, adds: bool, bundle: Row | None = None) -> None:
        """Into a cart; what is there already can be changed, and taken out by 0. bundle: whose sets these are."""
        there, most = self.carts[buyer, what], DEALS["bundle"].most if bundle else terms.LIMITS.get(what, 10**9)
        need(adds or there or not units, units + there * adds <= most, not (bundle and units) or self.now < bundle.ends)
        self.carts[buyer, what] = units + there * adds

    def place(self, buyer: int, items: Sequence[Any], chosen: Sequence[Row], points: int, where: str,
              in_cart: bool = False, sets: int = 0) -> Payable:  # fmt: skip
        units = sum((Counter({sku: count}) for sku, count in items), Counter[str]())
        lines = [self.line(buyer, sku, count) for sku, count in units.items()] + (self.sets(sets) if sets else [])
        asked = units + Counter({f"bundle {len(self.bundles) - 1}": sets})
        need(not in_cart or all(self.carts[buyer, sku] == count for sku, count in asked.items()))
        need(self.has_room(lines), all(self.may_use(c, buyer) for c in chosen), points <= self.has(buyer))
        need(self.may_have_more(buyer, lines))
        checkout = self.check_out(buyer, terms.PAY_SECONDS, lines, priced(lines, where, chosen, points))
        self.carts -= Counter({(buyer, sku): count * in_cart for sku, count in asked.items()})
        for order in [] if checkout.owed else checkout.orders:
            self.pay_for(order, self.now)
        return checkout

    def check_out(
        self, buyer: int, seconds: int, lines: Sequence[Line], used: Counter[str], team: Row | None = None
    ) -> Payable:
        checkout = self.payable(buyer, self.now + seconds, sum(x.worth for x in lines))
        for seller in dict.fromkeys(x.seller for x in lines):
            own = [x for x in lines if x.seller == seller]
            order = Order(buyer=buyer, seller=seller, lines=own, checkout=checkout, points=used[seller], team=team, spent=[],
                          tax=sum(x.tax for x in own))  # fmt: skip
            self.hold_points(order)
            checkout.orders.append(order)
        self.orders += checkout.orders
        return checkout

    def payable(self, buyer: int, pay_by: int, amount: int, **more: Any) -> Payable:
        self.checkouts.append(Payable(buyer=buyer, pay_by=pay_by, amount=amount, **{"orders": []} | more))
        return self.checkouts[-1]

    def sit(self, buyer: int, game: str, team: Row | None, units: int, points: int, where: str) -> Payable:
        """Open a team, or take a seat in one. What it may cost less later must be paid in money."""
        rules = terms.GAMES[game]
        price = rules.price - rules.leader_off * (team is None)
        line = Line(sku=rules.sku, units=units, goods=units * price, coupons=[])
        need(not team or self.has_seat(team, buyer), self.has_room([line]), points <= self.has(buyer))
        room = line.goods - units * max((off for _, off in rules.ladder), default=0)
        used = priced([line], where, (), points, room)
        if team is None:
            self.teams.append(team := Row(rules=rules, game=game, state="opening", deadline=10**12, held=[], taken=[]))
        checkout = self.check_out(buyer, min(terms.TEAM_PAY_SECONDS, team.deadline - self.now), [line], used, team)
        team.held += checkout.orders
        return checkout

    def has_seat(self, team: Row, buyer: int) -> bool:
        seated = [one.buyer for one in team.held + team.taken]
        is_open = team.state == "gathering" and self.now < team.deadline
        return is_open and buyer not in seated and len(seated) < team.rules.size

    def offer_presale(self, sku: str) -> None:
        times = (terms.BOOK_SECONDS, terms.BALANCE_FROM, terms.BALANCE_UNTIL)
        self.offers[sku] = Row(**dict(zip(("ends", "since", "until"), (self.now + one for one in times), strict=True)))

    def book(self, buyer: int, sku: str, units: int, where: str) -> Payable:
        """In a presale: a deposit now, the balance later, sending in the price."""
        offer, (price, deposit, earnest) = self.offers[sku], terms.PRESALES[sku]
        line = Line(sku=sku, units=units, goods=deposit * units, later=(price - deposit) * units, coupons=[])
        need(self.now < offer.ends, self.has_room([line]), (line.seller, where) in terms.SENDING)
        checkout = self.check_out(buyer, terms.PAY_SECONDS, [line], Counter())
        (order,) = checkout.orders
        order.earnest = min(deposit * units, price * units * earnest // 10_000)
        order.balance = self.payable(buyer, offer.until, line.later, orders=[order], after=checkout, since=offer.since)
        return checkout

    # ── paying ──
    def pending(self, *checkouts: Payable | None) -> bool:
        return any(a.checkout in checkouts and a.state == "pending" for a in self.attempts)

    def start(self, checkout: Payable) -> Row:
        need(
            checkout.owed,
            not checkout.is_void,
            not self.pending(checkout),
            checkout.since <= self.now < checkout.pay_by,
        )
        need(not checkout.after or not checkout.after.owed)
        amount = checkout.owed
        self.attempts.append(
            Row(checkout=checkout, amount=amount, applied=0, state="pending", said="waiting", paid_at=0)
        )
        return self.attempts[-1]

    def hear(self, attempt: Row, said: str) -> None:
        """What nothing is owed for goes back."""
        checkout = attempt.checkout
        if said == "paid" and attempt.state != "captured":
            attempt.state, attempt.applied = "captured", min(attempt.amount, checkout.owed) * (not checkout.is_void)
            checkout.applied += attempt.applied
            waiting = ("deposited",) if checkout.after else ("placed", "closed")
            for order in [] if checkout.owed else checkout.orders:
                if order.state in waiting:
                    self.pay_for(order, attempt.paid_at)
        elif said in ("declined", "closed", "disputed") and attempt.state == "pending":
            attempt.state = said

    def pay_for(self, order: Order, at: int) -> None:
        is_late, order.state = order.state == "closed", "paid"
        if order.balance and not is_late:
            if order.balance.owed:
                order.state, order.heard = "deposited", self.now
                return
            for x in order.lines:
                x.goods, x.later = x.goods + x.later, 0
        self.earn(order)
        if order.team:
            self.take_seat(order, at)
        elif is_late and (order.balance or not self.hold_again(order)):
            self.all_back(order)
        else:
            order.state = "to_ship"

    def hold_again(self, order: Order) -> bool:
        """Of an order that was closed and paid after all; of a session that is over from what is free."""
        coupons = {c for x in order.lines for c in x.coupons}
        is_taken = any(c.is_offered or self.users(c) - {order.checkout} for c in coupons)
        if not self.has_room(order.lines) or order.points > self.has(order.buyer) or is_taken:
            return False
        self.leave_pools(order.lines)
        order.is_held = True
        self.hold_points(order)
        return True

    def leave_pools(self, lines: Sequence[Line]) -> None:
        for x in lines:
            x.pool = x.pool if x.pool and self.now < x.pool.ends else None

    def take_seat(self, order: Order, at: int) -> None:
        team = order.team
        if order in team.held and at <= team.deadline:
            team.held.remove(order)
            if team.state == "opening":
                team.state, team.deadline = "gathering", at + terms.TEAM_SECONDS
        elif not self.has_seat(team, order.buyer) or not self.hold_again(order):
            return self.all_back(order)
        team.taken.append(order)
        order.state = "gathering"
        if len(team.taken) == team.rules.size:
            self.form(team)

    def form(self, team: Row) -> None:
        """Its members' goods are sent; what they cost less by their number comes back, a case of its own."""
        off = max((off for least, off in team.rules.ladder if least <= len(team.taken)), default=0)
        team.state = "formed"
        for order in team.taken:
            order.state = "to_ship"
            if off:
                (line,) = order.lines
                line.back = line.lowered = off * line.units
                self.unearn(order)
                self.cases.append(Case(order=order, number=1, state="done"))

    def leave(self, order: Order) -> None:
        """A member who waits for others goes, or is sent away."""
        need(order.state == "gathering")
        order.team.taken.remove(order)
        if not order.team.taken:
            self.end_team(order.team)
        self.all_back(order)

    def end_team(self, team: Row) -> None:
        team.state = "over"
        for one in [*team.held]:
            self.close(one)

    def cancel_unpaid(self, order: Order) -> None:
        need(order.state == "placed", not self.pending(order.checkout))
        for one in order.checkout.orders:
            self.close(one)

    def close(self, order: Order) -> None:
        order.state, order.is_held, order.checkout.pay_by = "closed", False, min(order.checkout.pay_by, self.now)
        self.void(order)
        for lot, units in order.spent:
            lot.left += units
        order.spent = []
        if order.team and order in order.team.held:
            order.team.held.remove(order)
            order.team.state = "over" if order.team.state == "opening" else order.team.state

    def void(self, order: Order) -> None:
        if order.balance and order.balance.owed:
            order.balance.is_void = True

    def give_up(self, order: Order) -> None:
        """The balance will not be paid: earnest money is the seller's, what else the deposit was comes back."""
        need(order.state == "deposited", not self.pending(order.checkout, order.balance))
        if not (lost := self.lost(order)):
            return self.all_back(order)
        self.void(order)
        order.state, order.is_held = "forfeited", False
        order.lines[0].back = order.total - lost
        self.settle(order)

    def fail(self, order: Order) -> None:
        """The seller does not deliver what a deposit was taken for: all comes back, and the earnest money once more."""
        need(order.balance, order.state in ("deposited", "to_ship"), not self.pending(order.checkout, order.balance))
        order.owed = order.earnest
        self.all_back(order)
        self.charge(order.seller, order.earnest)

    def step(self, order: Order, before: str, after: str) -> None:
        """The parcel leaves, or has come."""
        need(order.state == before)
        for x in order.lines if after == "shipped" else ():
            self.stock[x.sku] -= x.left
            if x.pool:
                x.pool.units -= x.left
        order.state, order.is_held, order.since = after, False, self.now
