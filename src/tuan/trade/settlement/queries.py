"""Reads of settlement, and what must be true of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.trade.payments.model import Agreed
from tuan.trade.settlement import store, tables
from tuan.trade.settlement.errors import PayoutUnderWay
from tuan.trade.settlement.model import KeptLine, PayeeKind, Rules, Terms, held_for
from tuan.value import ledger
from tuan.value.ledger.model import debt_of, payable_of, withdrawing_of

CLAIMED_SQL = invariant(
    "I25",
    "an order that was completed or forfeited has a claim for each of its lines, over exactly what was kept then; no other has any",
    "SELECT 'order ' || o.id FROM orders.orders o LEFT JOIN (SELECT l.order_id, count(*) AS lines, count(c.order_id) AS claimed, "
    "sum(l.amount_minor - l.refunded_minor) AS kept, sum(c.kept_minor) AS shared FROM orders.lines l "
    "LEFT JOIN settlement.claims c ON c.market_id = l.market_id AND c.order_id = l.order_id AND c.line_number = l.number "
    "WHERE l.market_id = $1 GROUP BY l.order_id) x ON x.order_id = o.id WHERE o.market_id = $1 "
    "AND CASE WHEN o.state IN ('completed', 'forfeited') THEN x.lines IS DISTINCT FROM x.claimed OR x.kept + coalesce("
    "(SELECT sum(r.amount_minor) FROM settlement.recalls r WHERE r.market_id = $1 AND r.order_id = o.id), 0) "
    "IS DISTINCT FROM x.shared "
    "ELSE x.claimed > 0 END",
)
BORNE_THROUGH_SQL = (
    "SELECT a.source_id, a.amount_minor, l.order_id, l.number, l.amount_minor, l.freight_minor, l.refunded_minor, "
    "l.lowered_minor, l.units, l.returned_units, l.refunded_freight_minor FROM orders.allocations a JOIN settlement.claims c "
    "ON c.market_id = a.market_id AND c.order_id = a.order_id AND c.line_number = a.line_number JOIN orders.lines l "
    "ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number "
    "WHERE a.market_id = $1 AND a.source_id = ANY($2::uuid[])"
)
RECALLED_SQL = invariant(
    "I58",
    "what was recalled from suppliers is booked, and given back by its case",
    "SELECT 'recall ' || coalesce(r.case_id, t.about) FROM (SELECT case_id, order_id, amount_minor, debt_minor "
    "FROM settlement.recalls WHERE market_id = $1) r FULL JOIN (SELECT about, sum(amount) AS amount, "
    "coalesce(sum(amount) FILTER (WHERE kind = 'recall_owed'), 0) AS debt FROM ledger.transfers WHERE market_id = $1 "
    "AND kind IN ('recall', 'recall_owed') GROUP BY about) t ON t.about = r.case_id "
    "LEFT JOIN aftersales.cases c ON c.market_id = $1 AND c.order_id = r.order_id AND c.id = r.case_id "
    "WHERE (r.amount_minor, r.debt_minor) IS DISTINCT FROM (t.amount, t.debt) OR c.amount_minor IS DISTINCT FROM r.amount_minor",
)
BOOKED_SQL = invariant(
    "I26",
    "what claims share out is what the ledger has booked, order by order",
    "SELECT 'order ' || coalesce(c.order_id, t.about) FROM (SELECT order_id, sum(share_minor) AS share, sum(fee_minor) AS fee, "
    "sum(withheld_minor) AS withheld FROM settlement.claims WHERE market_id = $1 GROUP BY order_id) c FULL JOIN "
    "(SELECT about, sum(amount) FILTER (WHERE kind = 'supplier_share') AS share, sum(amount) FILTER (WHERE kind = 'platform_fee') AS fee, "
    "sum(amount) FILTER (WHERE kind = 'tax_withheld') AS withheld FROM ledger.transfers WHERE market_id = $1 "
    "AND kind IN ('supplier_share', 'platform_fee', 'tax_withheld') GROUP BY about) t ON t.about = c.order_id "
    "WHERE (coalesce(c.share, 0), coalesce(c.fee, 0), coalesce(c.withheld, 0)) IS DISTINCT FROM "
    "(coalesce(t.share, 0), coalesce(t.fee, 0), coalesce(t.withheld, 0))",
)
WITHDRAWN_SQL = invariant(
    "I27",
    "what is on its way out is exactly the withdrawals that have not ended",
    "SELECT coalesce(a.code, w.code) FROM (SELECT code, balance FROM ledger.accounts WHERE market_id = $1 "
    "AND code LIKE '%:withdrawing' AND balance <> 0) a FULL JOIN "
    "(SELECT coalesce('supplier:' || supplier_id, 'shop:' || shop_id) || ':withdrawing' AS code, sum(amount_minor) AS amount "
    "FROM settlement.withdrawals WHERE market_id = $1 AND state IN ('requested', 'due') GROUP BY supplier_id, shop_id) w ON w.code = a.code "
    "WHERE a.balance IS DISTINCT FROM w.amount",
)
ENDED_SQL = invariant(
    "I84",
    "a withdrawal is booked as it stands: out of the balance, paid with its fee, and back where it failed, was refused or came back",
    "SELECT 'withdrawal ' || coalesce(e.id, t.about) FROM (SELECT w.id, x.kind, x.amount FROM settlement.withdrawals w "
    "CROSS JOIN LATERAL (VALUES ('withdrawal', w.amount_minor), "
    "('withdrawal_paid', CASE WHEN w.state IN ('paid', 'returned') THEN w.amount_minor - w.fee_minor END), "
    "('withdrawal_fee', CASE WHEN w.state IN ('paid', 'returned') THEN w.fee_minor END), "
    "('withdrawal_back', CASE WHEN w.state IN ('failed', 'rejected') THEN w.amount_minor END), "
    "('withdrawal_returned', CASE WHEN w.state = 'returned' THEN w.amount_minor - w.fee_minor END), "
    "('withdrawal_fee_back', CASE WHEN w.state = 'returned' THEN w.fee_minor END)) x(kind, amount) "
    "WHERE w.market_id = $1 AND x.amount > 0) e FULL JOIN (SELECT kind, about, amount FROM ledger.transfers "
    "WHERE market_id = $1 AND kind IN ('withdrawal', 'withdrawal_paid', 'withdrawal_fee', 'withdrawal_back', "
    "'withdrawal_returned', 'withdrawal_fee_back')) t ON t.kind = e.kind AND t.about = e.id "
    "WHERE e.amount IS DISTINCT FROM t.amount",
)
HOLDS_LIVE_SQL = invariant(
    "I28",
    "nothing holds a line that was settled",
    "SELECT 'order ' || h.order_id FROM settlement.holds h JOIN settlement.claims c ON c.market_id = h.market_id "
    "AND c.order_id = h.order_id AND c.line_number = h.line_number WHERE h.market_id = $1",
)

SUMS_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(kept_minor), 0)::bigint AS kept, coalesce(sum(borne_minor), 0)::bigint AS borne, "
    "coalesce(sum(fee_minor), 0)::bigint AS fee, coalesce(sum(cut_minor), 0)::bigint AS cut, "
    "coalesce(sum(withheld_minor), 0)::bigint AS withheld, coalesce(sum(share_minor), 0)::bigint AS share "
    "FROM settlement.claims WHERE market_id = $1 AND supplier_id = $2 AND settled_at >= $3 AND settled_at < $4"
)
CHARGED_SQL = (
    "SELECT coalesce(sum(amount_minor), 0)::bigint AS charged FROM settlement.charges "
    "WHERE market_id = $1 AND supplier_id = $2 AND at >= $3 AND at < $4"
)
RETURNED_SQL = (
    "SELECT coalesce(sum(amount_minor), 0)::bigint AS returned FROM settlement.withdrawals WHERE market_id = $1 "
    "AND (supplier_id = $2 OR shop_id = $2) AND state = 'returned' AND returned_at >= $3 AND returned_at < $4"
)
PAID_SQL = (
    "SELECT coalesce(sum(amount_minor), 0)::bigint AS paid FROM settlement.withdrawals WHERE market_id = $1 "
    "AND (supplier_id = $2 OR shop_id = $2) AND state IN ('paid', 'returned') AND ended_at >= $3 AND ended_at < $4"
)
ACCOUNTS_SQL = (
    "SELECT id, provider, mode, holder, number, state, made_at FROM settlement.accounts "
    "WHERE market_id = $1 AND (supplier_id = $2 OR shop_id = $2) AND state <> 'removed' ORDER BY id"
)
TERMS_THROUGH_TIME_SQL = (
    "SELECT since, fee_permyriad, withheld_permyriad FROM settlement.terms "
    "WHERE market_id = $1 AND supplier_id = $2 ORDER BY since DESC LIMIT 50"
)
CHARGES_SQL = (
    "SELECT amount_minor, debt_minor, reason, at FROM settlement.charges "
    "WHERE market_id = $1 AND supplier_id = $2 AND at >= $3 AND at < $4 ORDER BY at DESC LIMIT 200"
)
# By way of the suppliers, whose claims of some days an index finds: all claims of a market are many.
RUNS_SQL = (
    "SELECT (c.settled_at AT TIME ZONE $4)::date AS day, count(DISTINCT c.order_id) AS orders, count(*) AS lines, "
    "sum(c.kept_minor)::bigint AS kept, sum(c.fee_minor)::bigint AS fee, sum(c.cut_minor)::bigint AS cut, "
    "sum(c.withheld_minor)::bigint AS withheld, sum(c.share_minor)::bigint AS share FROM parties.suppliers s "
    "JOIN settlement.claims c ON c.market_id = s.market_id AND c.supplier_id = s.id AND c.settled_at >= $2 AND c.settled_at < $3 "
    "WHERE s.market_id = $1 GROUP BY 1 ORDER BY 1 DESC"
)
ASKED_BY_SQL = (
    "SELECT id, amount_minor, fee_minor, state, requested_at, ended_at FROM settlement.withdrawals "
    "WHERE market_id = $1 AND requested_by = $2 ORDER BY id"
)
UNDER_WAY_SQL = "SELECT count(*) FROM settlement.withdrawals WHERE market_id = $1 AND requested_by = $2 AND state IN ('requested', 'due')"


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one payee in one stretch of time, in minor units; share = kept + borne − fee − cut − withheld."""

    lines: int
    kept: int
    borne: int
    fee: int
    cut: int
    withheld: int
    share: int
    charged: int
    paid: int


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


