"""Refunds on their way: claimed in batches, asked of the provider outside any transaction, answers applied."""

from collections.abc import Sequence
from typing import Any

from tuan.platform.gateways.asking import Claimed, ask_for
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import RefundAnswer, RefundOrder
from tuan.platform.sweeps import Intent, every, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade.payments import actions, store

REFUNDS_PER_CALL_MAX = 500

WAITING_SQL = (
    "SELECT count(*) FILTER (WHERE state = 'due') AS waiting, count(*) FILTER (WHERE state = 'stuck') AS stuck, "
    "min(asked_at) AS oldest, max(tries) AS tries FROM payments.refunds "
    "WHERE market_id = $1 AND state IN ('due', 'stuck')"
)


async def claim_refunds(work: Work) -> list[Claimed]:
    rows = await work.fetch(store.CLAIM_REFUNDS_SQL, work.now, REFUNDS_PER_CALL_MAX)
    follow("refunds.batch", [row["trace"] for row in rows])
    return [
        Claimed(r["provider"], r["id"], r["tries"] > 1, RefundOrder(
            work.market.id, r["id"], r["transaction"], r["amount_minor"], work.market.currency, r["paid_minor"]))
        for r in rows
    ]  # fmt: skip


async def ask_refunds(outside: Outside, claimed: Sequence[Any]) -> list[RefundAnswer]:
    """A provider that fails leaves its refunds due; the others are not held up."""
    return await ask_for(
        outside, claimed, do=lambda p, orders: p.refund(orders), ask=lambda p, orders: p.query_refunds(orders),
        key_of=lambda answer: answer.refund,
    )  # fmt: skip


REFUNDS = intent(
    Intent(
        name="trade.payments.refunds",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT r.market_id FROM payments.refunds r JOIN platform.markets m ON m.id = r.market_id "
            "WHERE r.state = 'due' AND r.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_refunds,
        call=ask_refunds,
        apply=actions.apply_refund_answers,
        waiting_sql=WAITING_SQL,
    )
)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_nonces(work: Work) -> int:
    """A letter older than its time-out is refused by its age alone."""
    await work.execute(store.FORGET_NONCES_SQL, work.now)
    return 0
