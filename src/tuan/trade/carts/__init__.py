"""What somebody means to buy, of however many suppliers, before he checks out."""

from tuan.trade.carts.actions import (
    put_in_cart,
    put_sets_in_cart,
    set_sets,
    set_units,
    take_out,
    take_sets_out,
)
from tuan.trade.carts.queries import lines_of, sets_of
from tuan.trade.carts.store import load_carts, save_carts

__all__ = [
    "lines_of",
    "load_carts",
    "put_in_cart",
    "put_sets_in_cart",
    "save_carts",
    "set_sets",
    "set_units",
    "sets_of",
    "take_out",
    "take_sets_out",
]
