"""Giving back what was bought; for now whole orders."""

from tuan.trade.aftersales.actions import cancel, refund_whole, rehome_late
from tuan.trade.aftersales.errors import NotAsShown
from tuan.trade.aftersales.model import give_back
from tuan.trade.aftersales.store import save_cases

__all__ = ["NotAsShown", "cancel", "give_back", "refund_whole", "rehome_late", "save_cases"]
