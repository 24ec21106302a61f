"""The one global order in which rows are locked; whoever locks out of order is stopped by an assertion, not by a deadlock."""

ORDER = (
    "idempotency",
    "staff",
    "buyers",
    "limits",
    "campaigns",
    "teams",
    "seats",
    "stock",
    "allotments",
    "coupons",
    "payables",
    "orders",
    "attempts",
    "refunds",
    "accounts",
)

RANK = {kind: rank for rank, kind in enumerate(ORDER)}


class LockOrderBroken(AssertionError):
    """A transaction asked for a kind of lock that stands before one it already holds."""
