"""Lawful answers of the verbs without a key: who may, and when, by the auditor's own reckoning.

A command of such a verb is the tuple of its arguments, its subject first.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from tuan.simulate import cases, direct, purses
from tuan.simulate.answers import NOT_FOUND
from tuan.simulate.books import Account, Books
from tuan.simulate.reading import Seen

Codes = set[str]
DONE = ""
GOING_BACK = ("to_ship", "shipped", "received")

Law = Callable[[Books, Seen, Any], Codes]


def _cancel_unpaid(books: Books, seen: Seen, command: Any) -> Codes:
    order, person = command
    if seen.orders[order]["person_id"] != person:
        return {NOT_FOUND}
    found = set()
    if seen.orders[order]["state"] != "placed":
        found.add("orders.not_now")
    if seen.pending_on(seen.orders[order]["payable_id"]):
        found.add("payments.being_confirmed")
    return found or {DONE}


def _cancel(books: Books, seen: Seen, command: Any) -> Codes:
    order, person = command
    row = seen.orders[order]
    if row["person_id"] != person:
        return {NOT_FOUND}
    if row["state"] == "to_ship":
        return {DONE}
    return {"aftersales.waits_for_others"} if _waits(row) else {"aftersales.too_late"}


def _refund_whole(books: Books, seen: Seen, command: Any) -> Codes:
    order, supplier = command
    row = seen.orders[order]
    if row["supplier_id"] != supplier:
        return {NOT_FOUND}
    if _waits(row):
        return {"aftersales.waits_for_others"}
    return {DONE} if row["state"] in ("paid", *GOING_BACK) else {"orders.not_now"}


def _waits(order: Any) -> bool:
    return order["release"] == "on_command" and order["state"] in ("paid", "gathering")


def _leave(books: Books, seen: Seen, command: Any) -> Codes:
    team, person = command
    mine = [s for s in seen.live_seats(team) if s["person_id"] == person]
    if not mine:
        return {NOT_FOUND}
    if mine[0]["state"] == "held":
        return _cancel_unpaid(books, seen, (mine[0]["order_id"], person))
    row = seen.teams[team]
    may = row["state"] == "gathering" and books.campaigns[row["campaign_id"]].may_leave
    waits = seen.orders[mine[0]["order_id"]]["state"] == "gathering"
    return {DONE} if may and waits else {"groupbuy.may_not_leave"}


def _remove(books: Books, seen: Seen, command: Any) -> Codes:
    order, supplier = command
    seats = seen.seats_of(order)
    if not seats or seen.orders[order]["supplier_id"] != supplier:
        return {NOT_FOUND}
    taken = any(seat["state"] == "taken" for seat in seats)
    return {DONE} if taken and seen.orders[order]["state"] == "gathering" else {"groupbuy.may_not_leave"}


def _ship(books: Books, seen: Seen, command: Any) -> Codes:
    order, supplier = command
    if seen.orders[order]["supplier_id"] != supplier:
        return {NOT_FOUND}
    return {DONE} if seen.orders[order]["state"] == "to_ship" else {"orders.not_now"}


def _confirm(books: Books, seen: Seen, command: Any) -> Codes:
    order, person = command
    if seen.orders[order]["person_id"] != person:
        return {NOT_FOUND}
    return {DONE} if seen.orders[order]["state"] == "shipped" else {"orders.not_now"}


def _end_campaign(books: Books, seen: Seen, command: Any) -> Codes:
    return {DONE} if seen.campaigns[command[0]] == "running" else {NOT_FOUND}


def _launch(books: Books, seen: Seen, command: Any) -> Codes:
    product, aside = command
    found: Codes = set()
    for sku, units in aside.items():
        row = seen.stock[sku]
        free = row["on_hand"] - row["held"] - row["allotted"]
        if units > free:
            found.add("supply.not_enough" if free > 0 else "supply.sold_out")
    running = [c for c, state in seen.campaigns.items() if state == "running" and books.campaigns[c].product == product]
    return found | ({"groupbuy.campaign_clash"} if running else set()) or {DONE}


def _receive(books: Books, seen: Seen, command: Any) -> Codes:
    return {DONE} if command[1] > 0 else {"supply.units_invalid"}


def _set_price(books: Books, seen: Seen, command: Any) -> Codes:
    return {DONE} if command[1] > 0 else {"catalog.price_invalid"}


def _take_off(books: Books, seen: Seen, command: Any) -> Codes:
    return {DONE} if any(w.is_listed for w in books.wares.values() if w.product == command[0]) else {NOT_FOUND}


LAWS: dict[str, Law] = {
    "orders.cancel_unpaid": _cancel_unpaid,
    "aftersales.cancel": _cancel,
    "aftersales.refund_whole": _refund_whole,
    "groupbuy.leave_team": _leave,
    "groupbuy.remove_member": _remove,
    "orders.ship": _ship,
    "orders.confirm_receipt": _confirm,
    "groupbuy.end_campaign": _end_campaign,
    "groupbuy.launch_campaign": _launch,
    "supply.receive": _receive,
    "catalog.set_price": _set_price,
    "catalog.take_off": _take_off,
    **cases.LAWS,
    **purses.LAWS,
    **direct.LAWS,
}

OUTCOMES: dict[str, tuple[str, ...]] = {
    "orders.cancel_unpaid": ("closed",),
    "aftersales.cancel": ("cancelled",),
    "aftersales.refund_whole": ("cancelled",),
    "groupbuy.remove_member": ("cancelled",),
    "orders.ship": ("shipped",),
    "orders.confirm_receipt": ("received",),
}
"""In which state a verb leaves its order once it has answered that it was done."""


def judge_plain(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Answers that were not lawful, and acts that were acknowledged and have not happened."""
    wrong = []
    now = replace(before, now=account.began)
    for asked in account.asked:
        law = LAWS.get(asked.verb)
        if law is None or not asked.is_known:
            continue
        lawful = law(books, now, asked.command)
        if asked.code not in lawful:
            wrong.append(f"{asked.verb} answered {asked.code or 'done'}; lawful: {_words(lawful)}")
        order: UUID = asked.command[0]
        if not asked.code and asked.verb in OUTCOMES and after.orders[order]["state"] not in OUTCOMES[asked.verb]:
            wrong.append(f"{asked.verb} said done, and {books.name_of(order)} is {after.orders[order]['state']}")
    return wrong


def _words(codes: Codes) -> str:
    return ", ".join(sorted(code or "done" for code in codes))
