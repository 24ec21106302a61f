"""What falls due for sharing."""

from tuan.people.sharing import actions
from tuan.platform.sweeps import every
from tuan.platform.work import Work

VISITORS_PER_SWEEP_MAX = 5000
BINDINGS_PER_SWEEP_MAX = 200
SHOPS_PER_SWEEP_MAX = 200


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_visitors(work: Work) -> int:
    """Counts stay, who was counted does not."""
    return await actions.forget_visitors(work, limit=VISITORS_PER_SWEEP_MAX)


@every(seconds=60, due="SELECT id AS market_id FROM platform.markets")
async def end_run_out(work: Work) -> int:
    """Whose time as a customer is over."""
    return await actions.end_run_out(work, limit=BINDINGS_PER_SWEEP_MAX)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def begin_shops(work: Work) -> int:
    """Shops that were there before their page had a link."""
    return await actions.begin_shops(work, limit=SHOPS_PER_SWEEP_MAX)
