"""Terms, debts, accounts, and what is paid out."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of, start_of
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.gateways.payment import TransferAnswer, TransferState
from tuan.platform.work import Work, trace
from tuan.trade import payments
from tuan.trade.payments.model import Agreed, QuarantineReason, why_aside
from tuan.trade.settlement import facts, model, queries, store
from tuan.trade.settlement.actions.sharing import repay
from tuan.trade.settlement.errors import AmountInvalid, NotThisState
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
    """What was settled goes back to buyers after all: from what each supplier may claim, and the rest becomes his debt.

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
    codes = [code for one in suppliers for code in (supplier_payable(one), supplier_debt(one))]
    codes += {bearer_discounts(bearer) for some in parts.values() for bearer in some}
    found = await ledger.lock_balances(work, [*codes, PREPAYMENT, REFUNDS_PAYABLE], asset)
    left = {one: found.get(supplier_payable(one), 0) for one in suppliers}
    rows = []
    for one in recalls:
        borne, owed = parts[one.case_id], 0
        back = {f"borne_back_{bearer}": (bearer_discounts(bearer), minor) for bearer, minor in borne.items()}
        for kind, (code, minor) in ({"recall": (PREPAYMENT, one.amount_minor)} | back).items():
            taken = min(minor, left[one.supplier_id])
            left[one.supplier_id] -= taken
            owed += minor - taken
            if taken:
                postings.post(kind, supplier_payable(one.supplier_id), code, asset, taken, one.case_id)
            if minor > taken:
                postings.post(f"{kind}_owed", supplier_debt(one.supplier_id), code, asset, minor - taken, one.case_id)
        if one.amount_minor or borne:
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
    """Ask for money, to an account of this payee's own: it leaves the balance at once and waits for somebody's consent."""
    found = await store.load_account(work, account)
    if found is None or found.payee_id != payee:
        return NotFound()
    out = withdrawing_of(found.kind, payee)
    rules, wallet = await store.load_rules(work), await store.load_wallet(work, payee, out, kind=found.kind)
    if refusal := model.why_not_withdraw(found, wallet, amount_minor, rules):
        return refusal
    # After this point it must succeed.
    fee = amount_minor * rules.fee_permyriad // PERMYRIAD
    zone = work.market.time_zone
    asked = await store.asked_since(work, payee, start_of(day_of(work.now, zone), zone))
    row = store.WithdrawalRow(
        PAYOUT_ID.new(), *_columns_of(found.kind, payee), account, amount_minor, fee, WithdrawalState.REQUESTED,
        model.needs_two(amount_minor, asked, rules), person, work.now, trace.get(),
    )  # fmt: skip
    await work.write(store.INSERT_WITHDRAWALS, [row])
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
    postings = Postings()
    _give_back(postings, work.market.currency, found.kind, found.payee_id, found.amount_minor, withdrawal)
    await _book_back(work, postings, {(found.kind, found.payee_id)})
    await audit.record(work, "settlement.reject", PAYOUT_ID.show(withdrawal), reason=reason,
                       before={"state": found.state}, after={"state": "rejected"})  # fmt: skip
    return None


TRANSFER_STATES = {TransferState.DONE: WithdrawalState.PAID, TransferState.FAILED: WithdrawalState.FAILED}


async def apply_transfer_answers(work: Work, answers: Sequence[TransferAnswer]) -> None:
    """What providers answered, by call or by notice; an unknown outcome stays due and is asked again with the same key.

    What failed is back in the balance, once: only a withdrawal that is still due moves, or one that was paid and of which
    is told now that it did not arrive; then all of it is back, the market's fee too. One of which another provider,
    amount or currency is told stays as it is, and a person looks at what was told.
    """
    known = [a for a in answers if a.state in TRANSFER_STATES]
    if not known:
        return
    agreed = await queries.agreed_transfers(work, [a.transfer for a in known])
    moved = await work.lock(
        "withdrawals", store.FINISH_SQL, [a.transfer for a in known], [TRANSFER_STATES[a.state] for a in known],
        [a.provider_ref for a in known], work.now, [a.amount_minor for a in known], [a.provider for a in known],
        [a.currency for a in known], work.market.currency,
    )  # fmt: skip
    await payments.put_aside(work, [(a, why) for a in known if (why := _why_aside(agreed.get(a.transfer), a))])
    postings = Postings()
    for row in moved:
        _book_end(work, postings, row)
    back = {(row["kind"], row["payee_id"]) for row in moved if row["state"] != WithdrawalState.PAID}
    await _book_back(work, postings, back)


def _why_aside(agreed: Agreed | None, told: TransferAnswer) -> QuarantineReason | None:
    return why_aside(agreed, told.provider, told.amount_minor, told.currency)


def _book_end(work: Work, postings: Postings, row: Any) -> None:
    """Of a withdrawal that has just moved to the state that it is in."""
    asset, kind, payee, about = work.market.currency, row["kind"], row["payee_id"], row["id"]
    if row["state"] == WithdrawalState.FAILED:
        return _give_back(postings, asset, kind, payee, row["amount_minor"], about)
    clearing, fee = provider_clearing(row["provider"]), row["fee_minor"]
    paid = row["amount_minor"] - fee
    if row["state"] == WithdrawalState.RETURNED:
        ways = ("withdrawal_returned", clearing, paid), ("withdrawal_fee_back", PLATFORM_INCOME, fee)
        for word, code, minor in ways:
            if minor:
                postings.post(word, code, payable_of(kind, payee), asset, minor, about)
        return work.tell(facts.WithdrawalReturned(withdrawal=about))
    for word, code, minor in (("withdrawal_paid", clearing, paid), ("withdrawal_fee", PLATFORM_INCOME, fee)):
        if minor:
            postings.post(word, withdrawing_of(kind, payee), code, asset, minor, about)
    return work.tell(facts.WithdrawalPaid(withdrawal=about))


async def hasten_withdrawals(work: Work, withdrawals: Collection[UUID]) -> None:
    """Ask now what became of these: the provider's statement says that they were paid."""
    await work.execute(store.HASTEN_SQL, list(withdrawals), work.now)


def _give_back(postings: Postings, asset: str, kind: str, payee: UUID, amount_minor: int, about: UUID) -> None:
    """Out of what is on its way, into what may be claimed."""
    postings.post("withdrawal_back", withdrawing_of(kind, payee), payable_of(kind, payee), asset, amount_minor, about)


async def _book_back(work: Work, postings: Postings, payees: Collection[tuple[str, UUID]]) -> None:
    """What is back in the balance of these payees pays what they owe first."""
    for kind in PayeeKind:
        if owing := {payee for one, payee in payees if one == kind}:
            await repay(work, postings, kind, owing)
    await ledger.save_postings(work, postings)


async def _book(work: Work, about: UUID, moves: Sequence[tuple[str, str, str, int]]) -> None:
    postings = Postings()
    for kind, from_code, to_code, amount in moves:
        postings.post(kind, from_code, to_code, work.market.currency, amount, about)
    await ledger.save_postings(work, postings)
