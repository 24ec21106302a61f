"""What a shop brings along: its past orders, from a file, through the same rules as new ones."""

from tuan.imports.orders import import_orders

__all__ = ["import_orders"]
