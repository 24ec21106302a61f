"""Collecting what a checkout owes, and giving it back."""

from tuan.trade.payments.actions import StartAttempt, apply_refund_answers, start_attempts
from tuan.trade.payments.queries import access_attempt, access_payable, pending_among, refunds_of, why_not_close
from tuan.trade.payments.store import (
    add_payables,
    claim_queries,
    load_attempts,
    load_till,
    lock_attempts,
    put_aside,
    save_attempts,
    save_till,
    spent_on,
)

__all__ = [
    "StartAttempt",
    "access_attempt",
    "access_payable",
    "add_payables",
    "apply_refund_answers",
    "claim_queries",
    "load_attempts",
    "load_till",
    "lock_attempts",
    "pending_among",
    "put_aside",
    "refunds_of",
    "save_attempts",
    "save_till",
    "spent_on",
    "start_attempts",
    "why_not_close",
]
