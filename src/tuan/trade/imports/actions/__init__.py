"""The verbs of imports."""

from tuan.trade.imports.actions.goods import bring_in, read_market
from tuan.trade.imports.actions.invoices import (
    PROVIDER,
    Shop,
    batches,
    bring_in_invoices,
    digest_of,
    finish_refunds,
    list_shop,
)
from tuan.trade.imports.actions.jobs import confirm, drop, forget_old, go_on, upload

__all__ = [
    "PROVIDER",
    "Shop",
    "batches",
    "bring_in",
    "bring_in_invoices",
    "confirm",
    "digest_of",
    "drop",
    "finish_refunds",
    "forget_old",
    "go_on",
    "list_shop",
    "read_market",
    "upload",
]
