"""Presales 预售: a deposit now, the balance in a window later."""

from tuan.play.presale.actions import book_goods, end_offer, fail, give_up, lapse_due, launch_offer, settle_owed
from tuan.play.presale.model import why_not_launch
from tuan.play.presale.queries import access_offer, bookings_of, counts_of, offers_of, owed, search_offers

__all__ = [
    "access_offer",
    "book_goods",
    "bookings_of",
    "counts_of",
    "end_offer",
    "fail",
    "give_up",
    "lapse_due",
    "launch_offer",
    "offers_of",
    "owed",
    "search_offers",
    "settle_owed",
    "why_not_launch",
]
