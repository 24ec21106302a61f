"""Double entry that only adds: postings from → to, balances as their projection."""

from tuan.value.ledger.queries import balances
from tuan.value.ledger.store import save_postings

__all__ = ["balances", "save_postings"]
