"""What comes after in the reference: cases, settlement, paying out, time; and what the tables say of all of it."""

from collections import Counter
from typing import Any

from tests.stories import terms
from tests.stories.reference.means import Order
from tests.stories.reference.prices import Row, measure, need
from tests.stories.reference.sums import Case
from tests.stories.reference.trade import Trade
from tests.stories.terms import DAY, HOUR, WEEK

BOUGHT = ("to_ship", "shipped", "received", "completed")
COMES_BACK, GOES_OUT = ("return", "exchange"), ("exchange", "reship")
ACTS = {  # of a case: the states in which it may be done, and the one after; None depends on what was asked
    "agree": (("asked", "refused", "arbitration"), None),
    "refuse": (("asked", "returning"), "refused"),
    "withdraw": (("asked", "refused", "to_return", "arbitration"), "closed"),
    "send_back": (("to_return",), "returning"),
    "take_back": (("returning",), None),
    "send": (("to_send",), "sent"),
    "confirm": (("sent",), "done"),
    "dispute": (("refused", "sent"), "arbitration"),
    "deny": (("arbitration",), "closed"),
    "grant": (("arbitration",), "done"),
    "return_first": (("arbitration",), "to_return"),
    "give_up": (("to_send",), "done"),
}
SILENCE = {"asked": "agree", "returning": "take_back", "refused": "withdraw", "to_return": "withdraw", "sent": "confirm",
           "to_send": "give_up"}  # fmt: skip
PATIENCE = {"asked": 48 * HOUR, "refused": WEEK, "to_return": WEEK, "returning": 10 * DAY, "to_send": 72 * HOUR,
            "sent": 15 * DAY}  # fmt: skip
"""How long a case waits in each state until silence is an answer."""


