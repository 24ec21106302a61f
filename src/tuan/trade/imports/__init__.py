"""What a shop brings along as a table, through the same rules as ever: goods, stock, past orders."""

from tuan.trade.imports.actions import (
    PROVIDER,
    Shop,
    batches,
    bring_in,
    bring_in_invoices,
    confirm,
    digest_of,
    drop,
    finish_refunds,
    go_on,
    list_shop,
    read_market,
    upload,
)
from tuan.trade.imports.queries import access_job, jobs, lines

__all__ = [
    "PROVIDER",
    "Shop",
    "access_job",
    "batches",
    "bring_in",
    "bring_in_invoices",
    "confirm",
    "digest_of",
    "drop",
    "finish_refunds",
    "go_on",
    "jobs",
    "lines",
    "list_shop",
    "read_market",
    "upload",
]
