"""What falls due for distribution: commissions whose time is over are their shops'; a day that is over is measured for the guard."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.play.distribution import actions

PER_SWEEP_MAX = 1000


@every(
    seconds=60,
    due="SELECT DISTINCT c.market_id FROM distribution.commissions c JOIN platform.markets m ON m.id = c.market_id "
    "WHERE c.state = 'pending' AND c.matures_at <= clock_timestamp() + m.clock_offset",
)
async def mature_due(work: Work) -> int:
    return await actions.mature_due(work, limit=PER_SWEEP_MAX)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def measure_pay(work: Work) -> int:
    """Once a day of the market."""
    return await actions.measure_pay(work)
