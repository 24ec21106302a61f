"""Which moves are lawful: every change of an order, a team or a seat must have a cause in the auditor's own books.

A step may move a row several times (paid, seated, sent); so a change is lawful if there is a way from the old state to
the new one whose every part has its cause.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.simulate import cases
from tuan.simulate.books import Account, Books
from tuan.simulate.provider import Money
from tuan.simulate.reading import Seen

GRACE = timedelta(seconds=3)
BACK_MAX = timedelta(seconds=5)
"""The market's clock is set back by less than this."""
RECEIVED_AFTER = timedelta(days=15)
KEPT_AFTER = timedelta(days=7)
PATIENCE = timedelta(minutes=2)
"""A team waits so long past its deadline for news of payments under way; after that, what was not heard of is late."""

Cause = Callable[["Moves", Any], bool]


@dataclass(frozen=True, slots=True)
class Moves:
    """One step: what was seen before and after it, and all that may have moved something."""

    books: Books
    account: Account
    before: Seen
    after: Seen
    money: dict[str, Money]
    """What the provider has taken, by transaction."""

    def called(self, verb: str, subject: UUID) -> bool:
        """Whether this verb was called for it and not refused; one without an answer may have been done."""
        return any(a.verb == verb and a.command[0] == subject and not a.code for a in self.account.asked)

    def paid_into(self, payable: UUID, seen: Seen | None = None) -> list[Money]:
        """The provider's payments for a payable that we had taken in by then; without `seen` by the end of the step."""
        heard = (seen or self.after).captures
        attempts = {a["id"] for a in self.after.attempts.values() if a["payable_id"] == payable}
        return [m for number, m in self.money.items() if m.attempt in attempts and number in heard]

    def is_worked_at(self, due: Any) -> bool:
        return self.account.worked and due is not None and self.after.now >= due

    def has_money(self, order: Any, seen: Seen | None = None) -> bool:
        owed: int = self.after.payables[order["payable_id"]]["amount_minor"]
        return sum(m.amount_minor for m in self.paid_into(order["payable_id"], seen)) >= owed

    def paid_at(self, order: Any) -> Any:
        """When the provider took the payment that completed it."""
        return min((m.paid_at for m in self.paid_into(order["payable_id"])), default=None)

    def teams_of(self, order: Any) -> list[Any]:
        return [self.after.teams[seat["team_id"]] for seat in self.after.seats_of(order["id"])]

    # ── causes ──
    def may_close(self, order: Any) -> bool:
        siblings = [o["id"] for o in self.after.covered_by(order["payable_id"])]
        if any(self.called("orders.cancel_unpaid", o) for o in siblings) or self.left(order):
            return not self.before.pending_on(order["payable_id"])
        if self.account.worked and any(team["state"] in ("formed", "lapsed", "void") for team in self.teams_of(order)):
            return True
        if any(a.verb in ("groupbuy.leave_team", "groupbuy.remove_member") for a in self.account.asked):
            return any(team["state"] == "lapsed" for team in self.teams_of(order))
        return self.is_worked_at(order["pay_by"]) and not self.after.pending_on(order["payable_id"])

    def left(self, order: Any) -> bool:
        return any(
            a.verb == "groupbuy.leave_team" and not a.code and a.command[1] == order["person_id"]
            and any(team["id"] == a.command[0] for team in self.teams_of(order))
            for a in self.account.asked
        )  # fmt: skip

    def is_late(self, order: Any) -> bool:
        """Its money came when its goods or its team no longer waited for it."""
        if self.books.orders[order["id"]].was_closed or self.before.orders[order["id"]]["state"] == "closed":
            return True
        teams, paid_at = self.teams_of(order), self.paid_at(order)
        late = [t for t in teams if t["deadline"] is not None and paid_at + BACK_MAX > t["deadline"]]
        seats = {seat["state"] for seat in self.after.seats_of(order["id"])}
        return bool(late) or bool(teams and seats == {"released"} and all(t["state"] != "opening" for t in teams))

    def may_release(self, order: Any) -> bool:
        if order["release"] == "at_once":
            return self.has_money(order)
        seats = self.after.seats_of(order["id"])
        return any(s["state"] == "taken" and self.after.teams[s["team_id"]]["state"] == "formed" for s in seats)

    def may_gather(self, order: Any) -> bool:
        """It was seated: it is, or its seat has ended since."""
        ended = ("taken", "left", "lapsed")
        return self.has_money(order) and any(s["state"] in ended for s in self.after.seats_of(order["id"]))

    def may_give_back_gathering(self, order: Any) -> bool:
        if self.left(order) or self.called("groupbuy.remove_member", order["id"]):
            return True
        return any(team["state"] == "lapsed" for team in self.teams_of(order))


