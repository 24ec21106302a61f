"""All SQL that writes settlement."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.settlement import tables
from tuan.trade.settlement.model import (
    DEFAULT_RULES,
    DEFAULT_TERMS,
    Claim,
    Cut,
    KeptLine,
    PayeeKind,
    PayoutAccount,
    Rules,
    Terms,
    Wallet,
    Withdrawal,
)
from tuan.value import ledger
from tuan.value.ledger.model import debt_of, payable_of

INSERT_CLAIMS = bulk.insert(
    tables.claims, "order_id", "line_number", "supplier_id", "kept_minor", "borne_minor", "fee_minor", "cut_minor",
    "withheld_minor", "share_minor", "settled_at", "is_direct",
)  # fmt: skip
INSERT_CUTS = bulk.insert(tables.cuts, "id", "order_id", "line_number", "kind", "code", "amount_minor")
INSERT_HOLDS = bulk.insert(tables.holds, "order_id", "line_number", "case_id")
INSERT_TERMS = bulk.insert(tables.terms, "supplier_id", "since", "fee_permyriad", "withheld_permyriad")
INSERT_ACCOUNTS = bulk.insert(
    tables.accounts, "id", "supplier_id", "shop_id", "provider", "mode", "holder", "number", "state", "made_at"
)
INSERT_WITHDRAWALS = bulk.insert(
    tables.withdrawals, "id", "supplier_id", "shop_id", "account_id", "amount_minor", "fee_minor", "state", "is_two",
    "requested_by", "requested_at", "trace",
)  # fmt: skip
INSERT_SPLITS = bulk.insert(
    tables.splits, "id", "withdrawal_id", "order_id", "capture_id", "transaction", "amount_minor", "state"
)
INSERT_RECALLS = bulk.insert(
    tables.recalls, "case_id", "order_id", "supplier_id", "amount_minor", "debt_minor", "borne_minor", "at"
)
INSERT_CHARGES = bulk.insert(tables.charges, "id", "supplier_id", "amount_minor", "debt_minor", "reason", "at")

DUE_SQL = (
    "SELECT o.id FROM orders.orders o WHERE o.market_id = $1 AND o.state = 'received' AND o.received_at <= $2 "
    "AND NOT EXISTS (SELECT FROM settlement.holds h WHERE h.market_id = o.market_id AND h.order_id = o.id) "
    "AND get_byte(uuid_send(o.id), 15) % $4 = $5 ORDER BY o.received_at LIMIT $3"
)
HELD_SQL = "SELECT DISTINCT order_id FROM settlement.holds WHERE market_id = $1 AND order_id = ANY($2::uuid[])"
LINES_SQL = (
    "SELECT order_id, number, amount_minor, freight_minor, refunded_minor, lowered_minor, units, returned_units, "
    "refunded_freight_minor FROM orders.lines "
    "WHERE market_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY order_id, number"
)
# A month's coupon is one organisation's, whose account bears it (`organisation_bearer`).
BORNE_SQL = (
    "SELECT a.order_id, a.line_number, a.bearer || coalesce(':' || m.organisation_id, '') AS bearer, "
    "sum(a.amount_minor)::bigint AS amount_minor FROM orders.allocations a "
    "LEFT JOIN promotions.coupons c ON c.market_id = $1 AND c.id = a.source_id AND a.bearer = 'organisation' "
    "LEFT JOIN membership.months m ON m.market_id = $1 AND m.template_id = c.template_id "
    "WHERE a.market_id = $1 AND a.order_id = ANY($2::uuid[]) AND a.bearer <> 'supplier' "
    "GROUP BY a.order_id, a.line_number, a.bearer, m.organisation_id"
)
CUTS_SQL = (
    "SELECT order_id, line_number, id, kind, code, amount_minor FROM settlement.cuts "
    "WHERE market_id = $1 AND order_id = ANY($2::uuid[])"
)
TERMS_SQL = (
    "SELECT supplier_id, since, fee_permyriad, withheld_permyriad FROM settlement.terms "
    "WHERE market_id = $1 AND supplier_id = ANY($2::uuid[]) ORDER BY supplier_id, since"
)
PLACED_SQL = (
    "SELECT id, supplier_id, state, placed_at FROM orders.orders "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
FREE_LINES_SQL = "DELETE FROM settlement.holds WHERE market_id = $1 AND case_id = ANY($2::uuid[])"
RULES_SQL = "SELECT min_minor, fee_permyriad, two_above_minor, claim_days FROM settlement.rules WHERE market_id = $1"
SET_RULES_SQL = (
    "INSERT INTO settlement.rules (market_id, min_minor, fee_permyriad, two_above_minor, claim_days) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (market_id) DO UPDATE SET min_minor = $2, fee_permyriad = $3, "
    "two_above_minor = $4, claim_days = $5"
)
PAYEE = "CASE WHEN shop_id IS NULL THEN 'supplier' ELSE 'shop' END AS kind, coalesce(supplier_id, shop_id) AS payee_id"
ACCOUNT_SQL = (
    f"SELECT id, {PAYEE}, provider, mode, holder, number, state FROM settlement.accounts "
    "WHERE market_id = $1 AND id = $2"
)
LOCK_ACCOUNT_SQL = f"{ACCOUNT_SQL} FOR UPDATE"
SHARE_ACCOUNT_SQL = f"{ACCOUNT_SQL} FOR SHARE"
MOVE_ACCOUNT_SQL = "UPDATE settlement.accounts SET state = $4 WHERE market_id = $1 AND id = $2 AND state = $3"
PAID_TO_SQL = "SELECT account_id FROM settlement.withdrawals WHERE market_id = $1 AND id = $2"
ASKED_SINCE_SQL = (
    "SELECT coalesce(sum(amount_minor - short_minor), 0)::bigint FROM settlement.withdrawals WHERE market_id = $1 "
    "AND (supplier_id = $2 OR shop_id = $2) AND requested_at >= $3 AND state IN ('requested', 'due', 'paid')"
)
LOCK_WITHDRAWAL_SQL = (
    f"SELECT id, {PAYEE}, account_id, amount_minor, fee_minor, state, requested_by, approved_by, is_two, tries "
    "FROM settlement.withdrawals WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
APPROVE_SQL = (
    "UPDATE settlement.withdrawals SET approved_by = coalesce(approved_by, $3), "
    "seconded_by = CASE WHEN approved_by IS NOT NULL THEN $3::uuid END, "
    "state = CASE WHEN $4::boolean THEN 'due' ELSE state END, "
    "next_attempt_at = CASE WHEN $4::boolean THEN $5::timestamptz END "
    "WHERE market_id = $1 AND id = $2 AND state = 'requested'"
)
REJECT_SQL = (
    "UPDATE settlement.withdrawals SET state = 'rejected', ended_at = $3, end_reason = $4, next_attempt_at = NULL "
    "WHERE market_id = $1 AND id = $2 AND (state = 'requested' OR state = 'due' AND tries = 0)"
)
# Nothing begins to go to an account that is not active or to somebody who owes; what was asked for before is asked about.
CLAIM_WITHDRAWALS_SQL = (
    "WITH due AS MATERIALIZED (SELECT w.id, a.provider, a.mode, a.holder, a.number, "
    "a.state <> 'active' OR coalesce(d.balance, 0) < 0 AS is_held FROM settlement.withdrawals w "
    "JOIN settlement.accounts a ON a.market_id = $1 AND a.id = w.account_id "
    "LEFT JOIN ledger.accounts d ON d.market_id = $1 AND d.asset = $4 "
    "AND d.code = coalesce('supplier:' || w.supplier_id, 'shop:' || w.shop_id) || ':debt' "
    "WHERE w.market_id = $1 AND w.state = 'due' AND w.next_attempt_at <= $2 "
    "AND (w.tries > 0 OR a.state = 'active' AND coalesce(d.balance, 0) >= 0) "
    "ORDER BY w.next_attempt_at LIMIT $3 FOR UPDATE OF w SKIP LOCKED) "
    "UPDATE settlement.withdrawals AS w SET tries = w.tries + 1, "
    "next_attempt_at = $2 + interval '30 seconds' * (1 << least(w.tries, 9)) FROM due "
    "WHERE w.market_id = $1 AND w.id = ANY(ARRAY(SELECT id FROM due)) AND w.id = due.id "
    "RETURNING w.id, w.amount_minor - w.fee_minor AS amount_minor, w.trace, w.tries, due.provider, due.mode, due.holder, due.number, "
    "due.is_held"
)
OPEN_SPLITS_SQL = (
    "SELECT id, withdrawal_id, transaction, amount_minor FROM settlement.splits "
    "WHERE market_id = $1 AND withdrawal_id = ANY($2::uuid[]) AND state = 'held' ORDER BY id LIMIT $3"
)
UNCLAIM_WITHDRAWALS_SQL = (
    "UPDATE settlement.withdrawals SET tries = tries - 1, next_attempt_at = $3 "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) AND state = 'due'"
)
RELEASE_SPLITS_SQL = "UPDATE settlement.splits SET state = 'released', ended_at = $3 WHERE market_id = $1 AND withdrawal_id = $2 AND state = 'held'"
LOCK_WITHDRAWALS_SQL = (
    "SELECT id FROM settlement.withdrawals WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
END_SPLITS_SQL = (
    "UPDATE settlement.splits AS s SET state = u.state, provider_ref = u.provider_ref, ended_at = $5 "
    "FROM unnest($2::uuid[], $3::text[], $4::text[]) AS u(id, state, provider_ref), settlement.withdrawals w "
    "WHERE s.market_id = $1 AND s.id = ANY($2) AND s.id = u.id AND s.state = 'held' AND w.market_id = $1 "
    "AND w.id = s.withdrawal_id AND w.state = 'due' RETURNING s.withdrawal_id"
)
END_SPLIT_WITHDRAWALS_SQL = (
    "WITH ended AS MATERIALIZED (SELECT withdrawal_id, coalesce(sum(amount_minor) FILTER (WHERE state = 'done'), 0) AS done, "
    "coalesce(sum(amount_minor) FILTER (WHERE state = 'failed'), 0) AS failed FROM settlement.splits WHERE market_id = $1 "
    "AND withdrawal_id = ANY($2::uuid[]) GROUP BY withdrawal_id HAVING NOT bool_or(state = 'held')) "
    "UPDATE settlement.withdrawals AS w SET state = CASE WHEN e.done > 0 THEN 'paid' ELSE 'failed' END, "
    "fee_minor = CASE WHEN e.done > 0 THEN div(w.fee_minor * e.done, e.done + e.failed) ELSE w.fee_minor END, short_minor = "
    "CASE WHEN e.done > 0 THEN w.amount_minor - div(w.fee_minor * e.done, e.done + e.failed) - e.done ELSE 0 END, ended_at = $3, next_attempt_at = NULL, "
    "end_reason = CASE WHEN e.done > 0 THEN 'paid' ELSE 'failed' END FROM ended e, settlement.accounts a "
    "WHERE w.market_id = $1 AND w.id = ANY($2) AND w.id = e.withdrawal_id AND w.state = 'due' AND a.market_id = $1 "
    "AND a.id = w.account_id RETURNING w.id, CASE WHEN w.shop_id IS NULL THEN 'supplier' ELSE 'shop' END AS kind, "
    "coalesce(w.supplier_id, w.shop_id) AS payee_id, w.amount_minor, w.fee_minor, w.short_minor, w.state, a.provider"
)
HASTEN_SQL = (
    "UPDATE settlement.withdrawals SET tries = greatest(tries, 1), next_attempt_at = $3 "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) AND state = 'due'"
)
FINISH_SQL = (
    "UPDATE settlement.withdrawals AS w SET state = CASE WHEN w.state = 'due' THEN u.state ELSE 'returned' END, "
    "ended_at = coalesce(w.ended_at, $5), returned_at = CASE WHEN w.state = 'paid' THEN $5::timestamptz END, "
    "next_attempt_at = NULL, provider_ref = u.provider_ref, "
    "end_reason = CASE WHEN w.state = 'due' THEN u.state ELSE 'returned' END "
    "FROM unnest($2::uuid[], $3::text[], $4::text[], $6::bigint[], $7::text[], $8::text[]) "
    "AS u(id, state, provider_ref, told_minor, provider, currency), settlement.accounts a "
    "WHERE w.market_id = $1 AND w.id = ANY($2) AND w.id = u.id "
    "AND (w.state = 'due' OR w.state = 'paid' AND u.state = 'failed') "
    "AND coalesce(u.told_minor, w.amount_minor - w.fee_minor) = w.amount_minor - w.fee_minor "
    "AND u.currency IN ('', $9) AND a.market_id = $1 AND a.id = w.account_id AND a.provider = u.provider AND a.mode <> 'split' "
    "RETURNING w.id, CASE WHEN w.shop_id IS NULL THEN 'supplier' ELSE 'shop' END AS kind, "
    "coalesce(w.supplier_id, w.shop_id) AS payee_id, w.amount_minor, w.fee_minor, w.short_minor, w.state, a.provider"
)


@dataclass(slots=True)
class CutRow:
    id: UUID
    order_id: UUID
    line_number: int
    kind: str
    code: str
    amount_minor: int


@dataclass(slots=True)
class HoldRow:
    order_id: UUID
    line_number: int
    case_id: UUID


@dataclass(slots=True)
class TermsRow:
    supplier_id: UUID
    since: Instant
    fee_permyriad: int
    withheld_permyriad: int


@dataclass(slots=True)
class AccountRow:
    """Of a supplier or of a shop."""

    id: UUID
    supplier_id: UUID | None
    shop_id: UUID | None
    provider: str
    mode: str
    holder: str
    number: str
    state: str
    made_at: Instant


@dataclass(slots=True)
class WithdrawalRow:
    """For a supplier or for a shop."""

    id: UUID
    supplier_id: UUID | None
    shop_id: UUID | None
    account_id: UUID
    amount_minor: int
    fee_minor: int
    state: str
    is_two: bool
    requested_by: UUID
    requested_at: Instant
    trace: str


@dataclass(slots=True)
class SplitRow:
    """What a withdrawal draws from a payment; held until the provider has moved it, or cannot."""

    id: UUID
    withdrawal_id: UUID
    order_id: UUID
    capture_id: UUID
    transaction: str
    amount_minor: int
    state: str


@dataclass(slots=True)
class ChargeRow:
    id: UUID
    supplier_id: UUID
    amount_minor: int
    debt_minor: int
    reason: str
    at: Instant


@dataclass(slots=True)
class RecallRow:
    case_id: UUID
    order_id: UUID
    supplier_id: UUID
    amount_minor: int
    debt_minor: int
    borne_minor: int
    at: Instant


@dataclass(frozen=True, slots=True)
class Promised:
    """An order as cuts of it are promised: locked, so that it is not settled meanwhile."""

    supplier_id: UUID
    state: str
    placed_at: Instant


async def load_kept(work: Work, orders: Collection[UUID]) -> dict[UUID, list[KeptLine]]:
    """The lines of these orders, which are locked, with what others bear of them and what is promised of them."""
    wanted = list(orders)
    lines = await work.fetch(LINES_SQL, wanted)
    borne: dict[tuple[UUID, int], list[tuple[str, int]]] = defaultdict(list)
    for row in await work.fetch(BORNE_SQL, wanted):
        borne[row["order_id"], row["line_number"]].append((row["bearer"], row["amount_minor"]))
    cuts: dict[tuple[UUID, int], list[Cut]] = defaultdict(list)
    for row in await work.fetch(CUTS_SQL, wanted):
        cut = Cut(row["id"], row["kind"], row["code"], row["amount_minor"])
        cuts[row["order_id"], row["line_number"]].append(cut)
    kept: dict[UUID, list[KeptLine]] = {order: [] for order in wanted}
    for order, number, amount, freight, refunded, *rest in lines:
        where = (order, number)
        kept[order].append(
            KeptLine(order, number, amount, freight, refunded, borne.get(where, ()), cuts.get(where, ()), *rest)
        )
    return kept


class TermsBook:
    """The terms of some suppliers through time."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._of: dict[UUID, list[tuple[Instant, Terms]]] = defaultdict(list)
        for row in rows:
            self._of[row["supplier_id"]].append((row["since"], Terms(row["fee_permyriad"], row["withheld_permyriad"])))

    def at(self, supplier: UUID, placed_at: Instant) -> Terms:
        """Those that stood when the order was placed: terms that change later are not its terms."""
        stood = [terms for since, terms in self._of.get(supplier, ()) if since <= placed_at]
        return stood[-1] if stood else DEFAULT_TERMS


