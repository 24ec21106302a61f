"""Forgetting what has served: ended sessions and old rate-limit counters."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work

ROWS_MAX = 1000

ENDED_SESSIONS_SQL = (
    "DELETE FROM platform.sessions WHERE market_id = $1 AND token_hash = ANY(ARRAY(SELECT s.token_hash "
    "FROM platform.sessions s WHERE s.market_id = $1 AND s.expires_at < $2 ORDER BY s.expires_at LIMIT $3))"
)
OLD_LIMITS_SQL = (
    "DELETE FROM platform.limits WHERE market_id = $1 AND window_start < $2::timestamptz - interval '1 day'"
)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget(work: Work) -> int:
    """Sessions that ended and counters whose window is a day old; the number of sessions, so that a crowd goes on at once."""
    await work.execute(OLD_LIMITS_SQL, work.now)
    return await work.execute(ENDED_SESSIONS_SQL, work.now, ROWS_MAX)
