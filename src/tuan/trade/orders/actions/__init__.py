"""The verbs of orders that need nobody above."""

from tuan.trade.orders.actions.buying import (
    load_purse,
    peek_purse,
    place_orders,
    quote,
    save_purse,
    suggest_coupons,
    weigh_coupons,
)
from tuan.trade.orders.actions.declaring import read_declaration
from tuan.trade.orders.actions.giving import grant_coupons, preview_grants, take_coupons, take_gifts
from tuan.trade.orders.actions.moving import (
    apply_notices,
    cancel_unpaid,
    confirm_receipt,
    forget,
    forget_due,
    lapse_unpaid,
    receive_due,
    record_sales,
    ship,
    ship_fetched,
)

__all__ = [
    "apply_notices",
    "cancel_unpaid",
    "confirm_receipt",
    "forget",
    "forget_due",
    "grant_coupons",
    "lapse_unpaid",
    "load_purse",
    "peek_purse",
    "place_orders",
    "preview_grants",
    "quote",
    "read_declaration",
    "receive_due",
    "record_sales",
    "save_purse",
    "ship",
    "ship_fetched",
    "suggest_coupons",
    "take_coupons",
    "take_gifts",
    "weigh_coupons",
]
