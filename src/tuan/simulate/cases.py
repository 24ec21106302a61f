"""The auditor's own reckoning of cases: which answers and moves are lawful, what units are worth, and what silence says."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.simulate.books import Account, Books, CaseBook
from tuan.simulate.means import split
from tuan.simulate.reading import CLAIM, Seen

RUNNING = ("asked", "refused", "to_return", "returning", "to_send", "sent", "arbitration")
HAVING = ("shipped", "received")
COMES_BACK, GOES_OUT = ("return", "exchange"), ("exchange", "reship")
NO_REASON, CANCELLED = "no_reason", "changed_mind"
RETURN = timedelta(days=7)
BUYER, SUPPLIER = "person_id", "supplier_id"
ACTS: dict[str, tuple[tuple[str, ...], str]] = {
    "agree": (("asked", "refused", "arbitration"), SUPPLIER),
    "refuse": (("asked", "returning"), SUPPLIER),
    "withdraw": (("asked", "refused", "to_return", "arbitration"), BUYER),
    "send_back": (("to_return",), BUYER),
    "receive": (("returning",), SUPPLIER),
    "send": (("to_send",), SUPPLIER),
    "confirm": (("sent",), BUYER),
    "dispute": (("refused", "sent"), BUYER),
    "say": (RUNNING, BUYER),
    "decide": (("arbitration",), ""),
}
"""In which states, and by whom; what the supplier says is said by him."""
PATIENCE = {
    "asked": timedelta(hours=48), "refused": timedelta(days=7), "to_return": timedelta(days=7), "returning": timedelta(days=10),
    "to_send": timedelta(hours=72), "sent": timedelta(days=15), "arbitration": timedelta(hours=48),
}  # fmt: skip
SLACK = timedelta(seconds=5)
"""A step lasts less, and the clock goes back by less."""


# ── lawful answers ──
def may_open(books: Books, seen: Seen, command: Any) -> set[str]:
    (asked,) = command
    order, kind, items = seen.orders[asked.order], asked.ask.kind, asked.ask.items
    if order["person_id"] != asked.actor:
        return {"not_found"}
    found = set()
    if order["release"] == "on_command" and order["state"] in ("paid", "gathering"):
        found.add("aftersales.waits_for_others")
    if kind == "cancel" and order["state"] != "to_ship":
        found.add("aftersales.too_late")
    elif kind != "cancel" and order["state"] not in (*HAVING, "completed"):
        found.add("orders.not_now")
    since = order["received_at"]
    if asked.ask.reason == NO_REASON and since is not None and seen.now > since + RETURN:
        found.add("aftersales.window_over")
    if since is not None and seen.now > since + CLAIM:
        found.add("aftersales.claim_over")
    skus = {line["number"]: line["sku_id"] for line in seen.details[asked.order]}
    left = {number: books.orders[asked.order].parts[skus[number]].left for number, _ in items}
    if any((asked.order, number) in seen.in_case for number, _ in items):
        found.add("aftersales.line_in_case")
    if any(not 0 < units <= left[number] for number, units in items):
        return found | {"aftersales.units_not_left"}
    if asked.ask.amount_minor is not None:
        worth = sum(goods + freight for *_, goods, freight in _parts_of(books, seen, asked))
        if kind != "refund_only" or len(items) > 1 or not 0 < asked.ask.amount_minor <= worth:
            found.add("aftersales.ask_invalid")
    return found or {""}


def _may(word: str) -> Any:
    def law(books: Books, seen: Seen, command: Any) -> set[str]:
        case, book = seen.cases[command[0], command[1]], books.cases[command[0], command[1]]
        states, owner = ACTS[word]
        if word == "say":
            owner, who = (BUYER if command[2] == "buyer" else SUPPLIER), command[3]
        else:
            who = command[2]
        if owner and case[owner] != who:
            return {"not_found"}
        if case["state"] not in states or (word == "withdraw" and book.came_back):
            return {"aftersales.case_not_now"}
        if word == "send":
            return _why_not_send(books, seen, book)
        return _why_not_decide(seen, case, book, *command[2:]) if word == "decide" else {""}

    return law


def _why_not_send(books: Books, seen: Seen, book: CaseBook) -> set[str]:
    found = set()
    for sku, units, *_ in book.parts:
        row = seen.stock[sku]
        free = row["on_hand"] - row["held"] - row["allotted"]
        if units > free:
            found.add("supply.not_enough" if free > 0 else "supply.sold_out")
    return found or {""}


def _why_not_decide(seen: Seen, case: Any, book: CaseBook, decision: str, amount: int | None) -> set[str]:
    """Both sides are heard first, or have had their time."""
    sides, unheard = {"buyer", "supplier"}, {"aftersales.not_heard"} if seen.now < case["deadline"] else set()
    found = set() if sides <= book.heard | book.perhaps_heard else set(unheard)
    perhaps = set() if sides <= book.heard else unheard
    if decision == "return_first" and (book.came_back or book.kind == "reship"):
        found.add("aftersales.ask_invalid")
    if amount is not None and not (decision == "give_back" and 0 < amount <= book.worth_minor):
        found.add("aftersales.ask_invalid")
    return (found or {""}) | perhaps


LAWS = {"aftersales.open_case": may_open} | {f"aftersales.{word}": _may(word) for word in ACTS}


# ── what is asked ──
def _parts_of(books: Books, seen: Seen, asked: Any) -> list[tuple[UUID, int, int, int]]:
    """What so many units are worth: of what is left of their goods; and of their sending, where the seller is at fault or nothing is
    sent at all."""
    skus = {line["number"]: line["sku_id"] for line in seen.details[asked.order]}
    parts, is_cancel = books.orders[asked.order].parts, asked.ask.kind == "cancel"
    wanted = {skus[number]: units for number, units in asked.ask.items}
    if is_cancel and sum(wanted.values()) == sum(part.left for part in parts.values()):
        return [
            (sku, part.left, part.goods_minor - part.back_goods, part.freight_minor - part.back_freight)
            for sku, part in parts.items() if part.left or part.amount_minor > part.back_minor
        ]  # fmt: skip
    pays = not is_cancel and asked.ask.reason != NO_REASON
    return [
        (sku, units, (part.goods_minor - part.back_goods) * units // part.left,
         (part.freight_minor - part.back_freight) * units // part.left * pays)
        for sku, part in parts.items() if (units := wanted.get(sku, 0))
    ]  # fmt: skip


def _lessen(book: CaseBook, amount: int | None) -> None:
    """Less money than the units are worth: of the goods first; no unit is given up by it."""
    if amount is None or amount >= book.worth_minor:
        return
    shares = split(amount, [goods + freight for *_, goods, freight in book.parts])
    book.parts = [(sku, units, min(share, goods), max(share - goods, 0))
                  for (sku, units, goods, _), share in zip(book.parts, shares, strict=True)]  # fmt: skip
    book.keeps = True


# ── moves and sums ──
def wrong_cases(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Cases that moved without a cause, or promise and give back other than the units are worth; the books go on with them."""
    wrong = [f"a case of {books.name_of(order)} is gone" for order, n in before.cases if (order, n) not in after.cases]
    for where, case in after.cases.items():
        was, name = before.cases.get(where), f"case {case['number']} of {books.name_of(case['order_id'])}"
        why = (
            _why_not_new(account, books, before, case) if was is None else _why_not_so(account, books, was, case, after)
        )
        wrong += [f"{name} {one}" for one in why]
    for id, order in after.orders.items():
        was_running = before.orders.get(id, order)["state"] != "completed"
        if was_running and order["state"] == "completed" and any(one == id for one, _ in after.in_case):
            wrong.append(f"{books.name_of(id)} was completed, and something is asked about it")
    return wrong


