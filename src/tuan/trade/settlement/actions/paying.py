"""Terms, debts, accounts, and what is paid out."""

from collections.abc import Sequence
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of, start_of
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.work import Work, trace
from tuan.trade.settlement import model, queries, store
from tuan.trade.settlement.actions.ending import book_back, give_back, hasten_withdrawals
from tuan.trade.settlement.actions.splitting import draw, hold_parts, lock_sources
from tuan.trade.settlement.errors import AmountInvalid, NotThisState, PaidDirect
from tuan.trade.settlement.model import (
    ACCOUNT,
    ACCOUNT_ID,
    PAYOUT_ID,
    PERMYRIAD,
    AccountState,
    PayeeKind,
    Recall,
    Rules,
    Terms,
    WithdrawalState,
)
from tuan.value import ledger
from tuan.value.ledger.model import (
    BUYERS_COMPENSATION,
    BY_HAND,
    PLATFORM_INCOME,
    PREPAYMENT,
    REFUNDS_PAYABLE,
    Postings,
    bearer_discounts,
    payable_of,
    provider_clearing,
    supplier_debt,
    supplier_payable,
    withdrawing_of,
)

RECALLED = "after-sale"
"""Why a supplier is charged for what was settled and went back to the buyer."""


# ── terms and rules ──
async def set_terms(work: Work, supplier: UUID, terms: Terms, *, reason: str) -> Refusal | None:
    """From now on placed orders of this supplier have these terms. Audited."""
    if refusal := model.why_not_terms(terms):
        return refusal
    before = (await store.load_terms(work, [supplier])).at(supplier, work.now)
    row = store.TermsRow(supplier, work.now, terms.fee_permyriad, terms.withheld_permyriad)
    await work.write(store.INSERT_TERMS, [row])
    await audit.record(work, "settlement.set_terms", SUPPLIER.show(supplier), reason=reason,
                       before={"fee": before.fee_permyriad, "withheld": before.withheld_permyriad},
                       after={"fee": terms.fee_permyriad, "withheld": terms.withheld_permyriad})  # fmt: skip
    return None


async def set_rules(work: Work, rules: Rules, *, reason: str) -> Refusal | None:
    """Minimum, fee and the limit above which two persons must agree, for withdrawals asked for from now on. Audited."""
    if refusal := model.why_not_rules(rules):
        return refusal
    before = await store.load_rules(work)
    await work.execute(
        store.SET_RULES_SQL, rules.min_minor, rules.fee_permyriad, rules.two_above_minor, rules.claim_days
    )
    await audit.record(work, "settlement.set_rules", "rules", reason=reason, before=_told(before), after=_told(rules))
    return None


def _told(rules: Rules) -> dict[str, int]:
    return {"min": rules.min_minor, "fee": rules.fee_permyriad, "two_above": rules.two_above_minor,
            "claim_days": rules.claim_days}  # fmt: skip


# ── debts ──
async def charge(work: Work, supplier: UUID, amount_minor: int, *, reason: str) -> Refusal | None:
    """The supplier owes the market this much: taken from what he may claim, the rest is his debt, which what comes in
    repays first and which stops every withdrawal. Audited."""
    if not 0 < amount_minor <= AMOUNT_MINOR_MAX:
        return AmountInvalid(most_minor=AMOUNT_MINOR_MAX)
    wallet = await store.load_wallet(work, supplier, PLATFORM_INCOME)
    taken = min(amount_minor, wallet.payable_minor)
    row = store.ChargeRow(new_uuid(), supplier, amount_minor, amount_minor - taken, reason, work.now)
    postings, asset = Postings(), work.market.currency
    if taken:
        postings.post("charge", supplier_payable(supplier), PLATFORM_INCOME, asset, taken, row.id)
    if row.debt_minor:
        postings.post("charge_owed", supplier_debt(supplier), PLATFORM_INCOME, asset, row.debt_minor, row.id)
    await work.write(store.INSERT_CHARGES, [row])
    await ledger.save_postings(work, postings)
    await audit.record(work, "settlement.charge", SUPPLIER.show(supplier), reason=reason, before=_shown(wallet),
                       after={"charged": amount_minor, "owed": row.debt_minor})  # fmt: skip
    return None


async def charge_for_buyer(
    work: Work, postings: Postings, supplier: UUID, amount_minor: int, about: UUID, *, reason: str
) -> None:
    """The supplier owes a buyer this much: charged like what he owes the market, and owed on until it is paid out.

    Booked with the caller's `postings`; every account that a refund beside it moves is locked here, in one statement.
    """
    wallet = await store.load_wallet(work, supplier, BUYERS_COMPENSATION, PREPAYMENT, REFUNDS_PAYABLE)
    taken, asset = min(amount_minor, wallet.payable_minor), work.market.currency
    row = store.ChargeRow(new_uuid(), supplier, amount_minor, amount_minor - taken, reason, work.now)
    if taken:
        postings.post("compensation", supplier_payable(supplier), BUYERS_COMPENSATION, asset, taken, about)
    if row.debt_minor:
        postings.post("compensation_owed", supplier_debt(supplier), BUYERS_COMPENSATION, asset, row.debt_minor, about)
    await work.write(store.INSERT_CHARGES, [row])


