"""What falls due for sharing."""

from tuan.people.sharing import actions
from tuan.platform.sweeps import every
from tuan.platform.work import Work

VISITORS_PER_SWEEP_MAX = 5000


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_visitors(work: Work) -> int:
    """Counts stay, who was counted does not."""
    return await actions.forget_visitors(work, limit=VISITORS_PER_SWEEP_MAX)
