"""What falls due for orders: unpaid ones lapse after the provider was asked, what was sent long ago counts as received."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog

from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import Charge, Notice
from tuan.platform.sweeps import Intent, every, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade import payments
from tuan.trade.orders import actions

log = structlog.get_logger()

PER_SWEEP_MAX = 500

WAITING_SQL = (
    "SELECT count(*) AS waiting, 0::bigint AS stuck, min(started_at) AS oldest, max(queries) AS tries "
    "FROM payments.attempts WHERE market_id = $1 AND state = 'pending'"
)


@every(
    seconds=1,
    due="SELECT DISTINCT o.market_id FROM orders.orders o JOIN platform.markets m ON m.id = o.market_id "
    "WHERE o.state = 'placed' AND o.pay_by <= clock_timestamp() + m.clock_offset",
)
async def lapse_unpaid(work: Work) -> int:
    return await actions.lapse_unpaid(work, limit=PER_SWEEP_MAX)


@every(
    seconds=60,
    due="SELECT DISTINCT o.market_id FROM orders.orders o JOIN platform.markets m ON m.id = o.market_id "
    "WHERE o.state = 'shipped' AND o.shipped_at <= clock_timestamp() + m.clock_offset - interval '15 days'",
)
async def receive_due(work: Work) -> int:
    return await actions.receive_due(work, limit=PER_SWEEP_MAX)


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def forget_due(work: Work) -> int:
    return await actions.forget_due(work)


async def claim_queries(work: Work) -> list[tuple[str, bool, Charge]]:
    """Pending attempts whose time to be asked about has come; those whose order's time is over are to be closed."""
    rows = await payments.claim_queries(work, limit=PER_SWEEP_MAX)
    follow("queries.batch", [row["trace"] for row in rows])
    return [
        (r["provider"], r["time_over"], Charge(work.market.id, r["id"], r["amount_minor"], r["currency"])) for r in rows
    ]


async def ask_charges(outside: Outside, claimed: Sequence[Any]) -> list[Notice]:
    """Ask, and close what may no longer be paid; a provider that fails is asked again later."""
    by_call: dict[tuple[str, bool], list[Charge]] = defaultdict(list)
    for name, time_over, charge in claimed:
        by_call[name, time_over].append(charge)
    notices: list[Notice] = []
    for (name, time_over), charges in by_call.items():
        try:
            provider = outside.providers[name]
            notices += await (provider.close(charges) if time_over else provider.query(charges))
        except Exception as error:
            log.warning("charges.unknown", provider=name, count=len(charges), error=repr(error))
    return notices


async def apply_answers(work: Work, notices: Sequence[Notice]) -> None:
    await actions.apply_notices(work, notices)


QUERIES = intent(
    Intent(
        name="trade.orders.queries",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT a.market_id FROM payments.attempts a JOIN platform.markets m ON m.id = a.market_id "
            "WHERE a.state = 'pending' AND a.next_query_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_queries,
        call=ask_charges,
        apply=apply_answers,
        waiting_sql=WAITING_SQL,
    )
)