async def statement_sums(work: Work, supplier: UUID, since: Instant, until: Instant) -> Sums:
    """A payee's statement in one line: since ≤ t < until."""
    row = await work.fetch_one(SUMS_SQL, supplier, since, until)
    assert row is not None
    charged = await work.fetch_value(CHARGED_SQL, supplier, since, until)
    return Sums(**row, charged=charged, paid=await paid_out(work, supplier, since, until))


async def statement_lines(
    work: Work, supplier: UUID, since: Instant, until: Instant, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The lines of a statement, the latest first: order, line, what it was for and how it was shared."""
    c, x = tables.claims, metadata.tables["orders.lines"]
    query = (
        sa.select(c.c.order_id, c.c.line_number, x.c.title, x.c.options, x.c.units, c.c.kept_minor, c.c.borne_minor,
                  c.c.fee_minor, c.c.cut_minor, c.c.withheld_minor, c.c.share_minor, c.c.settled_at)
        .join(x, (x.c.market_id == c.c.market_id) & (x.c.order_id == c.c.order_id) & (x.c.number == c.c.line_number))
        .where(c.c.market_id == work.market.id, c.c.supplier_id == supplier, c.c.settled_at >= since,
               c.c.settled_at < until)
        .order_by(c.c.settled_at.desc(), c.c.order_id.desc(), c.c.line_number.desc())
        .limit(size + 1)
    )  # fmt: skip
    if key := decode_key(after, tuple[Instant, UUID, int]):
        query = query.where(sa.tuple_(c.c.settled_at, c.c.order_id, c.c.line_number) < sa.tuple_(*map(sa.literal, key)))
    return page_of(await work.run(query), size, lambda row: (row["settled_at"], row["order_id"], row["line_number"]))


async def accounts_of(work: Work, payee: UUID) -> list[Any]:
    """Rows of a payee's accounts; their numbers are his to see and others' masked."""
    return await work.fetch(ACCOUNTS_SQL, payee)


def _payee(of: sa.Table) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    kind = sa.case((of.c.shop_id.is_(None), PayeeKind.SUPPLIER.value), else_=PayeeKind.SHOP.value)
    return kind.label("kind"), sa.func.coalesce(of.c.supplier_id, of.c.shop_id).label("payee_id")


async def payout_accounts(work: Work, wanted: Wanted, *, states: Collection[str] = ()) -> Page[Any]:
    """Accounts of all payees (`kind`, `payee_id`), the newest first, with their numbers, which are not to be shown whole."""
    a = tables.accounts
    query = sa.select(a.c.id, *_payee(a), a.c.provider, a.c.holder, a.c.number, a.c.state, a.c.made_at)
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


async def terms_through_time(work: Work, supplier: UUID) -> list[Any]:
    """A supplier's terms, the newest first: since, fee and tax withheld in 1/10,000."""
    return await work.fetch(TERMS_THROUGH_TIME_SQL, supplier)


async def charges_of(work: Work, supplier: UUID, since: Instant, until: Instant) -> list[Any]:
    """What was charged to a supplier and why, the newest first: since ≤ t < until, at most 200."""
    return await work.fetch(CHARGES_SQL, supplier, since, until)


async def runs(work: Work, since: Instant, until: Instant, zone: str) -> list[Any]:
    """What was settled, day by day of this time zone's calendar, the newest first: orders, lines and where the money went."""
    return await work.fetch(RUNS_SQL, since, until, zone)


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
        sa.select(w.c.id, *_payee(w), w.c.account_id, w.c.amount_minor, w.c.fee_minor, w.c.state, w.c.is_two, w.c.requested_by,
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


async def terms_of(work: Work, supplier: UUID) -> Terms:
    """What an order of this supplier would have if it were placed now."""
    return (await store.load_terms(work, [supplier])).at(supplier, work.now)


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
    "WHERE w.market_id = $1 AND a.provider = $2 AND w.state IN ('paid', 'returned') AND w.id = ANY($3::uuid[])"
)
PAID_BETWEEN_SQL = (
    "SELECT w.id FROM settlement.withdrawals w JOIN settlement.accounts a ON a.market_id = w.market_id "
    "AND a.id = w.account_id WHERE w.market_id = $1 AND a.provider = $2 AND w.state IN ('paid', 'returned') "
    "AND w.ended_at >= $3 AND w.ended_at < $4 AND w.amount_minor > w.fee_minor"
)


AGREED_TRANSFERS_SQL = (
    "SELECT w.id, a.provider, w.amount_minor - w.fee_minor AS amount_minor, w.state FROM settlement.withdrawals w "
    "JOIN settlement.accounts a ON a.market_id = w.market_id AND a.id = w.account_id "
    "WHERE w.market_id = $1 AND w.id = ANY($2::uuid[])"
)


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


async def borne_through(work: Work, sources: Collection[UUID]) -> dict[UUID, int]:
    """What the bearers of these discounts (coupons) owe of settled lines, in minor units, by discount: of what was kept only."""
    borne: dict[UUID, int] = {}
    for source, minor, order, number, amount, freight, back, *rest in await work.fetch(
        BORNE_THROUGH_SQL, list(sources)
    ):
        line = KeptLine(order, number, amount, freight, back, (), (), *rest)
        borne[source] = borne.get(source, 0) + line.borne_of(minor)
    return borne