EDGES: dict[str, dict[str, Cause]] = {
    "placed": {"paid": Moves.has_money, "closed": Moves.may_close},
    "closed": {"paid": Moves.has_money},
    "paid": {
        "to_ship": Moves.may_release,
        "gathering": Moves.may_gather,
        "cancelled": lambda m, o: (m.account.worked and m.is_late(o)) or m.called("aftersales.refund_whole", o["id"]),
    },
    "gathering": {"to_ship": Moves.may_release, "cancelled": Moves.may_give_back_gathering},
    "to_ship": {
        "shipped": lambda m, o: m.called("orders.ship", o["id"]),
        "cancelled": lambda m, o: (
            m.called("aftersales.cancel", o["id"])
            or m.called("aftersales.refund_whole", o["id"])
            or cases.gave_all_back(m.books, m.before, m.after, o["id"])
        ),
    },
    "shipped": {
        "received": lambda m, o: (
            m.called("orders.confirm_receipt", o["id"])
            or m.is_worked_at(m.before.orders[o["id"]]["shipped_at"] + RECEIVED_AFTER)
        ),
        "cancelled": lambda m, o: (
            m.called("aftersales.refund_whole", o["id"]) or cases.gave_all_back(m.books, m.before, m.after, o["id"])
        ),
    },
    "received": {
        "completed": lambda m, o: m.is_worked_at(o["received_at"] + KEPT_AFTER),
        "cancelled": lambda m, o: (
            m.called("aftersales.refund_whole", o["id"]) or cases.gave_all_back(m.books, m.before, m.after, o["id"])
        ),
    },
    "completed": {},
    "cancelled": {},
}


def wrong_orders(moves: Moves) -> list[str]:
    """Orders that moved without a cause, or are gone."""
    wrong = [f"{moves.books.name_of(o)} is gone" for o in moves.before.orders if o not in moves.after.orders]
    for id, order in moves.after.orders.items():
        start = moves.before.orders[id]["state"] if id in moves.before.orders else "placed"
        if not _reaches(moves, order, start, order["state"]):
            wrong.append(f"{moves.books.name_of(id)} moved from {start} to {order['state']} without a cause")
    return wrong


def _reaches(moves: Moves, order: Any, start: str, goal: str) -> bool:
    reached, fresh = {start}, [start]
    while fresh and goal not in reached:
        here = fresh.pop()
        for there, cause in EDGES[here].items():
            if there not in reached and cause(moves, order):
                reached.add(there)
                fresh.append(there)
    return goal in reached


def wrong_teams(moves: Moves) -> list[str]:
    """Teams that formed without enough payers, lapsed although they were complete, or hold more than fits."""
    wrong = []
    for id, team in moves.after.teams.items():
        before = moves.before.teams.get(id)
        name, was = moves.books.name_of(id), before["state"] if before else "opening"
        live = moves.after.live_seats(id)
        if len(live) > team["size"] or len({seat["person_id"] for seat in live}) < len(live):
            wrong.append(f"{name} has {len(live)} live seats of {team['size']}, or a person twice")
        if team["state"] == was:
            continue
        if was in ("formed", "lapsed", "void"):
            wrong.append(f"{name} was {was} and is {team['state']}")
        elif team["state"] == "formed" and (why := _why_not_formed(moves, team)):
            wrong.append(f"{name} formed {why}")
        elif team["state"] == "lapsed" and before and (why := _why_not_lapsed(moves, team)):
            wrong.append(f"{name} lapsed {why}")
        elif team["state"] == "gathering" and (why := _why_not_gathering(moves, team)):
            wrong.append(f"{name} gathers {why}")
    return wrong


