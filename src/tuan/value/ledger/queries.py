"""Reads of the ledger, and the invariants that make it one."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tuan.platform.invariants import invariant
from tuan.platform.work import Work

BALANCES_SQL = "SELECT code, asset, balance FROM ledger.accounts WHERE market_id = $1 ORDER BY code, asset"

BALANCES_OF_SQL = (
    "SELECT code, balance FROM ledger.accounts WHERE market_id = $1 AND asset = $2 AND code = ANY($3::text[])"
)

SUMS_TO_ZERO_SQL = invariant(
    "I1",
    "the balances of each asset sum to zero",
    "SELECT asset || ' is off by ' || sum(balance) FROM ledger.accounts WHERE market_id = $1 "
    "GROUP BY asset HAVING sum(balance) <> 0",
)
PROJECTIONS_SQL = invariant(
    "I2",
    "every balance equals the sum of its transfers",
    "SELECT coalesce(a.code, t.code) || ' ' || coalesce(a.asset, t.asset) FROM "
    "(SELECT code, asset, balance FROM ledger.accounts WHERE market_id = $1) a FULL JOIN "
    "(SELECT code, asset, sum(amount) AS balance FROM ("
    "SELECT to_code AS code, asset, amount FROM ledger.transfers WHERE market_id = $1 UNION ALL "
    "SELECT from_code, asset, -amount FROM ledger.transfers WHERE market_id = $1) moves GROUP BY code, asset) t "
    "ON t.code = a.code AND t.asset = a.asset WHERE coalesce(a.balance, 0) <> coalesce(t.balance, 0)",
)
NOT_OVERDRAWN_SQL = invariant(
    "I3",
    "no account of a person or a seller is below zero",
    "SELECT code || ' ' || balance FROM ledger.accounts WHERE market_id = $1 AND balance < 0 AND NOT may_overdraw",
)
BOUNDED_SQL = invariant(
    "I18",
    "every amount is a positive integer within bounds",
    "SELECT id::text FROM ledger.transfers WHERE market_id = $1 AND NOT amount BETWEEN 1 AND 10000000000000",
)


AMOUNTS_ABOUT_SQL = (
    "SELECT t.about, sum(t.amount)::bigint AS amount FROM ledger.transfers t JOIN unnest($2::text[], $3::uuid[]) AS u(kind, about) "
    "ON u.kind = t.kind AND u.about = t.about WHERE t.market_id = $1 AND t.kind = ANY($2) AND t.about = ANY($3) GROUP BY t.about"
)


async def amounts_about(work: Work, kinds: Sequence[str], abouts: Sequence[UUID]) -> dict[UUID, int]:
    """What was booked of these pairs of a kind and a thing, by the thing; of which nothing was, is absent."""
    if not abouts:
        return {}
    return {row["about"]: row["amount"] for row in await work.fetch(AMOUNTS_ABOUT_SQL, list(kinds), list(abouts))}


async def balances(work: Work) -> dict[tuple[str, str], int]:
    """Every balance of the market by (code, asset), in minor units."""
    return {(row["code"], row["asset"]): row["balance"] for row in await work.fetch(BALANCES_SQL)}


async def balances_of(work: Work, codes: Collection[str], asset: str) -> dict[str, int]:
    """The balances of these accounts by code, as they are at this moment; one never used is absent."""
    return {row["code"]: row["balance"] for row in await work.fetch(BALANCES_OF_SQL, asset, list(codes))}
