"""Balances, payout accounts and withdrawals, as their pages and the providers' news ask for them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.trade.payments.model import Agreed
from tuan.trade.settlement import store, tables
from tuan.trade.settlement.errors import PayoutUnderWay
from tuan.trade.settlement.model import PayeeKind, Rules, held_for
from tuan.value import ledger
from tuan.value.ledger.model import debt_of, payable_of, withdrawing_of

RETURNED_SQL = (
    "SELECT coalesce(sum(amount_minor), 0)::bigint AS returned FROM settlement.withdrawals WHERE market_id = $1 "
    "AND (supplier_id = $2 OR shop_id = $2) AND state = 'returned' AND returned_at >= $3 AND returned_at < $4"
)
PAID_SQL = (
    "SELECT coalesce(sum(amount_minor - short_minor), 0)::bigint AS paid FROM settlement.withdrawals WHERE market_id = $1 "
    "AND (supplier_id = $2 OR shop_id = $2) AND state IN ('paid', 'returned') AND ended_at >= $3 AND ended_at < $4"
)
ACCOUNTS_SQL = (
    "SELECT id, provider, mode, holder, number, state, made_at FROM settlement.accounts "
    "WHERE market_id = $1 AND (supplier_id = $2 OR shop_id = $2) AND state <> 'removed' ORDER BY id"
)
ASKED_BY_SQL = (
    "SELECT id, amount_minor, fee_minor, state, requested_at, ended_at FROM settlement.withdrawals "
    "WHERE market_id = $1 AND requested_by = $2 ORDER BY id"
)
UNDER_WAY_SQL = "SELECT count(*) FROM settlement.withdrawals WHERE market_id = $1 AND requested_by = $2 AND state IN ('requested', 'due')"


@dataclass(frozen=True, slots=True)
class Balance:
    """What a payee may claim, what is on its way to him, what he owes; minor units."""

    payable_minor: int
    withdrawing_minor: int
    debt_minor: int


async def balance_of(work: Work, payee: UUID, *, kind: str = PayeeKind.SUPPLIER) -> Balance:
    """What a payee may claim, what is on its way to him, what he owes."""
    return (await balances_of(work, [payee], kind=kind))[payee]


async def balances_of(work: Work, payees: Collection[UUID], *, kind: str = PayeeKind.SUPPLIER) -> dict[UUID, Balance]:
    """The same of several of one kind, in one statement."""
    codes = {one: (payable_of(kind, one), withdrawing_of(kind, one), debt_of(kind, one)) for one in payees}
    found = await ledger.balances_of(work, [code for three in codes.values() for code in three], work.market.currency)
    balances = {}
    for payee, (payable, withdrawing, debt) in codes.items():
        balances[payee] = Balance(found.get(payable, 0), found.get(withdrawing, 0), -found.get(debt, 0))
    return balances


async def paid_out(work: Work, payee: UUID, since: Instant, until: Instant) -> int:
    """What has left for a payee, less what came back: since ≤ t < until, in minor units; below zero where more came back."""
    paid: int = await work.fetch_value(PAID_SQL, payee, since, until)
    returned: int = await work.fetch_value(RETURNED_SQL, payee, since, until)
    return paid - returned


async def accounts_of(work: Work, payee: UUID) -> list[Any]:
    """Rows of a payee's accounts; their numbers are his to see and others' masked."""
    return await work.fetch(ACCOUNTS_SQL, payee)


def _payee(of: sa.Table) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    kind = sa.case((of.c.shop_id.is_(None), PayeeKind.SUPPLIER.value), else_=PayeeKind.SHOP.value)
    return kind.label("kind"), sa.func.coalesce(of.c.supplier_id, of.c.shop_id).label("payee_id")


async def payout_accounts(work: Work, wanted: Wanted, *, states: Collection[str] = ()) -> Page[Any]:
    """Accounts of all payees (`kind`, `payee_id`), the newest first, with their numbers, which are not to be shown whole."""
    a = tables.accounts
    query = sa.select(a.c.id, *_payee(a), a.c.provider, a.c.mode, a.c.holder, a.c.number, a.c.state, a.c.made_at)
    query = query.where(a.c.market_id == work.market.id)
    if states:
        query = query.where(a.c.state.in_(states))
    return await list_rows(work, query, wanted, sorts={"newest": a.c.id}, key=a.c.id)


async def access_account(work: Work, account: UUID) -> Any:
    """An account; raises Refused(NotFound)."""
    a = tables.accounts
    rows = await work.run(sa.select(a, *_payee(a)).where(a.c.market_id == work.market.id, a.c.id == account))
    if not rows:
        raise Refused(NotFound())
    return rows[0]


async def access_withdrawal(work: Work, withdrawal: UUID, payee: UUID | None = None) -> Any:
    """A withdrawal, of this payee where one is named, with what it is `held_for`; raises Refused(NotFound)."""
    w, a = tables.withdrawals, tables.accounts
    query = sa.select(w, *_payee(w), a.c.state.label("account_state")).join(
        a, (a.c.market_id == w.c.market_id) & (a.c.id == w.c.account_id)
    )
    rows = await work.run(query.where(w.c.market_id == work.market.id, w.c.id == withdrawal))
    if not rows or payee not in (None, rows[0]["payee_id"]):
        raise Refused(NotFound())
    return (await _with_why_held(work, rows))[0]


async def withdrawals(
    work: Work, wanted: Wanted, *, payee: UUID | None = None, states: Collection[str] = ()
) -> Page[Any]:
    """Withdrawals with their accounts and what they are `held_for`, newest first; of one payee or of all."""
    w, a = tables.withdrawals, tables.accounts
    query = (
        sa.select(w.c.id, *_payee(w), w.c.account_id, w.c.amount_minor, w.c.fee_minor, w.c.short_minor, w.c.state, w.c.is_two, w.c.requested_by,
                  w.c.approved_by, w.c.seconded_by, w.c.requested_at, w.c.ended_at, w.c.returned_at, w.c.end_reason, w.c.tries, a.c.provider,
                  a.c.holder, a.c.number, a.c.state.label("account_state"))
        .join(a, (a.c.market_id == w.c.market_id) & (a.c.id == w.c.account_id))
        .where(w.c.market_id == work.market.id)
    )  # fmt: skip
    if payee is not None:
        query = query.where(sa.or_(w.c.supplier_id == payee, w.c.shop_id == payee))
    if states:
        query = query.where(w.c.state.in_(states))
    found = await list_rows(work, query, wanted, sorts={"newest": w.c.id}, key=w.c.id)
    return Page(await _with_why_held(work, found.items), found.next_key, found.count)


async def _with_why_held(work: Work, rows: Collection[Any]) -> list[dict[str, Any]]:
    """The same rows, each with `held_for`: why it is not paid meanwhile, None where nothing holds it."""
    codes = {debt_of(row["kind"], row["payee_id"]) for row in rows}
    debts = await ledger.balances_of(work, codes, work.market.currency)
    return [
        {
            **row,
            "held_for": held_for(
                row["state"], row["account_state"], -debts.get(debt_of(row["kind"], row["payee_id"]), 0)
            ),
        }
        for row in rows
    ]


async def rules(work: Work) -> Rules:
    """The market's rules for withdrawals asked for now."""
    return await store.load_rules(work)


