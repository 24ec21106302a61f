"""Once an hour it is counted anew."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.trade.quality import actions


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def count(work: Work) -> int:
    await actions.count(work)
    return 0
