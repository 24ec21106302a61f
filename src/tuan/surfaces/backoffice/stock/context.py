"""What the pages of stock know."""

import msgspec

from tuan.surfaces.backoffice.tables import TablePage


class StockPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every SKU with its units."""

    table: TablePage


class SkuStockPage(msgspec.Struct, frozen=True, kw_only=True):
    """One SKU: its units now, and every movement that made them so."""

    title: str
    options: str
    product_url: str
    url: str
    on_hand: int
    held: int
    allotted: int
    free: int
    table: TablePage
    may_adjust: bool
    receive_key: str
    count_key: str
