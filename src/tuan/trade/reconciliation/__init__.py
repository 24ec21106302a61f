"""Whether what providers state is what we have booked."""

from tuan.trade.reconciliation.actions import (
    expect_statements,
    fetch_statement,
    match_tickets,
    read_statement,
    settle_ticket,
)
from tuan.trade.reconciliation.queries import days, open_count, tickets

__all__ = [
    "days",
    "expect_statements",
    "fetch_statement",
    "match_tickets",
    "open_count",
    "read_statement",
    "settle_ticket",
    "tickets",
]
