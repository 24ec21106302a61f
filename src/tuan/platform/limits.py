"""Rate limits shared by all processes: a counter row per bucket and window, raised by one conditional write."""

from datetime import timedelta

from tuan.kit.refusals import TooMany
from tuan.platform.work import Work

COUNT_SQL = (
    "INSERT INTO platform.limits AS l (market_id, bucket, window_start, count) VALUES ($1, $2, $3, 1) "
    "ON CONFLICT (market_id, bucket, window_start) DO UPDATE SET count = l.count + 1 RETURNING count"
)


class TooOften(TooMany):
    code = "platform.too_often"


async def count(work: Work, bucket: str, *, most: int, window_seconds: int) -> TooOften | None:
    """Count one more; a refusal once `most` within the window is passed. The count stays only if the Work commits."""
    start = work.now.timestamp() // window_seconds * window_seconds
    window_start = work.now - timedelta(seconds=work.now.timestamp() - start)
    counted: int = await work.fetch_value(COUNT_SQL, bucket, window_start)
    if counted > most:
        return TooOften(retry_after_seconds=window_seconds)
    return None
