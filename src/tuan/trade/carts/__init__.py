"""What somebody means to buy, of however many suppliers, before he checks out."""

from tuan.trade.carts.actions import put_in_cart, set_units, take_out
from tuan.trade.carts.queries import lines_of
from tuan.trade.carts.store import load_carts, save_carts

__all__ = ["lines_of", "load_carts", "put_in_cart", "save_carts", "set_units", "take_out"]