async def load_terms(work: Work, suppliers: Collection[UUID]) -> TermsBook:
    return TermsBook(await work.fetch(TERMS_SQL, list(suppliers)))


async def held_among(work: Work, orders: Collection[UUID]) -> set[UUID]:
    return {row["order_id"] for row in await work.fetch(HELD_SQL, list(orders))}


async def save_claims(work: Work, claims: Sequence[Claim]) -> None:
    """Claims that begin now, one per line and beneficiary."""
    await work.write(INSERT_CLAIMS, claims)


async def lock_orders(work: Work, orders: Collection[UUID]) -> dict[UUID, Promised]:
    rows = await work.lock("orders", PLACED_SQL, list(orders))
    return {row["id"]: Promised(row["supplier_id"], row["state"], row["placed_at"]) for row in rows}


async def load_rules(work: Work) -> Rules:
    row = await work.fetch_one(RULES_SQL)
    return Rules(*row.values()) if row else DEFAULT_RULES


async def read_account(work: Work, account: UUID) -> PayoutAccount | None:
    """Not locked: whose it is, its provider and its mode never change."""
    row = await work.fetch_one(ACCOUNT_SQL, account)
    return PayoutAccount(*row.values()) if row else None


async def load_account(work: Work, account: UUID, *, to_move: bool = False) -> PayoutAccount | None:
    """Locked: shared by those who withdraw to it, alone by the one who moves it."""
    rows = await work.lock("claims", LOCK_ACCOUNT_SQL if to_move else SHARE_ACCOUNT_SQL, account)
    return PayoutAccount(*rows[0].values()) if rows else None


