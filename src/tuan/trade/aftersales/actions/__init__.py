"""The verbs of aftersales: whole orders, asking, answering."""

from tuan.trade.aftersales.actions.answering import (
    agree,
    confirm,
    decide,
    dispute,
    end_due,
    forget,
    forget_due,
    receive,
    refuse,
    say,
    send,
    send_back,
    withdraw,
)
from tuan.trade.aftersales.actions.foreseeing import preview, preview_whole
from tuan.trade.aftersales.actions.history import Return, record_sales
from tuan.trade.aftersales.actions.opening import OpenCase, open_case, save_asked
from tuan.trade.aftersales.actions.whole import cancel, refund_whole, rehome_late

__all__ = [
    "OpenCase",
    "Return",
    "agree",
    "cancel",
    "confirm",
    "decide",
    "dispute",
    "end_due",
    "forget",
    "forget_due",
    "open_case",
    "preview",
    "preview_whole",
    "receive",
    "record_sales",
    "refund_whole",
    "refuse",
    "rehome_late",
    "save_asked",
    "say",
    "send",
    "send_back",
    "withdraw",
]
