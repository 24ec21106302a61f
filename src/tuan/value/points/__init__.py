"""Points in lots with expiry: pending, active, spent or expired; given back to the lots they came from."""

from tuan.value.points.actions import (
    Bought,
    Led,
    deduct,
    expire_due,
    follow,
    follow_leaders,
    grant,
    lock_wallet,
    reward,
    set_terms,
)
from tuan.value.points.queries import Balance, Undone, balance, entries, expiring, out, preview
from tuan.value.points.store import load_lots, load_terms, save_lots

__all__ = [
    "Balance",
    "Bought",
    "Led",
    "Undone",
    "balance",
    "deduct",
    "entries",
    "expire_due",
    "expiring",
    "follow",
    "follow_leaders",
    "grant",
    "load_lots",
    "load_terms",
    "lock_wallet",
    "out",
    "preview",
    "reward",
    "save_lots",
    "set_terms",
]
