"""The auditor's own reckoning of what is paid out: who may claim how much, which answers and moves are lawful, what adds up."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.gateways.sandbox import NOBODY
from tuan.simulate import splits
from tuan.simulate.books import Account, Asked, Books
from tuan.simulate.provider import Provider
from tuan.simulate.purses import shares_of
from tuan.simulate.reading import Seen
from tuan.simulate.splits import Rooms

LEAST_MINOR, FEE_PERMYRIAD, TWO_ABOVE_MINOR = 100, 50, 3_000
"""The rules that the cast gives the market."""
EAST = timedelta(hours=8)
"""How far the market's days are ahead of universal time."""
TAKEN = ("requested", "due", "paid")
MOVES = {
    "": ("requested",),
    "requested": ("requested", "due", "rejected"),
    "due": ("due", "paid", "failed", "rejected"),
    "paid": ("paid",),
    "failed": ("failed",),
    "rejected": ("rejected",),
}


def fee_of(amount_minor: int) -> int:
    return amount_minor * FEE_PERMYRIAD // 10_000


def fee_kept(seen: Seen, withdrawal: Any) -> int:
    """The market's fee of a withdrawal that was paid; where some could not be split, in the measure of what could."""
    amount: int = withdrawal["amount_minor"]
    net = amount - fee_of(amount)
    return fee_of(amount) * (net - seen.short_of(withdrawal)) // net


def gone_of(seen: Seen, withdrawal: Any) -> int:
    """What of it is not back with him: what he was paid or is to be, and the fee for that."""
    amount: int = withdrawal["amount_minor"]
    return amount - fee_of(amount) - seen.short_of(withdrawal) + fee_kept(seen, withdrawal)


def share_of(books: Books, seen: Seen, supplier: UUID) -> int:
    """What completed orders have brought him that were not paid to him directly: 98 % of what each line sold for, the market's
    part rounded down; and what of the others paid a debt of his."""
    mine = [
        book
        for id, order in seen.orders.items()
        if order["state"] == "completed"
        and order["supplier_id"] == supplier
        and not (book := books.orders[id]).is_direct
    ]
    repaid = books.repaid_minor if supplier == books.suppliers[0] else 0
    return sum(kept + borne - fee for book in mine for kept, borne, fee in shares_of(book)) + repaid


def taken_of(seen: Seen, supplier: UUID, states: Iterable[str]) -> int:
    found = [one for one in seen.withdrawals.values() if one["supplier_id"] == supplier and one["state"] in states]
    return sum(gone_of(seen, one) for one in found)


def left_of(books: Books, seen: Seen, supplier: UUID) -> int:
    """What he may claim; below nothing it is his debt, as buyers got back what he has already."""
    return share_of(books, seen, supplier) - taken_of(seen, supplier, TAKEN)


def asked_on(seen: Seen, supplier: UUID, day: date) -> int:
    """What he has asked for on this day of the market, and not got back."""
    mine = [one for one in seen.withdrawals.values() if one["supplier_id"] == supplier and one["state"] in TAKEN]
    return sum(gone_of(seen, one) for one in mine if day_of(one["requested_at"]) == day)


def day_of(moment: Instant) -> date:
    return (moment + EAST).date()


# ── answers ──
def _why_not_withdraw(books: Books, left: int, rooms: Rooms, merchant: UUID | None, command: Any) -> set[str]:
    supplier, account, amount, _ = command
    known = books.accounts[account]
    if known.supplier != supplier:
        return {"not_found"}
    found = {"settlement.paid_direct"} if supplier == merchant else set()
    if not known.is_checked:
        found.add("settlement.account_not_active")
    if left < 0:
        found.add("settlement.in_debt")
    if amount < LEAST_MINOR:
        found.add("settlement.below_minimum")
    if amount > left:
        found.add("settlement.balance_too_small")
    if known.is_split and amount - fee_of(amount) > rooms.most(supplier):
        found.add("settlement.split_too_small")
    return found or {""}