async def recall(work: Work, postings: Postings, recalls: Sequence[Recall]) -> None:
    """What was settled goes back to buyers after all: from what each supplier may claim, and the rest becomes his debt; of an
    order that was paid to him directly from his own account there, which gives the refund.

    Booked with the caller's `postings`; every account that the refunds beside it move is locked here, in one statement.
    What others bore of these goods goes back to them, since the buyer has his coupon and his points again. The market's fee
    and what was withheld stay as they were: the goods were sold, and what is wrong with them is his.
    """
    if not recalls:
        return
    kept = await store.load_kept(work, {one.order_id for one in recalls})
    lines = {order: {line.number: line for line in some} for order, some in kept.items()}
    parts = {one.case_id: model.recall_borne(lines[one.order_id], one.parts) for one in recalls}
    asset, suppliers = work.market.currency, {one.supplier_id for one in recalls}
    direct = await queries.paid_directly(work, lines)
    taken_by = await queries.taken_by(work, direct)
    clearing = {order: provider_clearing(taken_by.get(order, BY_HAND)) for order in direct}
    codes = [code for one in suppliers for code in (supplier_payable(one), supplier_debt(one))]
    codes += {bearer_discounts(bearer) for some in parts.values() for bearer in some}
    found = await ledger.lock_balances(work, [*codes, *clearing.values(), PREPAYMENT, REFUNDS_PAYABLE], asset)
    left = {one: found.get(supplier_payable(one), 0) for one in suppliers}
    rows = []
    for one in recalls:
        borne, owed = parts[one.case_id], 0
        whole = one.amount_minor + sum(borne.values())
        if whole and one.order_id in direct:
            code = supplier_payable(one.supplier_id)
            postings.post("direct_back", clearing[one.order_id], code, asset, whole, one.case_id)
            left[one.supplier_id] += whole
        back = {f"borne_back_{bearer}": (bearer_discounts(bearer), minor) for bearer, minor in borne.items()}
        for kind, (code, minor) in ({"recall": (PREPAYMENT, one.amount_minor)} | back).items():
            taken = min(minor, left[one.supplier_id])
            left[one.supplier_id] -= taken
            owed += minor - taken
            if taken:
                postings.post(kind, supplier_payable(one.supplier_id), code, asset, taken, one.case_id)
            if minor > taken:
                postings.post(f"{kind}_owed", supplier_debt(one.supplier_id), code, asset, minor - taken, one.case_id)
        if whole:
            rows.append(store.RecallRow(one.case_id, one.order_id, one.supplier_id, one.amount_minor, owed,
                                        sum(borne.values()), work.now))  # fmt: skip
    await work.write(store.INSERT_RECALLS, rows)
    charges = [
        store.ChargeRow(r.case_id, r.supplier_id, r.amount_minor + r.borne_minor, r.debt_minor, RECALLED, r.at)
        for r in rows
    ]
    await work.write(store.INSERT_CHARGES, charges)


def _shown(wallet: model.Wallet) -> dict[str, int]:
    return {"payable": wallet.payable_minor, "debt": wallet.debt_minor}


# ── accounts ──
async def add_account(
    work: Work, payee: UUID, provider: str, mode: str, holder: str, number: str, *, kind: PayeeKind = PayeeKind.SUPPLIER
) -> UUID | Refusal:
    """An account to be paid out to; nothing is paid before somebody has checked it. Audited, the number masked."""
    if refusal := model.why_not_account(holder, number, mode):
        return refusal
    row = store.AccountRow(ACCOUNT_ID.new(), *_columns_of(kind, payee), provider, mode, holder.strip(), number.strip(),
                           AccountState.CHECKING, work.now)  # fmt: skip
    await work.write(store.INSERT_ACCOUNTS, [row])
    await audit.record(work, "settlement.add_account", ACCOUNT_ID.show(row.id), reason="payout account", before={},
                       after={"provider": provider, "mode": mode, "number": model.masked(row.number)})  # fmt: skip
    return row.id


def _columns_of(kind: str, payee: UUID) -> tuple[UUID | None, UUID | None]:
    return (payee, None) if kind == PayeeKind.SUPPLIER else (None, payee)


async def move_account(work: Work, account: UUID, after: AccountState, *, reason: str) -> Refusal | None:
    """Check it, restrict it, open it again, refuse or remove it. Audited."""
    found = await store.load_account(work, account, to_move=True)
    if found is None:
        return NotFound()
    if not ACCOUNT.allows(found.state, after):
        return NotThisState(state=found.state)
    await work.execute(store.MOVE_ACCOUNT_SQL, account, found.state, after)
    await audit.record(work, "settlement.move_account", ACCOUNT_ID.show(account), reason=reason,
                       before={"state": found.state}, after={"state": after})  # fmt: skip
    return None


