"""Buying: quote, place, pay, release, ship, receive, complete."""

from tuan.trade.orders.actions import (
    apply_notices,
    cancel_unpaid,
    complete_due,
    confirm_receipt,
    lapse_unpaid,
    place_orders,
    receive_due,
    ship,
)
from tuan.trade.orders.queries import (
    access_order,
    allocations_of,
    counts_of,
    have_bought,
    lines_of,
    of_payable,
    orders_of,
    to_ship,
)
from tuan.trade.orders.store import add_to_book, load_book, save_book, save_draft

__all__ = [
    "access_order",
    "add_to_book",
    "allocations_of",
    "apply_notices",
    "cancel_unpaid",
    "complete_due",
    "confirm_receipt",
    "counts_of",
    "have_bought",
    "lapse_unpaid",
    "lines_of",
    "load_book",
    "of_payable",
    "orders_of",
    "place_orders",
    "receive_due",
    "save_book",
    "save_draft",
    "ship",
    "to_ship",
]
