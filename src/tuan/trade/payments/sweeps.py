"""Refunds on their way: claimed in batches, asked of the provider outside any transaction, answers applied."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog

from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import RefundAnswer, RefundOrder
from tuan.platform.sweeps import Intent, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade.payments import actions, store

log = structlog.get_logger()

REFUNDS_PER_CALL_MAX = 500

WAITING_SQL = (
    "SELECT count(*) FILTER (WHERE state = 'due') AS waiting, count(*) FILTER (WHERE state = 'stuck') AS stuck, "
    "min(asked_at) AS oldest, max(tries) AS tries FROM payments.refunds "
    "WHERE market_id = $1 AND state IN ('due', 'stuck')"
)


async def claim_refunds(work: Work) -> list[tuple[str, RefundOrder]]:
    rows = await work.fetch(store.CLAIM_REFUNDS_SQL, work.now, REFUNDS_PER_CALL_MAX)
    follow("refunds.batch", [row["trace"] for row in rows])
    return [
        (r["provider"], RefundOrder(work.market.id, r["id"], r["transaction"], r["amount_minor"], work.market.currency))
        for r in rows
    ]


async def ask_refunds(outside: Outside, claimed: Sequence[Any]) -> list[RefundAnswer]:
    """A provider that fails leaves its refunds due; the others are not held up."""
    by_provider: dict[str, list[RefundOrder]] = defaultdict(list)
    for name, order in claimed:
        by_provider[name].append(order)
    answers: list[RefundAnswer] = []
    for name, orders in by_provider.items():
        try:
            answers += await outside.providers[name].refund(orders)
        except Exception as error:
            log.warning("refunds.unknown", provider=name, count=len(orders), error=repr(error))
    return answers


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
