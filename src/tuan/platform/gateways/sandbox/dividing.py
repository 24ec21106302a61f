"""Splits in the sandbox's books: a share of a payment is moved to its payee once, and never more than the payment took."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tuan.platform.gateways.payment import ChargeState, SplitAnswer, SplitOrder, TransferState
from tuan.platform.gateways.sandbox import books, faults, letters
from tuan.platform.gateways.sandbox.books import ChargeRow, SplitRow
from tuan.platform.gateways.sandbox.faults import Fault
from tuan.platform.work import Work

NOBODY = "nobody"
"""A payee whom this provider does not know: what goes to him fails."""


async def divide(work: Work, orders: Sequence[SplitOrder], habits: Collection[Fault]) -> None:
    """Once per key; the charges are locked so that two askers take turns. One that fails is remembered as failed."""
    attempts = {order.transaction: letters.attempt_of(order.transaction) for order in orders}
    charges = await books.read_charges(work, [a for a in attempts.values() if a], lock=True)
    known = await books.read_splits(work, attempts.keys())
    sums: dict[str, int] = {}
    for row in known.values():
        if row.state == TransferState.DONE:
            sums[row.transaction] = sums.get(row.transaction, 0) + row.amount_minor
    new: list[SplitRow] = []
    for order in orders:
        if order.split in known:
            continue
        attempt, after = attempts[order.transaction], sums.get(order.transaction, 0) + order.amount_minor
        fails = order.payee == NOBODY or Fault.DECLINE in habits or _is_not_there(attempt, charges, after)
        if not fails:
            sums[order.transaction] = after
        new.append(SplitRow(order.split, order.transaction, order.payee, order.amount_minor, order.currency,
                            "failed" if fails else "done", None if fails else work.now, faults.doubts(habits)))  # fmt: skip
    await work.write(books.INSERT_SPLITS, new)


def _is_not_there(attempt: UUID | None, charges: dict[UUID, ChargeRow], sum_minor: int) -> bool:
    charge = charges.get(attempt) if attempt else None
    return charge is None or charge.state != ChargeState.PAID or sum_minor > charge.amount_minor


async def told(work: Work, provider: str, orders: Sequence[SplitOrder]) -> list[SplitAnswer]:
    """What became of them, without those whose answer is lost this time."""
    known = await books.read_splits(work, {order.transaction for order in orders})
    asked = [known[order.split] for order in orders if order.split in known]
    if lost := [row.split_id for row in asked if row.doubts]:
        await work.execute(books.LOSE_SPLIT_ANSWERS_SQL, lost)
    answers = [
        SplitAnswer(provider, order.split, TransferState.UNHEARD, "") for order in orders if order.split not in known
    ]
    return answers + [
        SplitAnswer(provider, row.split_id, TransferState(row.state), f"sandbox-{row.split_id.hex}", row.amount_minor,
                    "" if row.state == TransferState.DONE else "cannot be split", row.currency)
        for row in asked if not row.doubts
    ]  # fmt: skip
