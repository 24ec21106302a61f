"""What happened to points, in a word or two; looked up when it is shown."""

from typing import Any
from uuid import UUID

from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID
from tuan.value.points import Undone

KINDS = {
    "earn": "Promised for an order",
    "grant": "From the market",
    "activate": "Ready to be spent",
    "spend": "Spent on an order",
    "restore": "Back from an order",
    "expire": "Expired",
    "reverse": "Taken back with an order",
    "deduct": "Taken by the market",
    "owe": "Owed, as they had been spent",
    "repay": "Paid what was owed",
    "forfeit": "Forfeited",
    "forgive": "Forgiven",
}
CHECKED_IN = "Checked in"
LED = "Promised for a team that you opened"
OF_ORDERS = frozenset(("spend", "restore", "reverse", "owe"))


def entry_words(visit: Visit, row: Any) -> str:
    """For a row of `points.entries`."""
    earned = {"check_in": CHECKED_IN, "leader": LED} if row["kind"] == "earn" else {}
    return visit.gettext(earned.get(row["source"], KINDS[row["kind"]]))


def order_of(row: Any) -> UUID | None:
    """The order that an entry is about, if it is about one."""
    is_earned = row["source"] in ("order", "leader") and row["kind"] in ("earn", "activate")
    about: UUID | None = row["about"] if row["kind"] in OF_ORDERS or is_earned else None
    return about


def order_path(row: Any) -> str | None:
    """Where its buyer finds that order."""
    about = order_of(row)
    return None if about is None else f"/orders/{ORDER_ID.show(about)}"


def undone_words(visit: Visit, undone: Undone) -> list[str]:
    """What comes of points when money goes back: a sentence for each part that is not nought."""
    parts = (
        (undone.returned, "%(num)s point you spent comes back.", "%(num)s points you spent come back."),
        (undone.taken, "%(num)s point it earned is taken back.", "%(num)s points it earned are taken back."),
        (undone.led_taken, "%(num)s point for leading your team goes with it.", "%(num)s points for leading your team go with it."),
        (undone.owed, "You have spent %(num)s point it earned: you would owe it.",
         "You have spent %(num)s points it earned: you would owe them."),
    )  # fmt: skip
    return [visit.words.ngettext(one, many, count) % {"num": count} for count, one, many in parts if count]