def _why_not_decide(books: Books, seen: Seen, asked: Asked) -> set[str]:
    row = seen.withdrawals[asked.command[0]]
    is_unasked = asked.verb == "settlement.reject" and row["state"] == "due" and not row["tries"]
    if row["state"] != "requested" and not is_unasked:
        return {"settlement.not_this_state"}
    if asked.verb == "settlement.reject":
        return {""}
    found = {"settlement.in_debt"} if left_of(books, seen, row["supplier_id"]) < 0 else set()
    if asked.command[1] in (row["requested_by"], row["approved_by"]):
        found.add("settlement.same_person")
    return found or {""}


def wrong_answers(
    account: Account, books: Books, provider: Provider, before: Seen, after: Seen, made: dict[int, UUID]
) -> list[str]:
    """made: the withdrawal that each call made, by its place, also where its answer was lost."""
    wrong = []
    for asked in account.asked:
        if asked.verb in ("settlement.approve", "settlement.reject") and asked.is_known:
            lawful = _why_not_decide(books, before, asked)
            if asked.code not in lawful:
                wrong.append(f"{asked.verb} answered {asked.code or 'done'}; lawful: {', '.join(lawful) or 'done'}")
    asks = [(place, one) for place, one in enumerate(account.asked) if one.verb == "settlement.withdraw"]
    parts = {place: after.parts_of(id) for place, id in made.items()}
    found = [_in_turn(order, books, Rooms.of(books, provider, before), before, parts) for order in permutations(asks)]
    return wrong + (min(found, key=len) if found else [])


def _in_turn(
    asks: Iterable[tuple[int, Asked]], books: Books, rooms: Rooms, before: Seen, made: dict[int, list[Any]]
) -> list[str]:
    """What would be unlawful if they had been asked in this order. made: the parts of payments that each is drawn from."""
    left = {supplier: left_of(books, before, supplier) for supplier in books.suppliers}
    wrong = []
    for place, asked in asks:
        supplier, account, amount, _ = asked.command
        lawful = _why_not_withdraw(books, left[supplier], rooms, before.merchant, asked.command)
        if place in made:
            if "" not in lawful:
                wrong.append(f"{amount} of {left[supplier]} was granted although {', '.join(sorted(lawful))}")
            left[supplier] -= amount
            net = amount - fee_of(amount) if books.accounts[account].is_split else 0
            wrong += rooms.draw(supplier, made[place], net)
        elif asked.is_known and (not asked.code or asked.code not in lawful):
            wrong.append(f"{amount} of {left[supplier]} was answered {asked.code or 'done'}; lawful: {sorted(lawful)}")
        elif asked.code == "settlement.split_too_small" and asked.answer.data != {"most_minor": rooms.most(supplier)}:
            wrong.append(f"{asked.answer!r} was answered, and {rooms.most(supplier)} can be split")
    return wrong


def made_by(account: Account, before: Seen, after: Seen) -> tuple[dict[int, UUID], list[str]]:
    """The withdrawal that each call made, by its place; and those that nobody asked for, or that are not there."""
    fresh = [row for id, row in after.withdrawals.items() if id not in before.withdrawals]
    made: dict[int, UUID] = {}
    wrong = []
    for is_known in (True, False):
        for place, asked in enumerate(account.asked):
            if asked.verb != "settlement.withdraw" or asked.is_known != is_known or asked.code:
                continue
            mine = next((row for row in fresh if _is_of(row, asked)), None)
            if mine is not None:
                made[place] = mine["id"]
                fresh.remove(mine)
            elif is_known:
                wrong.append("a withdrawal was acknowledged and is not there")
    return made, wrong + [f"{row['amount_minor']} leave a balance, and nobody asked" for row in fresh]


def _is_of(row: Any, asked: Asked) -> bool:
    if asked.is_known:
        return bool(row["id"] == asked.answer)
    supplier, account, amount, person = asked.command
    return bool((row["supplier_id"], row["account_id"], row["amount_minor"], row["requested_by"])
                == (supplier, account, amount, person))  # fmt: skip


