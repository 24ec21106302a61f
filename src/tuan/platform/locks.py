"""The one global order in which rows are locked; whoever locks out of order is stopped by an assertion, not by a deadlock."""

ORDER = (
    "idempotency",
    "staff",
    "buyers",
    "carts",
    "shops",
    "limits",
    "applications",
    "licences",
    "proposals",
    "parcels",
    "campaigns",
    "teams",
    "seats",
    "stock",
    "allotments",
    "coupons",
    "lots",
    "payables",
    "orders",
    "cases",
    "claims",
    "attempts",
    "refunds",
    "withdrawals",
    "accounts",
    "feeds",
    "sign_offs",
)

RANK = {kind: rank for rank, kind in enumerate(ORDER)}


LOCKED_AT = "locked_at"


def timed(sql: str) -> str:
    """A locking SELECT whose last row says when every lock was granted, so that the clock need not be asked for afterwards.

    Beside FOR UPDATE itself a clock would be read before the lock is waited for; here a row is timed when it was handed out.
    """
    return f"WITH locked AS MATERIALIZED ({sql}) SELECT locked.*, clock_timestamp() AS {LOCKED_AT} FROM locked"


class LockOrderBroken(AssertionError):
    """A transaction asked for a kind of lock that stands before one it already holds."""
