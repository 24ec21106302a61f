"""All SQL of the ledger. Transfers are only ever added."""

from collections.abc import Collection

from tuan.platform import bulk
from tuan.platform.work import RowsLost, Work
from tuan.value.ledger.model import Postings, may_overdraw

INSERT_TRANSFERS_SQL = (
    "INSERT INTO ledger.transfers (market_id, at, id, kind, from_code, to_code, asset, amount, about) "
    "SELECT $1, $2, u.* FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::uuid[]) "
    "AS u(id, kind, from_code, to_code, asset, amount, about)"
)
INSERT_TRANSFERS = bulk.Bulk(
    "ledger.transfers", INSERT_TRANSFERS_SQL, ("id", "kind", "from_code", "to_code", "asset", "amount", "about")
)
MAKE_ACCOUNTS_SQL = (
    "INSERT INTO ledger.accounts (market_id, code, asset, may_overdraw) "
    "SELECT $1, u.* FROM unnest($2::text[], $3::text[], $4::boolean[]) AS u(code, asset, may_overdraw) "
    "ON CONFLICT DO NOTHING"
)
LOCK_BALANCES_SQL = (
    "SELECT code, balance FROM ledger.accounts WHERE market_id = $1 AND asset = $2 AND code = ANY($3::text[]) "
    "ORDER BY code FOR UPDATE"
)
LOCK_AND_ADD_SQL = (
    "WITH delta AS (SELECT * FROM unnest($2::text[], $3::text[], $4::bigint[]) AS u(code, asset, amount)), "
    "locked AS (SELECT a.code, a.asset FROM ledger.accounts a JOIN delta d ON d.code = a.code AND d.asset = a.asset "
    "WHERE a.market_id = $1 ORDER BY a.code, a.asset FOR UPDATE OF a) "
    "UPDATE ledger.accounts AS a SET balance = a.balance + d.amount FROM delta d JOIN locked l "
    "ON l.code = d.code AND l.asset = d.asset WHERE a.market_id = $1 AND a.code = d.code AND a.asset = d.asset "
    "RETURNING a.code, a.asset"
)


async def lock_balances(work: Work, codes: Collection[str], asset: str) -> dict[str, int]:
    """The balances of these accounts by code, nobody's to move until the end of the transaction; one never used is absent."""
    return {row["code"]: row["balance"] for row in await work.lock("accounts", LOCK_BALANCES_SQL, asset, list(codes))}


async def save_postings(work: Work, postings: Postings) -> None:
    """Add the transfers and move the balances, the last locks of a transaction; an overdraft stops it (CHECK)."""
    if not postings.transfers:
        return
    await work.write(INSERT_TRANSFERS, postings.transfers, work.now)
    deltas = sorted(postings.deltas().items())
    codes, assets, amounts = [k[0] for k, _ in deltas], [k[1] for k, _ in deltas], [v for _, v in deltas]
    moved = await work.lock("accounts", LOCK_AND_ADD_SQL, codes, assets, amounts)
    if len(moved) < len(deltas):
        await _make_missing(work, {(row["code"], row["asset"]) for row in moved}, deltas)


async def _make_missing(work: Work, there: set[tuple[str, str]], deltas: list[tuple[tuple[str, str], int]]) -> None:
    """First use of an account: make it, then move it; the accounts that were there have moved already."""
    missing = [(k, v) for k, v in deltas if k not in there]
    codes, assets, amounts = [k[0] for k, _ in missing], [k[1] for k, _ in missing], [v for _, v in missing]
    await work.execute(MAKE_ACCOUNTS_SQL, codes, assets, [may_overdraw(code) for code in codes])
    moved = await work.lock("accounts", LOCK_AND_ADD_SQL, codes, assets, amounts)
    if len(moved) < len(missing):
        raise RowsLost(f"{len(moved)} of {len(missing)} ledger accounts")
