"""What falls due for leagues."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.play.leagues import actions

SHOPS_PER_SWEEP_MAX = 500


@every(
    seconds=15,
    due="SELECT r.market_id FROM leagues.rounds r JOIN platform.markets m ON m.id = r.market_id "
    "WHERE r.due_at <= clock_timestamp() + m.clock_offset",
)
async def recount_levels(work: Work) -> int:
    return await actions.recount_due(work, limit=SHOPS_PER_SWEEP_MAX)


@every(
    seconds=15,
    due="SELECT DISTINCT s.market_id FROM leagues.seasons s JOIN platform.markets m ON m.id = s.market_id "
    "WHERE (s.state = 'planned' AND s.starts_at <= clock_timestamp() + m.clock_offset) OR (s.state = 'running' AND "
    "(s.closes_at <= clock_timestamp() + m.clock_offset OR s.counted_at IS NULL "
    "OR s.counted_at <= clock_timestamp() + m.clock_offset - interval '10 minutes'))",
)
async def follow_seasons(work: Work) -> int:
    return await actions.follow_seasons(work)
