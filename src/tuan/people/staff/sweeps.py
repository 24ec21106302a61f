"""Office sessions that are over are forgotten."""

from tuan.people.staff import store
from tuan.platform.sweeps import every
from tuan.platform.work import Work


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_sessions(work: Work) -> int:
    return await work.execute(store.FORGET_SESSIONS_SQL, work.now)
