"""What falls due for promotions."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.value.promotions import actions

RULES_PER_SWEEP_MAX = 100


@every(
    seconds=5,
    due="SELECT DISTINCT r.market_id FROM promotions.rules r JOIN platform.markets m ON m.id = r.market_id "
    "WHERE r.state = 'running' AND r.ends_at <= clock_timestamp() + m.clock_offset",
)
async def end_due_rules(work: Work) -> int:
    return await actions.end_due_rules(work, limit=RULES_PER_SWEEP_MAX)
