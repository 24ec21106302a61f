"""The auditor's own reckoning of points that expire: what is given lives as long as was said, dies then and not before, and what ends
first is spent first."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.simulate.books import Account, Books
from tuan.simulate.means import EARN_PER_MINOR, LADDER, VALID_DAYS
from tuan.simulate.reading import Seen

LIVES, LIVES_AGAIN = timedelta(days=VALID_DAYS), timedelta(days=7)
"""From the day they may be spent; and at least so long once they came back."""
SLACK = timedelta(seconds=5)
"""A step lasts less, and the clock goes back by less."""


def wrong_lots(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Points given without a cause or for another time, gone before their time, or spent out of turn."""
    wrong = []
    for id, lot in after.lots.items():
        was, name = before.lots.get(id), f"{lot['units']} points of {books.name_of(lot['person_id'])}"
        if was is None:
            wrong += [f"{name} {why}" for why in _why_not_given(account, books, after, lot)]
        if (was is None or was["expires_at"] is None) and lot["expires_at"] is not None:
            until = account.began + (LIVES_AGAIN if lot["source"] == "returned" else LIVES)
            if abs(lot["expires_at"] - until) > SLACK:
                wrong.append(f"{name} end {lot['expires_at']}, not {until}")
        elif was is not None and lot["expires_at"] != was["expires_at"]:
            wrong.append(f"{name} end at another time than before")
        if lot["lapsed"] > (was["lapsed"] if was else 0) and not (account.worked and after.now >= lot["expires_at"]):
            wrong.append(f"{name} were gone before {lot['expires_at']}")
    return wrong + _wrong_turns(account, books, before, after)


def _why_not_given(account: Account, books: Books, after: Seen, lot: Any) -> list[str]:
    """For an order that was paid and has gone through, for a day on which somebody came, or because they came back."""
    if lot["source"] == "check_in":
        return [] if lot["units"] in LADDER else ["were given for a day"]
    if not account.worked and lot["source"] == "order":
        return ["were given before anybody heard of the order"]
    if lot["source"] == "order":
        book, order = books.orders[lot["about"]], after.orders[lot["about"]]
        owner = order["person_id"] == lot["person_id"] and order["state"] not in ("placed", "closed")
        return [] if owner and lot["units"] == book.total_minor // EARN_PER_MINOR else ["are not what the order earns"]
    return [] if lot["source"] == "returned" and lot["about"] in after.lots else ["were given by nobody"]


def _wrong_turns(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """What new orders are paid with comes from the lots that end first."""
    used: Counter[UUID] = Counter()
    for id, order in after.orders.items():
        if id not in before.orders:
            used[order["person_id"]] += books.orders[id].points
    wrong = []
    for person, units in used.items():
        for lot in before.spendable(person, account.began):
            part = min(units, lot["remaining"] - lot["held"])
            units, now = units - part, after.lots[lot["id"]]
            if now["remaining"] - now["held"] != lot["remaining"] - lot["held"] - part:
                wrong.append(f"{books.name_of(person)} did not spend first what ends first")
    return wrong


def not_quiet(books: Books, seen: Seen, since: Instant) -> list[str]:
    left = [lot for lot in seen.lots.values() if lot["expires_at"] and lot["expires_at"] <= since]
    return [
        f"{books.name_of(lot['person_id'])} has points still that ended at {lot['expires_at']}"
        for lot in left if lot["remaining"] > lot["held"]
    ]  # fmt: skip
