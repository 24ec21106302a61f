"""Double entry: a transfer moves an amount from one account to another, so every row sums to zero by construction."""

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.platform.schema import BIGINT, BOOL, INSTANT, TEXT, UUID, check, column, index, market_table, unique

accounts = market_table(
    "ledger",
    "accounts",
    column("code", TEXT),
    column("asset", TEXT),
    column("balance", BIGINT, default="0"),
    column("may_overdraw", BOOL),
    check("not_overdrawn", "may_overdraw OR balance >= 0"),
    key=("code", "asset"),
)

transfers = market_table(
    "ledger",
    "transfers",
    column("id", UUID),
    column("kind", TEXT),
    column("from_code", TEXT),
    column("to_code", TEXT),
    column("asset", TEXT),
    column("amount", BIGINT),
    column("about", UUID),
    column("at", INSTANT),
    check("amount_in_bounds", f"amount BETWEEN 1 AND {AMOUNT_MINOR_MAX}"),
    check("two_accounts", "from_code <> to_code"),
    unique("kind", "about"),
    index("transfers_at_idx", "at"),
    index("transfers_back_idx", "to_code", "at", where="from_code LIKE 'shop:%' AND to_code LIKE 'supplier:%'"),
    index("transfers_shop_idx", "to_code", "at", where="starts_with(to_code, 'shop:')"),
    key=("id",),
    append_only=True,
)