# ── moves ──
def wrong_moves(account: Account, books: Books, provider: Provider, before: Seen, after: Seen) -> list[str]:
    """Withdrawals that moved out of turn, without whoever must agree, or otherwise than the provider did."""
    wrong = [f"{books.name_of(id)} is gone" for id in before.withdrawals if id not in after.withdrawals]
    for id, row in after.withdrawals.items():
        was = before.withdrawals.get(id)
        name, start = books.name_of(id), was["state"] if was else ""
        if row["state"] not in MOVES[start]:
            wrong.append(f"{name} moved from {start or 'nothing'} to {row['state']}")
        calls = [a for a in account.asked if a.command and isinstance(a.command, tuple) and a.command[0] == id]
        agreed = {a.command[1] for a in calls if a.verb == "settlement.approve" and not a.code}
        if start == "requested" and row["state"] == "due":
            consenting = (agreed | ({was["approved_by"]} if was else set())) - {None, row["requested_by"]}
            asked = books.asked_before[id] + row["amount_minor"]  # several in a day count together
            if len(consenting) < (2 if asked > TWO_ABOVE_MINOR else 1):
                wrong.append(f"{name} is due by the consent of {len(consenting)}")
        refused = any(a.verb == "settlement.reject" and not a.code for a in calls)
        if start in ("requested", "due") and row["state"] == "rejected" and not refused:
            wrong.append(f"{name} was refused by nobody")
        is_split = books.accounts[row["account_id"]].is_split
        why = splits.why_not_so(row, provider, after) if is_split else _why_not_as_provider(row, provider)
        wrong += [f"{name} {one}" for one in why]
    return wrong + splits.wrong_parts(books, provider, before, after)


def _why_not_as_provider(row: Any, provider: Provider) -> list[str]:
    asked, net = provider.transfers.get(row["id"]), row["amount_minor"] - fee_of(row["amount_minor"])
    if asked is None:
        return [f"is {row['state']}, and the provider was never asked"] if row["state"] in ("paid", "failed") else []
    if row["state"] in ("requested", "rejected"):
        return [f"is {row['state']}, and the provider was asked"]
    expected = "failed" if asked[0] == NOBODY else "paid"
    wrong = [] if asked[1] == net else [f"was asked for as {asked[1]}, not {net}"]
    return wrong + ([] if row["state"] in ("due", expected) else [f"is {row['state']}, not {expected}"])


# ── sums ──
def wrong_sums(books: Books, seen: Seen) -> list[str]:
    """What each supplier may claim and what is on its way to him, by the ledger and by our own count."""
    wrong = []
    for supplier in books.suppliers:
        left = left_of(books, seen, supplier)
        expected = {
            "payable": max(left, 0),
            "debt": min(left, 0),
            "withdrawing": taken_of(seen, supplier, ("requested", "due")),
        }
        for word, minor in expected.items():
            found = seen.balances.get(f"supplier:{supplier}:{word}", 0)
            if found != minor:
                wrong.append(f"{books.name_of(supplier)} has {found} {word}, not {minor}")
    return wrong


def paid_out(seen: Seen) -> tuple[int, int]:
    """(what left the provider for suppliers, the market's fees of it)."""
    paid = [row for row in seen.withdrawals.values() if row["state"] == "paid"]
    fees = sum(fee_kept(seen, row) for row in paid)
    return sum(gone_of(seen, row) for row in paid) - fees, fees


def not_quiet(books: Books, seen: Seen, since: Instant) -> list[str]:
    return [
        f"{books.name_of(id)} is due and was not asked for"
        for id, row in seen.withdrawals.items()
        if row["state"] == "due" and row["next_attempt_at"] <= since and not _waits(books, seen, row)
    ]


def not_over(books: Books, seen: Seen) -> list[str]:
    due = [row for row in seen.withdrawals.values() if row["state"] == "due" and not _waits(books, seen, row)]
    return [f"{books.name_of(row['id'])} is still due" for row in due]


def _waits(books: Books, seen: Seen, row: Any) -> bool:
    """Nothing begins to go to somebody who owes."""
    return not row["tries"] and left_of(books, seen, row["supplier_id"]) < 0