async def show_number(work: Work, account: UUID, *, reason: str) -> str | Refusal:
    """An account's whole number, for whoever checks it. Audited; the number itself is not in the audit."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    found = await store.load_account(work, account)
    if found is None:
        return NotFound()
    await audit.record(work, "settlement.show_number", ACCOUNT_ID.show(account), reason=reason, before={}, after={})
    return found.number


# ── withdrawals ──
async def withdraw(work: Work, payee: UUID, account: UUID, amount_minor: int, person: UUID) -> UUID | Refusal:
    """Ask for money, to an account of this payee's own: it leaves the balance at once and waits for somebody's consent. The
    market's merchant has his money already.

    To an account that is paid by splitting it is drawn from what buyers paid by that provider lately.
    """
    named = await store.read_account(work, account)
    if named is None or named.payee_id != payee:
        return NotFound()
    if payee == await parties.merchant(work):
        return PaidDirect()
    known = await lock_sources(work, named) if named.is_split else set()
    found = await store.load_account(work, account)
    assert found is not None
    out = withdrawing_of(found.kind, payee)
    rules, wallet = await store.load_rules(work), await store.load_wallet(work, payee, out, kind=found.kind)
    if refusal := model.why_not_withdraw(found, wallet, amount_minor, rules):
        return refusal
    fee = amount_minor * rules.fee_permyriad // PERMYRIAD
    parts = await draw(work, found, known, amount_minor - fee) if found.is_split else []
    if isinstance(parts, Refusal):
        return parts
    # After this point it must succeed.
    zone = work.market.time_zone
    asked = await store.asked_since(work, payee, start_of(day_of(work.now, zone), zone))
    row = store.WithdrawalRow(
        PAYOUT_ID.new(), *_columns_of(found.kind, payee), account, amount_minor, fee, WithdrawalState.REQUESTED,
        model.needs_two(amount_minor, asked, rules), person, work.now, trace.get(),
    )  # fmt: skip
    await work.write(store.INSERT_WITHDRAWALS, [row])
    await hold_parts(work, row.id, parts)
    await _book(work, row.id, [("withdrawal", payable_of(found.kind, payee), out, amount_minor)])
    return row.id


async def approve(work: Work, withdrawal: UUID, person: UUID, *, reason: str) -> Refusal | None:
    """Agree; above the limit a second person has to. Then the provider is asked to pay. Audited.

    Account and balance are locked with it: whoever restricts the one or makes a debt comes before, and it is refused,
    or after, and it is held (`store.CLAIM_WITHDRAWALS_SQL`).
    """
    if (goes_to := await store.paid_to(work, withdrawal)) is None:
        return NotFound()
    account, found = await store.load_account(work, goes_to), await store.lock_withdrawal(work, withdrawal)
    assert account is not None and found is not None
    debt = await store.load_debt(work, found.payee_id, found.kind)
    if refusal := model.why_not_approve(found, account.state, debt, person):
        return refusal
    is_last = not found.is_two or found.approved_by is not None
    await work.execute(store.APPROVE_SQL, withdrawal, person, is_last, work.now)
    await audit.record(work, "settlement.approve", PAYOUT_ID.show(withdrawal), reason=reason,
                       before={"state": found.state}, after={"state": "due" if is_last else "requested"})  # fmt: skip
    return None


async def reject(work: Work, withdrawal: UUID, *, reason: str) -> Refusal | None:
    """Do not pay: the money is back in the balance, where a debt takes it first. Audited."""
    found = await store.lock_withdrawal(work, withdrawal)
    if found is None:
        return NotFound()
    if refusal := model.why_not_reject(found):
        return refusal
    await work.execute(store.REJECT_SQL, withdrawal, work.now, reason)
    await work.execute(store.RELEASE_SPLITS_SQL, withdrawal, work.now)
    postings = Postings()
    give_back(postings, work.market.currency, found.kind, found.payee_id, found.amount_minor, withdrawal)
    await book_back(work, postings, {(found.kind, found.payee_id)})
    await audit.record(work, "settlement.reject", PAYOUT_ID.show(withdrawal), reason=reason,
                       before={"state": found.state}, after={"state": "rejected"})  # fmt: skip
    return None


async def look_up(work: Work, withdrawal: UUID, *, reason: str) -> Refusal | None:
    """Have the provider asked now what became of what it was asked for; nothing is asked for twice by it. Audited."""
    found = await store.lock_withdrawal(work, withdrawal)
    if found is None:
        return NotFound()
    if refusal := model.why_not_look_up(found):
        return refusal
    await hasten_withdrawals(work, [withdrawal])
    await audit.record(work, "settlement.look_up", PAYOUT_ID.show(withdrawal), reason=reason,
                       before={"tries": found.tries}, after={"asked": "now"})  # fmt: skip
    return None


async def _book(work: Work, about: UUID, moves: Sequence[tuple[str, str, str, int]]) -> None:
    postings = Postings()
    for kind, from_code, to_code, amount in moves:
        postings.post(kind, from_code, to_code, work.market.currency, amount, about)
    await ledger.save_postings(work, postings)
