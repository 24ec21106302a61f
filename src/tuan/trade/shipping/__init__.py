"""Parcels: announced to carriers, handed over, and followed until they have arrived."""

from tuan.trade.shipping.actions import announce, hand_over, hear
from tuan.trade.shipping.queries import access_parcel, of_orders, of_supplier, refused_of, scans_of

__all__ = [
    "access_parcel",
    "announce",
    "hand_over",
    "hear",
    "of_orders",
    "of_supplier",
    "refused_of",
    "scans_of",
]
