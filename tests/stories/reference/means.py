"""Coupons and points of the reference: who has which, until when, and what comes back of them."""

from collections import Counter
from typing import Any

from tests.stories import terms
from tests.stories.reference.prices import Row, need
from tests.stories.terms import DAY, KINDS, WEEK


class Order(Row):
    state, is_held, since, heard, is_settled = "placed", True, 0, 0, False
    points, earns, unearned, earned = 0, 0, 0, None
    team = balance = invoice = None
    earnest = owed = 0
    total = property(lambda self: sum(x.worth for x in self.lines))
    given = property(lambda self: sum(x.given for x in self.lines))


class Means:
    """What buyers have beside money. Times are seconds since the market began."""

    def __init__(self) -> None:
        self.now, self.days, self.debts = 0, dict[Any, int](), Counter[int]()
        self.orders, self.coupons, self.lots = list[Order](), list[Row](), list[Row]()

    # ── coupons ──
    def users(self, coupon: Row) -> set[Row]:
        """Checkouts of which something is left that it was used on."""
        live = [one for one in self.orders if one.state != "closed"]
        return {one.checkout for one in live for x in one.lines if coupon in x.coupons and x.left}

    def is_free(self, coupon: Row) -> bool:
        return not coupon.missing and not coupon.is_offered and not self.users(coupon)

    def may_use(self, coupon: Row, buyer: int) -> bool:
        return coupon.owners[-1] == buyer and self.is_free(coupon) and self.now < coupon.until

    def may_have(self, buyer: int, kind: str) -> bool:
        return sum(c.kind == kind and buyer in c.owners for c in self.coupons) < KINDS[kind].per_person

    def take(self, buyer: int, kind: str, starter: Row | None = None, is_granted: bool = False) -> Row:
        """One of his own accord, perhaps helping to open a friend's; or one that the house gives him."""
        need(is_granted or KINDS[kind].is_taken, self.may_have(buyer, kind))
        if starter:
            is_late = starter.missing and self.now >= starter.gathers
            need(starter.kind == kind, buyer not in (starter.owners[-1], *starter.helpers), not is_late)
            starter.helpers.append(buyer)
            starter.missing = max(starter.missing - 1, 0)
        missing, until = KINDS[kind].friends * (not starter and not is_granted), self.now + KINDS[kind].lasts
        self.coupons.append(Row(owners=[buyer], kind=kind, until=until, is_offered=False, missing=missing, helpers=[],
                                gathers=self.now + terms.GATHER_SECONDS))  # fmt: skip
        return self.coupons[-1]

    def offer(self, coupon: Row, buyer: int) -> None:
        """To whoever has the link; what was given once is not given again."""
        need(self.may_use(coupon, buyer), KINDS[coupon.kind].is_giftable, len(coupon.owners) == 1)
        coupon.is_offered = True

    def take_gift(self, coupon: Row, buyer: int) -> None:
        need(coupon.is_offered, self.now < coupon.until, buyer != coupon.owners[-1], self.may_have(buyer, coupon.kind))
        coupon.is_offered = False
        coupon.owners.append(buyer)

    def take_back(self, coupon: Row) -> None:
        need(coupon.is_offered)
        coupon.is_offered = False

    # ── points ──
    def spendable(self, buyer: int) -> list[Row]:
        mine = [lot for lot in self.lots if lot.buyer == buyer and lot.expires is not None and self.now < lot.expires]
        return sorted(mine, key=lambda lot: lot.expires)

    def has(self, buyer: int) -> int:
        return sum(lot.left for lot in self.spendable(buyer))

    def give(self, buyer: int, units: int, expires: int | None) -> Row:
        self.lots.append(lot := Row(buyer=buyer, left=units, expires=expires, lapsed=0))
        self.repay(lot)
        return lot

    def repay(self, lot: Row) -> None:
        """Points that can be spent are first what their owner owes."""
        part = min(self.debts[lot.buyer], lot.left) if lot.expires is not None else 0
        lot.left, self.debts[lot.buyer] = lot.left - part, self.debts[lot.buyer] - part

    def earn(self, order: Order) -> None:
        """By its money; to be spent when it was kept."""
        if units := order.total // terms.EARN_PER:
            order.earns, order.earned = units, self.give(order.buyer, units, None)

    def unearn(self, order: Order) -> None:
        """Of points that it earned: from their lot, then (but for what expired there) from any, and the rest is owed."""
        if lot := order.earned:
            units = order.earns * order.given // order.total - order.unearned
            order.unearned += units
            for one in (lot, *self.spendable(order.buyer)):
                part = min(units, one.left)
                one.left, units = one.left - part, units - part
                if one is lot:
                    lot.lapsed, units = max(lot.lapsed - units, 0), max(units - lot.lapsed, 0)
            self.debts[order.buyer] += units

    def may_check_in(self, buyer: int) -> bool:
        return (buyer, (self.now + terms.DAY_BEGAN) // DAY) not in self.days

    def check_in(self, buyer: int) -> None:
        if self.may_check_in(buyer):
            today = (self.now + terms.DAY_BEGAN) // DAY
            self.days[buyer, today] = row = 1 + self.days.get((buyer, today - 1), 0)
            self.give(buyer, terms.LADDER[(row - 1) % len(terms.LADDER)], self.now + terms.POINT_DAYS * DAY)

    def grant(self, buyer: int, units: int) -> None:
        need(units)
        self.give(buyer, units, self.now + terms.POINT_DAYS * DAY)

    def deduct(self, buyer: int, units: int) -> None:
        need(0 < units <= self.has(buyer))
        self.draw(buyer, units)

    def draw(self, buyer: int, units: int) -> list[list[Any]]:
        """Of the lots that expire first; how much of each."""
        drawn = []
        for lot in self.spendable(buyer):
            drawn.append([lot, part := min(units, lot.left)])
            lot.left, units = lot.left - part, units - part
        return drawn

    def hold_points(self, order: Order) -> None:
        order.spent += self.draw(order.buyer, order.points)

    def points_back(self, order: Order, units: int) -> None:
        """To the lots they came from, the youngest first; for a week at least."""
        for spend in sorted(order.spent, key=lambda spend: spend[0].expires)[::-1]:
            lot, part = spend[0], min(units, spend[1])
            spend[1], units, until = spend[1] - part, units - part, max(lot.expires, self.now + WEEK)
            if until > lot.expires and part:
                self.give(order.buyer, part, until)
            else:
                lot.left += part
                self.repay(lot)
