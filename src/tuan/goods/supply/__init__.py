"""Stock that is never oversold: on hand, held, allotted, and a movement row for every change."""

from tuan.goods.supply.actions import allot, receive, why_not_allot
from tuan.goods.supply.queries import free_allotted, free_units
from tuan.goods.supply.store import load_stock, save_stock

__all__ = ["allot", "free_allotted", "free_units", "load_stock", "receive", "save_stock", "why_not_allot"]
