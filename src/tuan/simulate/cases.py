"""The auditor's own reckoning of cases: which answers and moves are lawful, and what units are worth."""

from typing import Any
from uuid import UUID

from tuan.simulate.books import Account, Books
from tuan.simulate.reading import Seen

RUNNING = ("asked", "refused")
HAVING = ("shipped", "received")


# ── lawful answers ──
def may_open(_: Books, seen: Seen, command: Any) -> set[str]:
    (asked,) = command
    order, ((number, units),) = seen.orders[asked.order], asked.ask.items
    if order["person_id"] != asked.actor:
        return {"not_found"}
    found = set() if order["state"] in HAVING else {"orders.not_now"}
    if order["release"] == "on_command" and order["state"] in ("paid", "gathering"):
        found.add("aftersales.waits_for_others")
    line = next(one for one in seen.details[asked.order] if one["number"] == number)
    if not 0 < units <= line["units"] - line["returned_units"]:
        found.add("aftersales.units_not_left")
    if (asked.order, number) in seen.in_case:
        found.add("aftersales.line_in_case")
    return found or {""}


def _may(states: tuple[str, ...], owner: str) -> Any:
    def law(_: Books, seen: Seen, command: Any) -> set[str]:
        case = seen.cases[command[0], command[1]]
        if case[owner] != command[2]:
            return {"not_found"}
        return {""} if case["state"] in states else {"aftersales.case_not_now"}

    return law


LAWS = {
    "aftersales.open_case": may_open,
    "aftersales.agree": _may(RUNNING, "supplier_id"),
    "aftersales.refuse": _may(("asked",), "supplier_id"),
    "aftersales.withdraw": _may(RUNNING, "person_id"),
}


# ── moves and sums ──
def wrong_cases(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Cases that moved without a cause, or promise and give back other than the units are worth."""
    wrong = [f"a case of {books.name_of(order)} is gone" for order, n in before.cases if (order, n) not in after.cases]
    for where, case in after.cases.items():
        was, name = before.cases.get(where), f"case {case['number']} of {books.name_of(case['order_id'])}"
        if was is None:
            wrong += [f"{name} {why}" for why in _why_not_new(account, before, after, case)]
        elif (was["state"], case["state"]) not in SAME and not _has_cause(account, was, case, after):
            wrong.append(f"{name} moved from {was['state']} to {case['state']} without a cause")
        if case["state"] == "done" and case["amount_minor"] != case["asked_minor"]:
            wrong.append(f"{name} gave back {case['amount_minor']}, and {case['asked_minor']} was promised")
    for id, order in after.orders.items():
        back = sum(case["amount_minor"] for case in after.cases.values() if case["order_id"] == id)
        if order["state"] != "cancelled" and order["refunded_minor"] != back:
            wrong.append(f"of {books.name_of(id)} {order['refunded_minor']} went back, and its cases say {back}")
        was_running = before.orders.get(id, order)["state"] != "completed"
        if was_running and order["state"] == "completed" and any(one == id for one, _ in after.in_case):
            wrong.append(f"{books.name_of(id)} was completed, and something is asked about it")
    return wrong


SAME = {(state, state) for state in (*RUNNING, "done", "closed")}


def _why_not_new(account: Account, before: Seen, after: Seen, case: Any) -> list[str]:
    asked = [a.command[0] for a in account.asked if a.verb == "aftersales.open_case" and not a.code]
    mine = [one for one in asked if one.order == case["order_id"] and one.actor == case["person_id"]]
    if not mine or case["state"] != "asked":
        return [f"is {case['state']}, and nobody asked for that"]
    ((number, units),) = mine[0].ask.items
    line = next(one for one in before.details[case["order_id"]] if one["number"] == number)
    left, of = line["amount_minor"] - line["refunded_minor"], line["units"] - line["returned_units"]
    return (
        []
        if case["asked_minor"] == left * units // of
        else [f"is worth {left} × {units}/{of}, not {case['asked_minor']}"]
    )


def _has_cause(account: Account, was: Any, case: Any, after: Seen) -> bool:
    """An act of whoever may, or the silence of whoever should, or the end of its order."""
    where = (case["order_id"], case["number"])
    done = {a.verb.partition(".")[2] for a in account.asked
            if isinstance(a.command, tuple) and a.command[:2] == where and not a.code}  # fmt: skip
    silent = account.worked and was["deadline"] is not None and after.now >= was["deadline"]
    match (was["state"], case["state"]):
        case ("asked", "refused"):
            return "refuse" in done
        case (_, "done"):
            return "agree" in done or (was["state"] == "asked" and silent)
        case (_, "closed"):
            ended = after.orders[case["order_id"]]["state"] == "cancelled"
            return "withdraw" in done or ended or (was["state"] == "refused" and silent)
    return False


def gave_all_back(before: Seen, after: Seen, order: UUID) -> bool:
    """Whether a case that ended in this step took the last of this order."""
    ended = [
        case
        for where, case in after.cases.items()
        if where[0] == order and case["state"] == "done" and before.cases.get(where, {"state": ""})["state"] != "done"
    ]
    left = [line for line in after.details[order] if line["units"] > line["returned_units"]]
    return bool(ended) and not left
