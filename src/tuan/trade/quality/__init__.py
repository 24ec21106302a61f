"""How well suppliers do what they promise."""

from tuan.trade.quality.actions import count
from tuan.trade.quality.queries import of_suppliers, search

__all__ = ["count", "of_suppliers", "search"]
