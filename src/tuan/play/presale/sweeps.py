"""What falls due for presales."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.play.presale import actions

PER_SWEEP_MAX = 200


@every(
    seconds=5,
    due="SELECT DISTINCT b.market_id FROM presale.bookings b JOIN platform.markets m ON m.id = b.market_id "
    "WHERE b.is_open AND b.balance_until <= clock_timestamp() + m.clock_offset",
)
async def lapse_due(work: Work) -> int:
    return await actions.lapse_due(work, limit=PER_SWEEP_MAX)
