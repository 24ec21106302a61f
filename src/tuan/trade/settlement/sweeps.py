"""What falls due for settlement: kept orders are shared out, and withdrawals that were agreed to are paid."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.platform.gateways.asking import Claimed, ask_for
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import SplitAnswer, SplitOrder, TransferAnswer, TransferOrder
from tuan.platform.sweeps import Hand, Intent, every_by, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade.settlement import actions, store
from tuan.trade.settlement.model import PAYOUT_ID, SPLIT

ORDERS_PER_SWEEP_MAX = 2000
HANDS = 2
TRANSFERS_PER_CALL_MAX = 100
SPLITS_PER_CALL_MAX = 200

WAITING_SQL = (
    "SELECT count(*) AS waiting, 0::bigint AS stuck, min(requested_at) AS oldest, max(tries) AS tries "
    "FROM settlement.withdrawals WHERE market_id = $1 AND state = 'due'"
)


@every_by(
    HANDS,
    seconds=60,
    due="SELECT DISTINCT o.market_id FROM orders.orders o JOIN platform.markets m ON m.id = o.market_id "
    "WHERE o.state = 'received' AND o.received_at <= clock_timestamp() + m.clock_offset - interval '7 days'",
)
async def settle_due(work: Work, *, hand: Hand) -> int:
    return await actions.settle_due(work, limit=ORDERS_PER_SWEEP_MAX, hand=hand)


async def claim_withdrawals(work: Work) -> list[Claimed]:
    """Those that nothing is asked for now, since the call is full of other parts, are as if they had not been claimed: they may
    still be rejected, and are the next."""
    rows = await work.fetch(store.CLAIM_WITHDRAWALS_SQL, work.now, TRANSFERS_PER_CALL_MAX, work.market.currency)
    follow("withdrawals.batch", [row["trace"] for row in rows])
    parts: dict[UUID, list[Any]] = defaultdict(list)
    split = [row["id"] for row in rows if row["mode"] == SPLIT]
    for part in await work.fetch(store.OPEN_SPLITS_SQL, split, SPLITS_PER_CALL_MAX) if split else ():
        parts[part["withdrawal_id"]].append(part)
    if waiting := [one for one in split if one not in parts]:
        await work.execute(store.UNCLAIM_WITHDRAWALS_SQL, waiting, work.now)
    return [
        Claimed(r["provider"], r["id"], r["tries"] > 1, TransferOrder(
            work.market.id, r["id"], r["number"], r["holder"], r["amount_minor"], work.market.currency,
            PAYOUT_ID.show(r["id"])), is_held=r["is_held"])
        for r in rows if r["mode"] != SPLIT
    ] + [
        Claimed(r["provider"], part["id"], r["tries"] > 1, SplitOrder(
            work.market.id, part["id"], part["transaction"], r["number"], r["holder"], part["amount_minor"],
            work.market.currency, PAYOUT_ID.show(r["id"])), is_held=r["is_held"])
        for r in rows for part in parts.get(r["id"], ())
    ]  # fmt: skip


async def ask_for_payouts(outside: Outside, claimed: Sequence[Claimed]) -> list[TransferAnswer | SplitAnswer]:
    """What was asked for before is asked about first: a pay-out that is made twice does not come back. What is held meanwhile
    is asked about only."""
    transfers = [one for one in claimed if isinstance(one.order, TransferOrder)]
    answers: list[TransferAnswer | SplitAnswer] = await ask_for(
        outside, transfers, do=lambda p, orders: p.transfer(orders), ask=lambda p, orders: p.query_transfers(orders),
        key_of=lambda answer: answer.transfer,
    )  # fmt: skip
    splits = [one for one in claimed if isinstance(one.order, SplitOrder)]
    answers += await ask_for(
        outside, splits, do=lambda p, orders: p.split(orders), ask=lambda p, orders: p.query_splits(orders),
        key_of=lambda answer: answer.split,
    )  # fmt: skip
    return answers


async def apply_answers(work: Work, answers: Sequence[TransferAnswer | SplitAnswer]) -> None:
    transfers = [one for one in answers if isinstance(one, TransferAnswer)]
    await actions.apply_payout_answers(work, transfers, [one for one in answers if isinstance(one, SplitAnswer)])


WITHDRAWALS = intent(
    Intent(
        name="trade.settlement.withdrawals",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT w.market_id FROM settlement.withdrawals w JOIN platform.markets m ON m.id = w.market_id "
            "WHERE w.state = 'due' AND w.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_withdrawals,
        call=ask_for_payouts,
        apply=apply_answers,
        waiting_sql=WAITING_SQL,
    )
)
