"""The verbs of settlement."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.gateways.payment import TransferAnswer, TransferState
from tuan.platform.sweeps import ONLY_HAND, Hand
from tuan.platform.work import Work, trace
from tuan.trade import orders
from tuan.trade.orders.model import RETURN_WINDOW, OrderState
from tuan.trade.settlement import facts, model, store
from tuan.trade.settlement.errors import AlreadySettled, AmountInvalid, NotThisState
from tuan.trade.settlement.model import (
    ACCOUNT,
    ACCOUNT_ID,
    PAYOUT_ID,
    PERMYRIAD,
    AccountState,
    Cut,
    Rules,
    Terms,
    Withdrawal,
    WithdrawalState,
)
from tuan.value import ledger
from tuan.value.ledger.model import (
    PLATFORM_INCOME,
    Postings,
    provider_clearing,
    supplier_debt,
    supplier_payable,
    supplier_withdrawing,
)

SETTLED = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CLOSED)


# ── kept lines ──
async def settle_due(work: Work, *, limit: int, hand: Hand = ONLY_HAND) -> int:
    """Complete orders that were received and kept through the return window, unless a case holds one of their lines,
    and share out what each line left. How many."""
    due = [row["id"] for row in await work.fetch(store.DUE_SQL, work.now - RETURN_WINDOW, limit, hand.of, hand.number)]
    if not due:
        return 0
    book = await orders.load_alone(work, due)
    held = await store.held_among(work, due)  # asked under the lock that whoever opens a case takes first
    ready = [o for o in book.orders.values() if o.state == OrderState.RECEIVED and o.id not in held]
    kept = await store.load_kept(work, [order.id for order in ready])
    terms = await store.load_terms(work, {order.supplier_id for order in ready})
    claims = []
    for order in ready:
        stood = terms.at(order.supplier_id, order.placed_at)
        claims += model.settle(order.supplier_id, kept[order.id], stood, order.currency, book.postings, book.now)
        book.complete(order)
    await repay(work, book.postings, {order.supplier_id for order in ready})
    await store.save_claims(work, claims)
    await orders.save_book(work, book)
    return len(ready)


async def repay(work: Work, postings: Postings, suppliers: Collection[UUID]) -> None:
    """Whoever owes the market pays it from what he gets in this batch, before it can be paid out.

    Looked for without a lock, since next to nobody owes; a debt made at this moment stops withdrawals, and the next batch
    repays it. Where somebody owes, every account of the batch is locked in one statement, as saving it would.
    """
    asset, codes = work.market.currency, [supplier_debt(one) for one in suppliers]
    if not any((await ledger.balances_of(work, codes, asset)).values()):
        return
    coming = postings.deltas()
    debts = await ledger.lock_balances(work, [*codes, *(code for code, _ in coming)], asset)
    for supplier in sorted(suppliers):
        owed = -debts.get(supplier_debt(supplier), 0)
        if part := min(owed, coming.get((supplier_payable(supplier), asset), 0)):
            postings.post("debt_repaid", supplier_payable(supplier), supplier_debt(supplier), asset, part, new_uuid())


async def hold_lines(work: Work, case: UUID, order: UUID, numbers: Sequence[int]) -> None:
    """These lines are not settled before the case has ended. The caller has locked the order."""
    await work.write(store.INSERT_HOLDS, [store.HoldRow(order, number, case) for number in numbers])


async def free_lines(work: Work, case: UUID) -> None:
    """The case is over; what it left of its lines is settled in its time."""
    await work.execute(store.FREE_LINES_SQL, case)


async def promise_cuts(work: Work, cuts: Sequence[tuple[UUID, int, Cut]]) -> Refusal | None:
    """Promise parts of (order, line) to others: they are paid when the line is settled, in proportion to what was kept.

    All or none. The ledger accounts they go to belong to the caller. A promise of the same kind to the same account is
    made once per line.
    """
    if not cuts:
        return None
    locked = await store.lock_orders(work, {order for order, _, _ in cuts})
    kept = await store.load_kept(work, locked)
    terms = await store.load_terms(work, {one.supplier_id for one in locked.values()})
    wanted: dict[tuple[UUID, int], list[Cut]] = defaultdict(list)
    for order, number, cut in cuts:
        wanted[order, number].append(cut)
    for (order, number), of_line in wanted.items():
        line = next((one for one in kept.get(order, ()) if one.number == number), None)
        if line is None:
            return NotFound()
        promised = locked[order]
        if promised.state in SETTLED:
            return AlreadySettled()
        if refusal := model.why_not_cut(line, terms.at(promised.supplier_id, promised.placed_at), of_line):
            return refusal
    rows = [store.CutRow(c.id, order, number, c.kind, c.code, c.amount_minor) for order, number, c in cuts]
    await work.write(store.INSERT_CUTS, rows)
    return None


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
    await work.execute(store.SET_RULES_SQL, rules.min_minor, rules.fee_permyriad, rules.two_above_minor)
    await audit.record(work, "settlement.set_rules", "rules", reason=reason, before=_told(before), after=_told(rules))
    return None


def _told(rules: Rules) -> dict[str, int]:
    return {"min": rules.min_minor, "fee": rules.fee_permyriad, "two_above": rules.two_above_minor}


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


def _shown(wallet: model.Wallet) -> dict[str, int]:
    return {"payable": wallet.payable_minor, "debt": wallet.debt_minor}


# ── accounts ──
async def add_account(work: Work, supplier: UUID, provider: str, mode: str, holder: str, number: str) -> UUID | Refusal:
    """An account to be paid out to; nothing is paid before somebody has checked it. Audited, the number masked."""
    if refusal := model.why_not_account(holder, number, mode):
        return refusal
    row = store.AccountRow(ACCOUNT_ID.new(), supplier, provider, mode, holder.strip(), number.strip(),
                           AccountState.CHECKING, work.now)  # fmt: skip
    await work.write(store.INSERT_ACCOUNTS, [row])
    await audit.record(work, "settlement.add_account", ACCOUNT_ID.show(row.id), reason="payout account", before={},
                       after={"provider": provider, "mode": mode, "number": model.masked(row.number)})  # fmt: skip
    return row.id


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
async def withdraw(work: Work, supplier: UUID, account: UUID, amount_minor: int, person: UUID) -> UUID | Refusal:
    """Ask for money: it leaves the balance at once and waits for somebody's consent."""
    found = await store.load_account(work, account)
    if found is None or found.supplier_id != supplier:
        return NotFound()
    rules, wallet = (
        await store.load_rules(work),
        await store.load_wallet(work, supplier, supplier_withdrawing(supplier)),
    )
    if refusal := model.why_not_withdraw(found, wallet, amount_minor, rules):
        return refusal
    # After this point it must succeed.
    fee = amount_minor * rules.fee_permyriad // PERMYRIAD
    row = store.WithdrawalRow(
        PAYOUT_ID.new(), supplier, account, amount_minor, fee, WithdrawalState.REQUESTED,
        amount_minor > rules.two_above_minor, person, work.now, trace.get(),
    )  # fmt: skip
    await work.write(store.INSERT_WITHDRAWALS, [row])
    await _book(
        work, row.id, [("withdrawal", supplier_payable(supplier), supplier_withdrawing(supplier), amount_minor)]
    )
    return row.id


