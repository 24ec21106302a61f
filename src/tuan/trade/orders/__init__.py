"""Buying: quote, place, pay, release, ship, receive, complete."""

from tuan.trade.orders.actions import (
    apply_notices,
    cancel_unpaid,
    confirm_receipt,
    lapse_unpaid,
    place_orders,
    receive_due,
    ship,
)
from tuan.trade.orders.errors import NotNow
from tuan.trade.orders.queries import (
    OrderFilter,
    access_any_order,
    access_order,
    allocations_of,
    count_to_ship,
    counts_of,
    first_of_payables,
    have_bought,
    lines_of,
    of_payable,
    orders_of,
    placed_per_day,
    search_orders,
    to_ship,
)
from tuan.trade.orders.store import add_to_book, load_alone, load_book, save_book, save_draft

__all__ = [
    "NotNow",
    "OrderFilter",
    "access_any_order",
    "access_order",
    "add_to_book",
    "allocations_of",
    "apply_notices",
    "cancel_unpaid",
    "confirm_receipt",
    "count_to_ship",
    "counts_of",
    "first_of_payables",
    "have_bought",
    "lapse_unpaid",
    "lines_of",
    "load_alone",
    "load_book",
    "of_payable",
    "orders_of",
    "place_orders",
    "placed_per_day",
    "receive_due",
    "save_book",
    "save_draft",
    "search_orders",
    "ship",
    "to_ship",
]
