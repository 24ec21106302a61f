"""Numbers that nobody came by are forgotten."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.value.membership import actions
from tuan.value.membership.model import WAITS

FORGOTTEN_PER_ROUND_MAX = 2000


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def forget_waiting(work: Work) -> int:
    return await actions.forget_waiting(work, work.now - WAITS, limit=FORGOTTEN_PER_ROUND_MAX)
