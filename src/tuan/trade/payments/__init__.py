"""Collecting what a checkout owes, and giving it back."""

from tuan.trade.payments.actions import StartAttempt, apply_refund_answers, start_attempts
from tuan.trade.payments.queries import access_attempt, access_payable, refunds_of
from tuan.trade.payments.store import load_attempts, load_till, save_till

__all__ = [
    "StartAttempt",
    "access_attempt",
    "access_payable",
    "apply_refund_answers",
    "load_attempts",
    "load_till",
    "refunds_of",
    "save_till",
    "start_attempts",
]
