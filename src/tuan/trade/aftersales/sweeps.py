"""What falls due for cases."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.trade.aftersales import actions

PER_SWEEP_MAX = 200


@every(
    seconds=10,
    due="SELECT DISTINCT c.market_id FROM aftersales.cases c JOIN platform.markets m ON m.id = c.market_id "
    "WHERE c.deadline IS NOT NULL AND c.state <> 'arbitration' AND c.deadline <= clock_timestamp() + m.clock_offset",
)
async def end_due_cases(work: Work) -> int:
    return await actions.end_due(work, limit=PER_SWEEP_MAX)


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def forget_due(work: Work) -> int:
    return await actions.forget_due(work)
