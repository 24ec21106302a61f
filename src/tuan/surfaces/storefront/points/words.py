"""What happened to points, in a word or two; looked up when it is shown."""

from typing import Any
from uuid import UUID

from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID

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
OF_ORDERS = frozenset(("spend", "restore", "reverse", "owe"))


def entry_words(visit: Visit, row: Any) -> str:
    """For a row of `points.entries`."""
    return visit.gettext(CHECKED_IN if (row["kind"], row["source"]) == ("earn", "check_in") else KINDS[row["kind"]])


def order_of(row: Any) -> UUID | None:
    """The order that an entry is about, if it is about one."""
    is_earned = row["source"] == "order" and row["kind"] in ("earn", "activate")
    about: UUID | None = row["about"] if row["kind"] in OF_ORDERS or is_earned else None
    return about


def order_path(row: Any) -> str | None:
    """Where its buyer finds that order."""
    about = order_of(row)
    return None if about is None else f"/orders/{ORDER_ID.show(about)}"
