"""Giving back what was bought: whole orders, and single lines and units by cases that both sides answer."""

from tuan.trade.aftersales.actions import (
    OpenCase,
    agree,
    cancel,
    confirm,
    decide,
    dispute,
    end_due,
    open_case,
    preview,
    receive,
    refund_whole,
    refuse,
    rehome_late,
    say,
    send,
    send_back,
    withdraw,
)
from tuan.trade.aftersales.errors import AskInvalid, NotAsShown
from tuan.trade.aftersales.model import give_back
from tuan.trade.aftersales.queries import (
    access_case,
    cases_of,
    count_waiting,
    heard,
    lines_of,
    messages_of,
    search_cases,
)
from tuan.trade.aftersales.store import save_cases

__all__ = [
    "AskInvalid",
    "NotAsShown",
    "OpenCase",
    "access_case",
    "agree",
    "cancel",
    "cases_of",
    "confirm",
    "count_waiting",
    "decide",
    "dispute",
    "end_due",
    "give_back",
    "heard",
    "lines_of",
    "messages_of",
    "open_case",
    "preview",
    "receive",
    "refund_whole",
    "refuse",
    "rehome_late",
    "save_cases",
    "say",
    "search_cases",
    "send",
    "send_back",
    "withdraw",
]