def _why_not_new(account: Account, books: Books, before: Seen, case: Any) -> list[str]:
    where = (case["order_id"], case["number"])
    asked = [a.command[0] for a in account.asked if a.verb == "aftersales.open_case" and not a.code]
    mine = [one for one in asked if one.order == case["order_id"] and one.actor == case["person_id"]]
    books.cases[where] = book = CaseBook(case["kind"], _parts_of(books, before, mine[0]) if mine else [])
    if not mine or case["kind"] != mine[0].ask.kind:
        return [f"is {case['state']}, and nobody asked for that"]
    _lessen(book, mine[0].ask.amount_minor)
    wrong = (
        [] if case["asked_minor"] == book.worth_minor else [f"is worth {book.worth_minor}, not {case['asked_minor']}"]
    )
    if book.kind == "cancel":  # of what has not left nobody else is asked
        return wrong + ([] if case["state"] == "done" else [f"is {case['state']}"]) + _give_back(books, case, book)
    return wrong + _why_not_until(account, case) + ([] if case["state"] == "asked" else [f"is {case['state']}"])


def _why_not_so(account: Account, books: Books, was: Any, case: Any, after: Seen) -> list[str]:
    """An act of whoever may, or the silence of whoever should, or the end of its order."""
    where, start, state = (case["order_id"], case["number"]), was["state"], case["state"]
    book, causes, sure = books.cases[where], dict[str, str](), set[str]()
    calls = [a for a in account.asked if isinstance(a.command, tuple) and a.command[:2] == where and not a.code]
    for one in calls:
        word = one.verb.partition(".")[2]
        if word == "say":
            (book.heard if one.is_known else book.perhaps_heard).add(str(one.command[2]))
        elif start in ACTS[word][0]:
            causes[word] = goes_to(word, book, one.command)
            sure |= {causes[word]} if one.is_known else set()
    if account.worked and was["deadline"] is not None and after.now >= was["deadline"]:
        causes["silence"] = silence(start, book)
    if after.orders[case["order_id"]]["state"] == "cancelled" and start in RUNNING:
        causes["end"] = "closed"
    if state == start:
        return [f"was done as {', '.join(causes)}, and is {state} still"] if sure else []
    word = next((word for word, goal in causes.items() if goal == state), "")
    if not word:
        return [f"moved from {start} to {state} without a cause"]
    _follow(books, book, start, state, word, calls)
    wrong = [] if state in ("done", "closed") else _why_not_until(account, case)
    if state == "done" and start != "sent":
        return wrong + _give_back(books, case, book)
    return wrong + ([f"gave back {case['amount_minor']}"] if case["amount_minor"] else [])