class Books(Trade):
    """A market of two sellers and some buyers, whole."""

    # ── after the sale ──
    def open_cases(self, order: Order) -> list[Case]:
        return [case for case in self.cases if case.order is order and case.state not in ("done", "closed")]

    def ask(self, order: Order, kind: str, items: dict[int, int], amount: int | None, is_free: bool) -> Case:
        """items: units by the place of the line. is_free: without a reason, which ends a week after receipt."""
        asked = [x for case in self.open_cases(order) for x, *_ in case.parts]
        wanted = [(order.lines[place], units) for place, units in items.items()]
        states = BOUGHT[:1] if kind == "cancel" else BOUGHT[1:]
        need(order.state in states, all(x not in asked and 0 < n <= x.left for x, n in wanted))
        need(order.state == states[0] or self.now <= order.since + (WEEK if is_free else terms.CLAIMS_FOR))
        parts = self.parts_of(order, wanted, kind, is_free)
        most = sum(sum(part[2:]) for part in parts)
        need(amount is None or (kind == "refund_only" and len(parts) == 1 and 0 < amount <= most))
        number, until = 1 + sum(case.order is order for case in self.cases), self.now + PATIENCE["asked"]
        case = Case(order=order, kind=kind, parts=parts, asked=most, state="asked", number=number, deadline=until)
        self.cases.append(case)
        self.lessen(case, amount)
        case.asked = amount or most
        if kind == "cancel":
            self.give_back(case)
        return case

    def answer(self, case: Case, act: str, restocks: bool = False, amount: int | None = None) -> None:
        """amount: as much as the operator gives back."""
        (states, after), sent = ACTS[act], Counter[str]()
        for x, units, *_ in case.parts if case.state in states and act == "send" else ():
            sent[x.sku] += units
        need(case.state in states, not (case.came_back and act in ("withdraw", "return_first")))
        need(act != "return_first" or case.kind != "reship", amount is None or 0 < amount <= case.asked)
        need(all(units <= self.free(sku) for sku, units in sent.items()))
        self.stock -= sent
        for x, units, *_ in case.parts if restocks else ():
            self.stock[x.sku] += units
        self.lessen(case, amount)
        if after is None and case.kind in COMES_BACK and not case.came_back:
            after = "to_return"
        elif after is None and case.kind in GOES_OUT:
            after = "to_send"
        if after is None or act in ("grant", "give_up"):
            return self.give_back(case)
        case.state, case.came_back = after, case.came_back or act == "send_back"
        case.deadline = self.now + PATIENCE.get(after, 10**9)

    def give_back(self, case: Case) -> None:
        """What was asked for or decided; of what was settled its seller pays it, and what others bore of it."""
        case.state, order, before = "done", case.order, measure(case.order.lines)
        had = self.borne(order.lines)
        for x, units, goods, freight in case.parts:
            x.back, x.back_freight = x.back + goods, x.back_freight + freight
            x.back_units += units * (not case.keeps)
            self.leave_pools([x] * bool(units))
        if order.state == "completed":
            self.shared -= (back := had - self.borne(order.lines))
            self.charge(order.seller, sum(goods + freight for _, _, goods, freight in case.parts) + back.total())
        self.follow(order, before)

    def all_back(self, order: Order, *states: str) -> None:
        """Give it back whole, if it is in one of these states."""
        need(not states or order.state in states)
        for case in self.open_cases(order):
            case.state = "closed"
        self.void(order)
        before = measure(order.lines)
        for x in order.lines:
            x.back, x.back_freight, x.back_units = x.goods, x.freight, x.units
        self.follow(order, before)

    def follow(self, order: Order, before: tuple[int, int]) -> None:
        """Its lines know what is back: points follow, and what went back whole is over, but for what was settled."""
        done, of = measure(order.lines)
        self.points_back(order, order.points * done // of - order.points * before[0] // of)
        self.unearn(order)
        if not any(x.left for x in order.lines) and order.given == order.total and order.state != "completed":
            order.state, order.is_held = "cancelled", False

    def invoice(self, order: Order) -> None:
        """Of what is kept at this moment; one for an order."""
        kept = [x.worth - x.given for x in order.lines]
        need(order.state in BOUGHT, sum(kept), not order.invoice)
        order.invoice = kept

    # ── paying out ──
    def pay_owed(self, order: Order) -> None:
        need(order.owed)
        self.by_hand, order.owed = self.by_hand + order.owed, 0

    def withdraw(self, seller: str, amount: int, by: int) -> Row:
        need(not self.debt[seller], terms.PAYOUT_MIN <= amount <= self.claims[seller])
        day = seller, (self.now + terms.DAY_BEGAN) // DAY
        asked = [amount, *(p.amount for p in self.payouts if p.day == day and p.state not in ("failed", "rejected"))]
        self.claims[seller] -= amount
        self.payouts.append(Row(seller=seller, amount=amount, seen=[by], state="requested", day=day, asked=sum(asked)))
        return self.payouts[-1]

    def approve(self, payout: Row, person: int) -> None:
        need(payout.state == "requested", person not in payout.seen, not self.debt[payout.seller])
        payout.seen.append(person)
        payout.state = "due" if len(payout.seen) == 2 + (payout.asked > terms.PAYOUT_TWO) else "requested"

    def end_payout(self, payout: Row, state: str) -> None:
        """What is back pays a debt first."""
        need(payout.state == ("requested" if state == "rejected" else "due"))
        payout.state = state
        self.charge(payout.seller, -payout.amount * (state != "paid"))

    def pay_out(self) -> None:
        """What was agreed to, but for whoever owes."""
        for payout in [p for p in self.payouts if p.state == "due" and not self.debt[p.seller]]:
            self.end_payout(payout, "paid" if payout.seller == "A" else "failed")

    # ── time ──
    def advance(self, seconds: int) -> None:
        """Everything that falls due, and what that makes fall due."""
        self.pay_out()
        self.now += seconds
        for _ in range(3):
            for attempt in [a for a in self.attempts if a.state == "pending"]:
                if self.now >= attempt.checkout.pay_by and attempt.said != "paid":
                    attempt.said = "closed"
                self.hear(attempt, attempt.said)
            for team in [one for one in self.teams if one.state == "gathering" and self.now >= one.deadline]:
                if len(team.taken) >= team.rules.promise:
                    self.form(team)
                else:
                    self.end_team(team)
                    for one in team.taken:
                        self.all_back(one)
            for order in self.orders:
                self.order_due(order)
            for case in self.cases:
                if case.state in SILENCE and self.now >= case.deadline:
                    self.answer(case, "dispute" if case.state == "refused" and case.came_back else SILENCE[case.state])
        for lot in [one for one in self.lots if one.expires is not None and self.now >= one.expires]:
            lot.lapsed, lot.left = lot.lapsed + lot.left, 0
        self.pay_out()
        self.sent_back = sum(self.given_back(buyer) for buyer in terms.BUYERS)

    def order_due(self, order: Order) -> None:
        if order.state == "placed" and self.now >= order.checkout.pay_by:
            self.close(order)
        elif order.state == "deposited" and self.now >= order.balance.pay_by:
            self.give_up(order)
        elif order.state == "shipped" and self.now >= order.since + terms.RECEIVED_AFTER:
            self.step(order, "shipped", "received")
        elif order.state == "received" and self.now >= order.since + WEEK and not self.open_cases(order):
            order.state = "completed"
            self.settle(order)

    # ── what the tables say ──
    def tables(self) -> dict[tuple[str, str], str]:
        """What is not nothing, by kind and name."""
        said: dict[tuple[str, str], Any] = {("money", code): money for code, money in self.money().items()}
        for buyer in terms.BUYERS:
            sums = {"owes": self.debts[buyer], "paid": self.paid(buyer), "given back": self.given_back(buyer)}
            said |= {(kind, str(buyer)): units for kind, units in sums.items()}
        said |= {("stock", sku): f"{self.stock[sku]} {self.held(sku)} {self.allotted(sku)}" for sku in terms.SKUS}
        said |= {("cart", f"{buyer} {sku}"): units for (buyer, sku), units in self.carts.items()}
        for number, one in enumerate(self.orders):
            said["order", f"order {number}"] = f"{one.state} {one.given}"
            said["tax", f"order {number}"] = one.tax
            if one.invoice:
                said["invoice", f"order {number}"] = " ".join(map(str, self.invoiced(one)))
        for number, coupon in enumerate(self.coupons):
            said["coupon", f"coupon {number} {coupon.owners[-1]}"] = self.state_of(coupon)
        for kind, rows in (("case", self.cases), ("payout", self.payouts)):
            said |= {(kind, f"{kind} {number}"): one.state for number, one in enumerate(rows)}
        for lot in self.lots:
            where = f"{lot.buyer}" if lot.expires is None else f"{lot.buyer} {lot.expires // terms.STEPS[0]}"
            said["lots", where] = said.get(("lots", where), 0) + lot.left
        return {one: str(value) for one, value in said.items() if value != 0}

    def state_of(self, coupon: Row) -> str:
        """A coupon that is used has the state of its checkout."""
        states = {one.state for checkout in self.users(coupon) for one in checkout.orders}
        told = "offered" if coupon.is_offered else "locked" if coupon.missing else "free"
        return "held" if "placed" in states else "used" if states else told