# ── about a person ──
async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: the withdrawals he asked for."""
    return [dict(row) for row in await work.fetch(ASKED_BY_SQL, person)]


async def why_not_forget(work: Work, person: UUID) -> Refusal | None:
    """Refused while money that he asked for is under way."""
    running = await work.fetch_value(UNDER_WAY_SQL, person)
    return PayoutUnderWay(withdrawals=running) if running else None


async def keep(work: Work, person: UUID) -> dict[str, int]:
    """Who asked for a payment belongs to the books, which are kept (E-Commerce Law, art. 31); the person's name is not here."""
    return {"kept": len(await work.fetch(ASKED_BY_SQL, person))}


# ── for comparing with statements ──
BOOKED_TRANSFERS_SQL = (
    "SELECT w.id AS key, w.amount_minor - w.fee_minor AS amount_minor FROM settlement.withdrawals w "
    "JOIN settlement.accounts a ON a.market_id = w.market_id AND a.id = w.account_id "
    "WHERE w.market_id = $1 AND a.provider = $2 AND a.mode <> 'split' AND w.state IN ('paid', 'returned') AND w.id = ANY($3::uuid[])"
)
PAID_BETWEEN_SQL = (
    "SELECT w.id FROM settlement.withdrawals w JOIN settlement.accounts a ON a.market_id = w.market_id "
    "AND a.id = w.account_id WHERE w.market_id = $1 AND a.provider = $2 AND a.mode <> 'split' AND w.state IN ('paid', 'returned') "
    "AND w.ended_at >= $3 AND w.ended_at < $4 AND w.amount_minor > w.fee_minor"
)
AGREED_TRANSFERS_SQL = (
    "SELECT w.id, a.provider, w.amount_minor - w.fee_minor AS amount_minor, w.state FROM settlement.withdrawals w "
    "JOIN settlement.accounts a ON a.market_id = w.market_id AND a.id = w.account_id "
    "WHERE w.market_id = $1 AND w.id = ANY($2::uuid[])"
)


