"""What is for sale: products, SKUs, categories, pictures, and the history of every price."""

from tuan.goods.catalog.actions import NewProduct, add_category, list_products, set_price, take_off
from tuan.goods.catalog.queries import access_product, cards, categories, listed, skus_of
from tuan.goods.catalog.store import load_offers

__all__ = [
    "NewProduct",
    "access_product",
    "add_category",
    "cards",
    "categories",
    "list_products",
    "listed",
    "load_offers",
    "set_price",
    "skus_of",
    "take_off",
]
