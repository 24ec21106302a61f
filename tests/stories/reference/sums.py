"""Whose the money of the reference is: what comes back, what is shared out, and what every account says."""

from collections import Counter
from typing import Any

from tests.stories import terms
from tests.stories.reference.means import Means, Order
from tests.stories.reference.prices import Line, Row, measure, shares
from tests.stories.terms import DAY


class Payable(Row):
    """`since`: not to be paid before; `after`: the one that has to be paid before this one."""

    applied, since, after, is_void = 0, 0, None, False
    owed = property(lambda self: self.amount - self.applied)


class Case(Row):
    """`parts`: lines with units, money of goods and money of sending; `keeps`: no unit is given up by it."""

    kind, parts, asked, keeps, came_back, deadline = "refund_only", (), 0, False, False, 0


class Sums(Means):
    """What happened to money, in few rows; every sum is worked out from them."""

    def __init__(self) -> None:
        super().__init__()
        self.checkouts, self.attempts, self.payouts = list[Payable](), list[Row](), list[Row]()
        self.claims, self.debt, self.shared = Counter[str](), Counter[str](), Counter[str]()
        self.sent_back = self.by_hand = 0

    # ── what comes back ──
    def parts_of(self, order: Order, wanted: list[tuple[Line, int]], kind: str, is_free: bool) -> list[list[Any]]:
        """What so many units of these lines are worth: line, units, money of goods, money of sending.

        Sending comes back where the seller is at fault, and where nothing is sent at all.
        """
        if kind == "cancel" and sum(units for _, units in wanted) == sum(x.left for x in order.lines):
            return [[x, x.left, *x.rest] for x in order.lines]
        pays = (1, kind != "cancel" and not is_free)
        return [[x, n, *(part * n // x.left * it for part, it in zip(x.rest, pays, strict=True))] for x, n in wanted]

    def lessen(self, case: Case, amount: int | None) -> None:
        """Less than was asked, of the goods first; no unit is given up by it."""
        if amount is not None and amount < case.asked:
            case.keeps = True
            for part, less in zip(case.parts, shares(amount, [sum(one[2:]) for one in case.parts]), strict=True):
                part[2:] = min(less, part[2]), max(less - part[2], 0)

    def lost(self, order: Order) -> int:
        """Of a deposit, if the balance is not paid: nothing where nobody could ask for it in time."""
        is_late = bool(order.balance) and order.heard + terms.PAY_SECONDS > order.balance.pay_by
        return 0 if is_late else order.earnest

    def invoiced(self, order: Order) -> tuple[int, int, int, int]:
        """What an invoice of what was kept then says and the tax in it, and what of both is red, since it went back."""
        kept = order.invoice
        taxes = shares(sum(kept) * terms.INVOICE_RATE // (10_000 + terms.INVOICE_RATE), kept)
        reds = [was - x.worth + x.given for was, x in zip(kept, order.lines, strict=True)]
        red_taxes = [tax * red // (was or 1) for was, tax, red in zip(kept, taxes, reds, strict=True)]
        return sum(kept), sum(taxes), sum(reds), sum(red_taxes)

    # ── what a seller gets ──
    def settle(self, order: Order) -> None:
        """What each line left is shared out, what others bear of its price with it; what it earned can be spent."""
        fee_rate, tax_rate = terms.RATES[order.seller]
        for x in order.lines:
            kept, parts = x.worth - x.given, self.borne([x])
            borne = parts.total()
            fee = (x.goods - x.back + borne) * fee_rate // 10_000
            tax = (kept + borne - fee) * tax_rate // 10_000
            self.shared += parts + Counter(fee=fee, tax=tax)
            self.charge(order.seller, -(kept + borne - fee - tax))
        order.is_settled = True
        if order.earned:
            order.earned.expires = self.now + terms.POINT_DAYS * DAY
            self.repay(order.earned)

    def borne(self, lines: list[Line]) -> Counter[str]:
        """What others bear of what is left of these lines."""
        sums: Any = Counter()
        for x in lines:
            done, of = measure([x])
            sums += Counter({bearer: minor * (of - done) // of for bearer, minor in x.borne.items()})
        return sums

    def charge(self, seller: str, amount: int) -> None:
        """From what a seller may claim, and the rest is his debt; what he is given pays that first."""
        taken = min(amount, self.claims[seller]) if amount > 0 else min(amount + self.debt[seller], 0)
        self.claims[seller], self.debt[seller] = self.claims[seller] - taken, self.debt[seller] + amount - taken

    # ── what accounts say ──
    def paid(self, buyer: int) -> int:
        return sum(a.amount for a in self.attempts if a.state == "captured" and a.checkout.buyer == buyer)

    def given_back(self, buyer: int) -> int:
        mine = [a for a in self.attempts if a.state == "captured" and a.checkout.buyer == buyer]
        return sum(a.amount - a.applied for a in mine) + sum(one.given for one in self.orders if one.buyer == buyer)

    def money(self) -> dict[str, int]:
        """Every account, worked out from what happened and not from what moved."""
        paid, back = (sum(map(of, terms.BUYERS)) for of in (self.paid, self.given_back))
        sent = [one.amount for one in self.payouts if one.state == "paid"]
        fees = sum(amount * terms.PAYOUT_FEE // 10_000 for amount in sent)
        gone = sum(one.total if one.is_settled else one.given for one in self.orders)
        said = {
            "clearing": self.sent_back + sum(sent) - fees - paid, "refunds": back - self.sent_back,
            "prepayment": sum(one.applied for one in self.checkouts) - gone, "discounts": -self.shared["market"],
            "income": self.shared["fee"] + fees, "tax": self.shared["tax"], "by hand": self.by_hand,
            "organisations": -self.shared["organisation"], "compensation": sum(one.owed for one in self.orders), "owed": -sum(self.debts.values()),
        }  # fmt: skip
        for seller in terms.RATES:
            waits = sum(p.amount for p in self.payouts if p.seller == seller and p.state in ("requested", "due"))
            said |= {f"payable {seller}": self.claims[seller], f"debt {seller}": -self.debt[seller]}
            said[f"withdrawing {seller}"] = waits
        for buyer in terms.BUYERS:
            mine = [one for one in self.lots if one.buyer == buyer]
            held = sum(n for one in self.orders if (one.buyer, one.state) == (buyer, "placed") for _, n in one.spent)
            said[f"points {buyer}"] = held + sum(lot.left for lot in mine if lot.expires is not None)
            said[f"pending {buyer}"] = sum(lot.left for lot in mine if lot.expires is None)
        said["issued"] = -said["owed"] - sum(n for name, n in said.items() if name.startswith(("points", "pending")))
        return said
