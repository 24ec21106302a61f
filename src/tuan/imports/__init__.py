"""What a shop brings along and takes with it: past orders, goods with prices and stock, through the same rules as ever."""

from tuan.imports.listing import export_goods, import_goods
from tuan.imports.orders import import_orders

__all__ = ["export_goods", "import_goods", "import_orders"]