async def approve(work: Work, withdrawal: UUID, person: UUID, *, reason: str) -> Refusal | None:
    """Agree; above the limit a second person has to. Then the provider is asked to pay. Audited."""
    found = await store.lock_withdrawal(work, withdrawal)
    if found is None:
        return NotFound()
    if refusal := model.why_not_approve(found, person):
        return refusal
    is_last = not found.is_two or found.approved_by is not None
    await work.execute(store.APPROVE_SQL, withdrawal, person, is_last, work.now)
    await audit.record(work, "settlement.approve", PAYOUT_ID.show(withdrawal), reason=reason,
                       before={"state": found.state}, after={"state": "due" if is_last else "requested"})  # fmt: skip
    return None


async def reject(work: Work, withdrawal: UUID, *, reason: str) -> Refusal | None:
    """Do not pay: the money is back in the balance. Audited."""
    found = await store.lock_withdrawal(work, withdrawal)
    if found is None:
        return NotFound()
    if found.state != WithdrawalState.REQUESTED:
        return NotThisState(state=found.state)
    await work.execute(store.REJECT_SQL, withdrawal, work.now, reason)
    await _book(work, withdrawal, [_back(found)])
    await audit.record(work, "settlement.reject", PAYOUT_ID.show(withdrawal), reason=reason,
                       before={"state": found.state}, after={"state": "rejected"})  # fmt: skip
    return None


TRANSFER_STATES = {TransferState.DONE: WithdrawalState.PAID, TransferState.FAILED: WithdrawalState.FAILED}


async def apply_transfer_answers(work: Work, answers: Sequence[TransferAnswer]) -> None:
    """What providers answered, by call or by notice; an unknown outcome stays due and is asked again with the same key.

    What failed is back in the balance, once: only a withdrawal that is still due moves. One of which another amount is
    told stays due too; the provider's statement has it, and so has the list of differences.
    """
    known = [a for a in answers if a.state in TRANSFER_STATES]
    if not known:
        return
    moved = await work.lock(
        "withdrawals", store.FINISH_SQL, [a.transfer for a in known], [TRANSFER_STATES[a.state] for a in known],
        [a.provider_ref for a in known], work.now, [a.amount_minor for a in known],
    )  # fmt: skip
    postings, asset = Postings(), work.market.currency
    for row in moved:
        withdrawing = supplier_withdrawing(row["supplier_id"])
        if row["state"] == WithdrawalState.FAILED:
            postings.post("withdrawal_back", withdrawing, supplier_payable(row["supplier_id"]), asset,
                          row["amount_minor"], row["id"])  # fmt: skip
            continue
        clearing, paid = provider_clearing(row["provider"]), row["amount_minor"] - row["fee_minor"]
        if paid:
            postings.post("withdrawal_paid", withdrawing, clearing, asset, paid, row["id"])
        if row["fee_minor"]:
            postings.post("withdrawal_fee", withdrawing, PLATFORM_INCOME, asset, row["fee_minor"], row["id"])
        work.tell(facts.WithdrawalPaid(withdrawal=row["id"]))
    await ledger.save_postings(work, postings)


async def hasten_withdrawals(work: Work, withdrawals: Collection[UUID]) -> None:
    """Ask now what became of these: the provider's statement says that they were paid."""
    await work.execute(store.HASTEN_SQL, list(withdrawals), work.now)


def _back(found: Withdrawal) -> tuple[str, str, str, int]:
    supplier = found.supplier_id
    return "withdrawal_back", supplier_withdrawing(supplier), supplier_payable(supplier), found.amount_minor


async def _book(work: Work, about: UUID, moves: Sequence[tuple[str, str, str, int]]) -> None:
    postings = Postings()
    for kind, from_code, to_code, amount in moves:
        postings.post(kind, from_code, to_code, work.market.currency, amount, about)
    await ledger.save_postings(work, postings)
