"""The auditor's own reckoning of splits: how much of each payment a seller may have, what is drawn from it, and what came of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.simulate.books import Books, OrderBook
from tuan.simulate.provider import Provider
from tuan.simulate.reading import Seen

SPLIT_FOR = timedelta(days=365)
"""So long after it was paid the sandbox splits a payment."""
PARTS_MAX = 50
MOVES = {"": ("held",), "held": ("held", "done", "failed", "released"), "done": ("done",), "failed": ("failed",),
         "released": ("released",)}  # fmt: skip
DRAWN = ("held", "done")


@dataclass(slots=True)
class Rooms:
    """How much can still be split, in minor units: of each payment, and of each order, whose part of it is its seller's."""

    orders: Counter[UUID]
    payments: Counter[str]
    found: dict[UUID, list[tuple[Instant, UUID, str]]]
    """(when paid, order, payment) by seller, the oldest first."""

    @classmethod
    def of(cls, books: Books, provider: Provider, seen: Seen) -> "Rooms":
        """Of a payment what nobody drew of it or got back; of an order what its buyer paid and kept of each line, less the market's
        fee. What others bear of it nobody has paid at the provider."""
        rooms = cls(Counter(), Counter(), {supplier: [] for supplier in books.suppliers})
        since = seen.now - SPLIT_FOR
        payables: dict[UUID, list[str]] = {}
        for number, row in seen.captures.items():
            rooms.payments[number] = provider.money[number].amount_minor if number in provider.money else 0
            if row["paid_at"] >= since:
                payables.setdefault(seen.attempts[row["attempt_id"]]["payable_id"], []).append(number)
        for id, order in seen.orders.items():
            book = books.orders[id]
            if order["state"] == "completed" and not book.is_direct and book.shared_at and book.shared_at >= since:
                rooms.orders[id] = own_of(book)
                for number in payables.get(order["payable_id"], ()):
                    rooms.found[order["supplier_id"]].append((seen.captures[number]["paid_at"], id, number))
        for refund in seen.refunds.values():
            rooms.payments[refund["transaction"]] -= refund["amount_minor"]
        for part in seen.splits.values():
            if part["state"] in DRAWN:
                rooms.orders[part["order_id"]] -= part["amount_minor"]
                rooms.payments[part["transaction"]] -= part["amount_minor"]
        for some in rooms.found.values():
            some.sort()
        return rooms

    def most(self, supplier: UUID) -> int:
        """What he may ask for by splitting, of the oldest payments with anything left."""
        orders, payments, parts = self.orders.copy(), self.payments.copy(), list[int]()
        for _, order, payment in self.found[supplier]:
            room = min(orders[order], payments[payment])
            if room > 0 and len(parts) < PARTS_MAX:
                parts.append(room)
                orders[order] -= room
                payments[payment] -= room
        return sum(parts)

    def draw(self, supplier: UUID, parts: list[Any], net: int) -> list[str]:
        """What is unlawful in these parts of a new withdrawal of his; what they take is no longer there."""
        wrong = []
        if (drawn := sum(part["amount_minor"] for part in parts)) != net:
            wrong.append(f"{drawn} is drawn from payments for a withdrawal of {net}")
        paid = {(order, payment): at for at, order, payment in self.found[supplier]}
        last = min(paid.values(), default=datetime.min.replace(tzinfo=UTC))
        for part in parts:
            order, payment, minor = part["order_id"], part["transaction"], part["amount_minor"]
            room = min(self.orders[order], self.payments[payment]) if (order, payment) in paid else 0
            if not 0 < minor <= room:
                wrong.append(f"{minor} is drawn from a payment that has {room} for him")
            self.orders[order] -= minor
            self.payments[payment] -= minor
            last = max(last, paid.get((order, payment), last))
        spared = [
            at for (order, payment), at in paid.items()
            if at < last and min(self.orders[order], self.payments[payment]) > 0
        ]  # fmt: skip
        return wrong + (["a newer payment is drawn from before an older one"] if spared else [])


def own_of(book: OrderBook) -> int:
    """What of the buyer's own money is the seller's: of each line what was kept of it, less the market's fee."""
    return sum(max(part.amount_minor - part.back_minor - (part.fee_minor or 0), 0) for part in book.parts.values())


def wrong_parts(books: Books, provider: Provider, before: Seen, after: Seen) -> list[str]:
    """Parts that moved out of turn, otherwise than the provider did, or are asked of it otherwise than they are."""
    wrong = ["a part of a payment is gone" for id in before.splits if id not in after.splits]
    wrong += ["the provider split what nobody drew" for id in provider.shares if id not in after.splits]
    for id, part in after.splits.items():
        was, share = before.splits.get(id), provider.shares.get(id)
        start, state, minor = was["state"] if was else "", part["state"], part["amount_minor"]
        name = f"a part of {minor} of {books.name_of(part['withdrawal_id'])}"
        if state not in MOVES[start]:
            wrong.append(f"{name} moved from {start or 'nothing'} to {state}")
        if was and any(
            was[word] != part[word] for word in ("withdrawal_id", "order_id", "transaction", "amount_minor")
        ):
            wrong.append(f"{name} is another one than before")
        if share is None:
            wrong += [f"{name} is {state}, and the provider was never asked"] if state in ("done", "failed") else []
            continue
        account = books.accounts[after.withdrawals[part["withdrawal_id"]]["account_id"]]
        if (share.transaction, share.payee, share.amount_minor) != (part["transaction"], account.payee, minor):
            wrong.append(f"{name} was asked for as {share.amount_minor} to {share.payee}")
        if state not in ("held", "done" if share.is_done else "failed"):
            wrong.append(f"{name} is {state}, and the provider {'split' if share.is_done else 'did not split'} it")
    return wrong


def why_not_so(row: Any, provider: Provider, seen: Seen) -> list[str]:
    """A withdrawal ends with the last of its parts: paid if any was split, failed if none."""
    states = [part["state"] for part in seen.parts_of(row["id"])]
    wrong = ["was transferred, to an account that is split to"] if row["id"] in provider.transfers else []
    if "held" in states:
        expected: tuple[str, ...] = ("requested", "due")
    else:
        expected = ("paid",) if "done" in states else ("failed",) if "failed" in states else ("rejected",)
    return wrong + ([] if row["state"] in expected else [f"is {row['state']}, and its parts are {', '.join(states)}"])
