"""What falls due for shops."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.play.shops import actions

PER_SWEEP_MAX = 200


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def open_ready(work: Work) -> int:
    """Where shops open by themselves, those whose tasks are done by now."""
    return await actions.open_ready(work, limit=PER_SWEEP_MAX)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_left(work: Work) -> int:
    """Who is a shop's customer no more is seen by it no more."""
    return await actions.forget_left(work, limit=PER_SWEEP_MAX)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def end_over(work: Work) -> int:
    """Coupons whose time is over: what nobody took is the shop's budget again."""
    return await actions.end_over(work, limit=PER_SWEEP_MAX)