AGREED_SPLITS_SQL = (
    "SELECT s.id, s.withdrawal_id, a.provider, s.amount_minor, s.state FROM settlement.splits s JOIN settlement.withdrawals w "
    "ON w.market_id = $1 AND w.id = s.withdrawal_id JOIN settlement.accounts a ON a.market_id = $1 AND a.id = w.account_id "
    "WHERE s.market_id = $1 AND s.id = ANY($2::uuid[])"
)
BOOKED_SPLITS_SQL = (
    "SELECT s.id AS key, s.withdrawal_id, s.amount_minor FROM settlement.splits s JOIN payments.captures c ON c.market_id = $1 "
    "AND c.id = s.capture_id WHERE s.market_id = $1 AND c.provider = $2 AND s.state = 'done' AND s.id = ANY($3::uuid[])"
)
SPLIT_BETWEEN_SQL = (
    "SELECT s.id FROM settlement.splits s JOIN payments.captures c ON c.market_id = $1 AND c.id = s.capture_id "
    "WHERE s.market_id = $1 AND c.provider = $2 AND s.state = 'done' AND s.ended_at >= $3 AND s.ended_at < $4"
)
RETURNED_TRANSFERS_SQL = (
    "SELECT w.id AS key, w.amount_minor - w.fee_minor AS amount_minor FROM settlement.withdrawals w "
    "JOIN settlement.accounts a ON a.market_id = w.market_id AND a.id = w.account_id "
    "WHERE w.market_id = $1 AND a.provider = $2 AND w.state = 'returned' AND w.id = ANY($3::uuid[])"
)
PARTS_SQL = (
    "SELECT s.id, s.order_id, s.transaction, s.amount_minor, s.state, s.ended_at FROM settlement.splits s "
    "WHERE s.market_id = $1 AND s.withdrawal_id = $2 ORDER BY s.id"
)


async def parts_of(work: Work, withdrawal: UUID) -> list[Any]:
    """From which payments a withdrawal is split, and how each stands; none where it is transferred."""
    return await work.fetch(PARTS_SQL, withdrawal)


async def agreed_splits(work: Work, splits: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of withdrawal_id, provider, amount_minor and state, by split."""
    return {row["id"]: row for row in await work.fetch(AGREED_SPLITS_SQL, list(splits))}


def agreed_of(work: Work, row: Any) -> Agreed:
    """What of such a row the provider was asked for."""
    return Agreed(row["provider"], row["amount_minor"], work.market.currency, row["state"])


async def returned_transfers(work: Work, provider: str, withdrawals: Collection[UUID]) -> list[Any]:
    """Rows of key and amount_minor of those of these withdrawals that came back after this provider had paid them."""
    return await work.fetch(RETURNED_TRANSFERS_SQL, provider, list(withdrawals))


async def booked_splits(work: Work, provider: str, splits: Collection[UUID]) -> list[Any]:
    """Rows of key and amount_minor of those of these splits that this provider has made."""
    return await work.fetch(BOOKED_SPLITS_SQL, provider, list(splits))


async def split_between(work: Work, provider: str, since: Instant, until: Instant) -> list[UUID]:
    """The splits that this provider made in this time."""
    return [row["id"] for row in await work.fetch(SPLIT_BETWEEN_SQL, provider, since, until)]


async def withdrawals_of_splits(work: Work, splits: Collection[UUID]) -> list[UUID]:
    """Whose parts these are."""
    return list({row["withdrawal_id"] for row in (await agreed_splits(work, splits)).values()})


async def agreed_transfers(work: Work, withdrawals: Collection[UUID]) -> dict[UUID, Agreed]:
    """Of whom these withdrawals are asked, for how much (without the fee), and how they stand."""
    rows, currency = await work.fetch(AGREED_TRANSFERS_SQL, list(withdrawals)), work.market.currency
    return {r["id"]: Agreed(r["provider"], r["amount_minor"], currency, r["state"]) for r in rows}


async def booked_transfers(work: Work, provider: str, withdrawals: Collection[UUID]) -> list[Any]:
    """Rows of key and amount_minor (without the fee) of those of these withdrawals that were paid by this provider."""
    return await work.fetch(BOOKED_TRANSFERS_SQL, provider, list(withdrawals))


async def paid_between(work: Work, provider: str, since: Instant, until: Instant) -> list[UUID]:
    """The withdrawals that this provider paid in this time."""
    return [row["id"] for row in await work.fetch(PAID_BETWEEN_SQL, provider, since, until)]
