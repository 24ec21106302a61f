"""Stock that is never oversold: on hand, held, allotted, and a movement row for every change."""

from tuan.goods.supply.actions import allot, correct, receive, why_not_allot
from tuan.goods.supply.queries import free_allotted, free_units, goods_of, levels, movements, stock, stock_of
from tuan.goods.supply.store import load_stock, peek_stock, save_stock

__all__ = [
    "allot",
    "correct",
    "free_allotted",
    "free_units",
    "goods_of",
    "levels",
    "load_stock",
    "movements",
    "peek_stock",
    "receive",
    "save_stock",
    "stock",
    "stock_of",
    "why_not_allot",
]
