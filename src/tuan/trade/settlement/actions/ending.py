"""How withdrawals end: what providers answer of transfers and splits is booked, once."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from tuan.platform.gateways.payment import SplitAnswer, TransferAnswer, TransferState
from tuan.platform.work import Work
from tuan.trade import payments
from tuan.trade.payments.model import Agreed, QuarantineReason, why_aside
from tuan.trade.settlement import facts, queries, store
from tuan.trade.settlement.actions.sharing import repay
from tuan.trade.settlement.model import PayeeKind, WithdrawalState
from tuan.value import ledger
from tuan.value.ledger.model import PLATFORM_INCOME, Postings, payable_of, provider_clearing, withdrawing_of

TRANSFER_STATES = {TransferState.DONE: WithdrawalState.PAID, TransferState.FAILED: WithdrawalState.FAILED}


async def apply_transfer_answers(work: Work, answers: Sequence[TransferAnswer]) -> None:
    """What providers answered, by call or by notice; an unknown outcome stays due and is asked again with the same key.

    What failed is back in the balance, once: only a withdrawal that is still due moves, or one that was paid and of which
    is told now that it did not arrive; then all of it is back, the market's fee too. One of which another provider,
    amount or currency is told stays as it is, and a person looks at what was told.
    """
    await _book_ends(work, await _end_transfers(work, answers))


async def apply_payout_answers(work: Work, transfers: Sequence[TransferAnswer], splits: Sequence[SplitAnswer]) -> None:
    """What one round was answered of both: all withdrawals are locked and moved before any of them is booked."""
    await _book_ends(work, [*await _end_transfers(work, transfers), *await _end_splits(work, splits)])


async def _end_transfers(work: Work, answers: Sequence[TransferAnswer]) -> list[Any]:
    """The withdrawals that have ended by these answers, or came back."""
    known = [a for a in answers if a.state in TRANSFER_STATES]
    if not known:
        return []
    agreed = await queries.agreed_transfers(work, [a.transfer for a in known])
    moved = await work.lock(
        "withdrawals", store.FINISH_SQL, [a.transfer for a in known], [TRANSFER_STATES[a.state] for a in known],
        [a.provider_ref for a in known], work.now, [a.amount_minor for a in known], [a.provider for a in known],
        [a.currency for a in known], work.market.currency,
    )  # fmt: skip
    await payments.put_aside(work, [(a, why) for a in known if (why := _why_aside(agreed.get(a.transfer), a))])
    return moved


async def _book_ends(work: Work, moved: Sequence[Any]) -> None:
    """Withdrawals that have just come to their end are booked; what is back in a balance pays a debt first."""
    if not moved:
        return
    postings = Postings()
    for row in moved:
        _book_end(work, postings, row)
    back = {
        (row["kind"], row["payee_id"]) for row in moved if row["state"] != WithdrawalState.PAID or row["short_minor"]
    }
    await book_back(work, postings, back)


def _why_aside(agreed: Agreed | None, told: TransferAnswer) -> QuarantineReason | None:
    return why_aside(agreed, told.provider, told.amount_minor, told.currency)


def _book_end(work: Work, postings: Postings, row: Any) -> None:
    """Of a withdrawal that has just moved to the state that it is in."""
    asset, kind, payee, about = work.market.currency, row["kind"], row["payee_id"], row["id"]
    if row["state"] == WithdrawalState.FAILED:
        return give_back(postings, asset, kind, payee, row["amount_minor"], about)
    clearing, fee = provider_clearing(row["provider"]), row["fee_minor"]
    paid = row["amount_minor"] - fee
    if row["state"] == WithdrawalState.RETURNED:
        ways = ("withdrawal_returned", clearing, paid), ("withdrawal_fee_back", PLATFORM_INCOME, fee)
        for word, code, minor in ways:
            if minor:
                postings.post(word, code, payable_of(kind, payee), asset, minor, about)
        return work.tell(facts.WithdrawalReturned(withdrawal=about))
    short = row["short_minor"]
    for word, code, minor in (("withdrawal_paid", clearing, paid - short), ("withdrawal_fee", PLATFORM_INCOME, fee),
                              ("withdrawal_short", payable_of(kind, payee), short)):  # fmt: skip
        if minor:
            postings.post(word, withdrawing_of(kind, payee), code, asset, minor, about)
    return work.tell(facts.WithdrawalPaid(withdrawal=about))


async def hasten_withdrawals(work: Work, withdrawals: Collection[UUID]) -> None:
    """Ask now what became of these: the provider's statement says that they were paid."""
    await work.execute(store.HASTEN_SQL, list(withdrawals), work.now)


def give_back(postings: Postings, asset: str, kind: str, payee: UUID, amount_minor: int, about: UUID) -> None:
    """Out of what is on its way, into what may be claimed."""
    postings.post("withdrawal_back", withdrawing_of(kind, payee), payable_of(kind, payee), asset, amount_minor, about)


async def book_back(work: Work, postings: Postings, payees: Collection[tuple[str, UUID]]) -> None:
    """What is back in the balance of these payees pays what they owe first."""
    for kind in PayeeKind:
        if owing := {payee for one, payee in payees if one == kind}:
            await repay(work, postings, kind, owing)
    await ledger.save_postings(work, postings)


SPLIT_STATES = {TransferState.DONE: "done", TransferState.FAILED: "failed"}


async def apply_split_answers(work: Work, answers: Sequence[SplitAnswer]) -> None:
    """What providers answered of splits; an unknown outcome stays held and is asked again with the same key.

    A withdrawal ends with the last of its parts: paid, and what could not be split is back in the balance; failed where
    nothing could. What is told otherwise than it was asked for ends nothing, and a person looks at it.
    """
    await _book_ends(work, await _end_splits(work, answers))


async def _end_splits(work: Work, answers: Sequence[SplitAnswer]) -> list[Any]:
    """The withdrawals that have ended with the last of their parts by these answers."""
    known = [a for a in answers if a.state in SPLIT_STATES]
    if not known:
        return []
    found = await queries.agreed_splits(work, [a.split for a in known])
    await work.lock("withdrawals", store.LOCK_WITHDRAWALS_SQL, list({row["withdrawal_id"] for row in found.values()}))
    told, wrong = [], []
    for answer in known:
        row = found.get(answer.split)
        agreed = queries.agreed_of(work, row) if row else None
        if why := why_aside(agreed, answer.provider, answer.amount_minor, answer.currency):
            about = row["withdrawal_id"] if row else answer.split
            wrong.append((TransferAnswer(answer.provider, about, answer.state, answer.provider_ref, answer.amount_minor,
                                         answer.why, currency=answer.currency), why))  # fmt: skip
        else:
            told.append(answer)
    await payments.put_aside(work, wrong)
    moved = await work.fetch(
        store.END_SPLITS_SQL, [a.split for a in told], [SPLIT_STATES[a.state] for a in told], [a.provider_ref for a in told],
        work.now,
    )  # fmt: skip
    return list(
        await work.fetch(store.END_SPLIT_WITHDRAWALS_SQL, list({row["withdrawal_id"] for row in moved}), work.now)
    )
