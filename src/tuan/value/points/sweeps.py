"""What falls due for points."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.value.points import actions

PER_SWEEP_MAX = 500


@every(
    seconds=60,
    due="SELECT DISTINCT l.market_id FROM points.lots l JOIN platform.markets m ON m.id = l.market_id "
    "WHERE l.state = 'active' AND l.remaining > l.held AND l.expires_at <= clock_timestamp() + m.clock_offset",
)
async def expire_due(work: Work) -> int:
    return await actions.expire_due(work, limit=PER_SWEEP_MAX)
