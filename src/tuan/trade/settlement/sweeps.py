"""What falls due for settlement: kept orders are shared out, and withdrawals that were agreed to are paid."""

from collections.abc import Sequence
from typing import Any

from tuan.platform.gateways.asking import Claimed, ask_for
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import TransferAnswer, TransferOrder
from tuan.platform.sweeps import Hand, Intent, every_by, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade.settlement import actions, store
from tuan.trade.settlement.model import PAYOUT_ID

ORDERS_PER_SWEEP_MAX = 2000
HANDS = 2
TRANSFERS_PER_CALL_MAX = 100

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
    rows = await work.fetch(store.CLAIM_WITHDRAWALS_SQL, work.now, TRANSFERS_PER_CALL_MAX, work.market.currency)
    follow("withdrawals.batch", [row["trace"] for row in rows])
    return [
        Claimed(r["provider"], r["id"], r["tries"] > 1, TransferOrder(
            work.market.id, r["id"], r["number"], r["holder"], r["amount_minor"], work.market.currency,
            PAYOUT_ID.show(r["id"])), is_held=r["is_held"])
        for r in rows
    ]  # fmt: skip


async def ask_transfers(outside: Outside, claimed: Sequence[Any]) -> list[TransferAnswer]:
    """What was asked for before is asked about first: a pay-out that is made twice does not come back. What is held meanwhile
    is asked about only."""
    return await ask_for(
        outside, claimed, do=lambda p, orders: p.transfer(orders), ask=lambda p, orders: p.query_transfers(orders),
        key_of=lambda answer: answer.transfer,
    )  # fmt: skip


WITHDRAWALS = intent(
    Intent(
        name="trade.settlement.withdrawals",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT w.market_id FROM settlement.withdrawals w JOIN platform.markets m ON m.id = w.market_id "
            "WHERE w.state = 'due' AND w.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_withdrawals,
        call=ask_transfers,
        apply=actions.apply_transfer_answers,
        waiting_sql=WAITING_SQL,
    )
)
