"""What falls due for sourcing: licences that run out."""

from tuan.goods.sourcing import actions
from tuan.platform.sweeps import every
from tuan.platform.work import Work

PER_SWEEP_MAX = 200


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def warn_due(work: Work) -> int:
    return await actions.warn_due(work, limit=PER_SWEEP_MAX)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def expire_due(work: Work) -> int:
    return await actions.expire_due(work, limit=PER_SWEEP_MAX)
