"""What falls due for teams."""

from tuan.platform.sweeps import Hand, every_by
from tuan.platform.work import Work
from tuan.play.groupbuy import actions

LAPSES_PER_SWEEP_MAX = 1000
HANDS = 2
LOOK_SECONDS = 0.25
"""Buyers watch the countdown reach zero."""


@every_by(
    HANDS,
    seconds=LOOK_SECONDS,
    due="SELECT DISTINCT t.market_id FROM groupbuy.teams t JOIN platform.markets m ON m.id = t.market_id "
    "WHERE t.state = 'gathering' AND t.deadline <= clock_timestamp() + m.clock_offset - interval '3 seconds'",
)
async def lapse_due_teams(work: Work, *, hand: Hand) -> int:
    return await actions.lapse_due(work, limit=LAPSES_PER_SWEEP_MAX, hand=hand)
