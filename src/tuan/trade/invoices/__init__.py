"""Invoices 发票: asked for by buyers, issued by suppliers, red where money went back."""

from tuan.trade.invoices.actions import ask_invoice, follow, forget_due, issue, issue_red, refuse, withdraw
from tuan.trade.invoices.queries import count_waiting, lines_of, of_order, of_supplier, reds_due, reds_of

__all__ = [
    "ask_invoice",
    "count_waiting",
    "follow",
    "forget_due",
    "issue",
    "issue_red",
    "lines_of",
    "of_order",
    "of_supplier",
    "reds_due",
    "reds_of",
    "refuse",
    "withdraw",
]
