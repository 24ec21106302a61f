"""Double entry that only adds: postings from → to, balances as their projection."""

from tuan.value.ledger.queries import amounts_about, balances, balances_of
from tuan.value.ledger.store import lock_balances, save_postings

__all__ = ["amounts_about", "balances", "balances_of", "lock_balances", "save_postings"]