def _why_not_formed(moves: Moves, team: Any) -> str | None:
    """Enough distinct persons must have paid; in a team that filled up, all of its seats."""
    seats = [s for s in moves.after.live_seats(team["id"]) if s["state"] == "taken"]
    payers = {s["person_id"] for s in seats if moves.has_money(moves.after.orders[s["order_id"]])}
    promise = moves.books.campaigns[team["campaign_id"]].promise_min
    if len(payers) >= team["size"]:
        return None
    if promise is not None and len(payers) >= promise and moves.is_worked_at(team["deadline"] + GRACE):
        return None
    return f"with {len(payers)} payers of {team['size']}"


def _why_not_lapsed(moves: Moves, team: Any) -> str | None:
    """Before its time only the last member's going ends it; at its time only too few payments that came in time."""
    goers = {a.command[1] for a in moves.account.asked if a.verb == "groupbuy.leave_team" and not a.code}
    if goers or any(a.verb == "groupbuy.remove_member" and not a.code for a in moves.account.asked):
        stayed = [s for s in moves.after.seats.values() if s["team_id"] == team["id"] and s["state"] == "lapsed"]
        return f"although {len(stayed)} members stayed" if stayed else None
    if moves.after.now < team["deadline"] + GRACE:
        return "before its time"
    heard = moves.after if moves.after.now < team["deadline"] + PATIENCE else moves.before
    payers = set()
    for seat in moves.before.live_seats(team["id"]):
        order = moves.after.orders[seat["order_id"]]
        was_closed = order["state"] == "closed" or moves.books.orders[order["id"]].was_closed
        if not was_closed and moves.has_money(order, heard) and moves.paid_at(order) <= team["deadline"]:
            payers.add(seat["person_id"])
    needed = moves.books.campaigns[team["campaign_id"]].promise_min or team["size"]
    return f"although {len(payers)} had paid in time and {needed} were needed" if len(payers) >= needed else None


def _why_not_gathering(moves: Moves, team: Any) -> str | None:
    """Somebody in it has paid, and its time runs from the payment of whoever opened it."""
    seats = [s for s in moves.after.seats.values() if s["team_id"] == team["id"]]
    payers = [s for s in seats if moves.has_money(moves.after.orders[s["order_id"]])]
    if not payers:
        return "although nobody has paid"
    since = team["deadline"] - timedelta(seconds=moves.books.campaigns[team["campaign_id"]].team_seconds)
    earliest = min(moves.paid_at(moves.after.orders[s["order_id"]]) for s in payers)
    if not earliest - BACK_MAX <= since <= moves.after.now + BACK_MAX:
        return "with a deadline that no payment set"
    return None


SEAT_MOVES = {
    ("held", "taken"), ("held", "released"), ("released", "taken"), ("taken", "left"), ("taken", "lapsed"),
    ("held", "left"), ("held", "lapsed"), ("released", "left"), ("released", "lapsed"),
}  # fmt: skip


def wrong_seats(moves: Moves) -> list[str]:
    """Seats that moved out of turn, or are taken by somebody who has not paid."""
    wrong = []
    for where, seat in moves.after.seats.items():
        before = moves.before.seats.get(where)
        was = before["state"] if before else "held"
        name = f"{moves.books.name_of(seat['order_id'])}'s seat in {moves.books.name_of(where[0])}"
        if was != seat["state"] and (was, seat["state"]) not in SEAT_MOVES:
            wrong.append(f"{name} moved from {was} to {seat['state']}")
        if seat["state"] == "taken" and not moves.has_money(moves.after.orders[where[1]]):
            wrong.append(f"{name} is taken and not paid")
    return wrong
