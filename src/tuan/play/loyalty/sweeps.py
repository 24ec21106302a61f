"""What falls due for loyalty: the benefits of organisations' members, month by month."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.play.loyalty import actions

MEMBERS_PER_SWEEP_MAX = 500


@every(seconds=60, due="SELECT DISTINCT market_id FROM membership.members WHERE state = 'active'")
async def grant_benefits(work: Work) -> int:
    """To whoever has not had this month's."""
    return await actions.grant_benefits(work, limit=MEMBERS_PER_SWEEP_MAX)