def goes_to(word: str, book: CaseBook, command: Any = ()) -> str:
    """In which state this act leaves the case."""
    if word in ("agree", "receive"):
        if book.kind in COMES_BACK and word == "agree" and not book.came_back:
            return "to_return"
        return "to_send" if book.kind in GOES_OUT else "done"
    if word == "decide":
        return {"give_back": "done", "return_first": "to_return", "deny": "closed"}[command[2]]
    return {"refuse": "refused", "withdraw": "closed", "send_back": "returning", "send": "sent", "confirm": "done",
            "dispute": "arbitration"}[word]  # fmt: skip


def silence(state: str, book: CaseBook) -> str:
    """What it says of whoever should have spoken."""
    if state in ("asked", "returning"):
        return goes_to("agree" if state == "asked" else "receive", book)
    if state == "refused" and book.came_back:
        return "arbitration"
    return "done" if state in ("sent", "to_send") else "closed" if state != "arbitration" else state


def _follow(books: Books, book: CaseBook, start: str, state: str, word: str, calls: list[Any]) -> None:
    """What goes with a move: parcels, what the operator decided, and who has to be heard."""
    units = Counter({sku: units for sku, units, *_ in book.parts})
    command: Any = next((one.command for one in calls if one.verb == f"aftersales.{word}"), ())
    book.came_back |= state == "returning"
    if state == "sent":
        books.gone += units
    if word == "receive" and command[3]:
        books.received += units
    if word == "decide":
        _lessen(book, command[3])
    if state == "arbitration":
        book.heard, book.perhaps_heard = ({"buyer"} if word == "dispute" else set()), set()


def _give_back(books: Books, case: Any, book: CaseBook) -> list[str]:
    for sku, units, goods, freight in book.parts:
        part = books.orders[case["order_id"]].parts[sku]
        part.back_goods, part.back_freight = part.back_goods + goods, part.back_freight + freight
        part.back_units += 0 if book.keeps else units
    back = book.worth_minor
    return [] if case["amount_minor"] == back else [f"gave back {case['amount_minor']}, and {back} was due"]


def _why_not_until(account: Account, case: Any) -> list[str]:
    """How long whoever is next may say nothing, from this step on."""
    until: Instant = account.began + PATIENCE[case["state"]]
    return [] if abs(case["deadline"] - until) < SLACK else [f"waits until {case['deadline']}, not {until}"]


def gave_all_back(books: Books, before: Seen, after: Seen, order: UUID) -> bool:
    """Whether a case that ended in this step took the last of this order."""
    ended = [
        case
        for where, case in after.cases.items()
        if where[0] == order and case["state"] == "done" and before.cases.get(where, {"state": ""})["state"] != "done"
    ]
    book = books.orders[order]
    return bool(ended) and book.back_minor == book.total_minor and not any(part.left for part in book.parts.values())