async def lock_withdrawal(work: Work, withdrawal: UUID) -> Withdrawal | None:
    rows = await work.lock("withdrawals", LOCK_WITHDRAWAL_SQL, withdrawal)
    return Withdrawal(*rows[0].values()) if rows else None


async def paid_to(work: Work, withdrawal: UUID) -> UUID | None:
    """The account that it goes to, which never changes; it is locked before the withdrawal."""
    account: UUID | None = await work.fetch_value(PAID_TO_SQL, withdrawal)
    return account


async def asked_since(work: Work, payee: UUID, since: Instant) -> int:
    """What this payee, whose balance is locked, has asked for and not got back, in minor units."""
    asked: int = await work.fetch_value(ASKED_SINCE_SQL, payee, since)
    return asked


async def load_debt(work: Work, payee: UUID, kind: str) -> int:
    """What a payee owes, and nobody makes him owe more until the end of the transaction: his balance is locked first.

    The debt is read after that and not with it, since a first debt is a new row, which a statement that has waited for
    whoever makes it does not see.
    """
    asset, code = work.market.currency, debt_of(kind, payee)
    await ledger.lock_balances(work, [payable_of(kind, payee)], asset)
    return -(await ledger.balances_of(work, [code], asset)).get(code, 0)


async def load_wallet(work: Work, payee: UUID, *others: str, kind: str = PayeeKind.SUPPLIER) -> Wallet:
    """What a payee has and owes, locked in one statement with the `others` that the caller is going to book on."""
    asset = work.market.currency
    codes = [payable_of(kind, payee), debt_of(kind, payee)]
    found = await ledger.lock_balances(work, [*codes, *others], asset)
    return Wallet(found.get(codes[0], 0), -found.get(codes[1], 0))
