"""Rate limits shared by all processes: a counter row per bucket and window.

Whoever counts every try calls `count` alone. Whoever counts only what was done asks `why_not` first and counts after:
two that ask at the same moment may then both pass.
"""

from datetime import timedelta
from math import ceil

from tuan.kit.refusals import TooMany
from tuan.kit.time import Instant, utc
from tuan.platform.work import Work

EPOCH = utc(1970, 1, 1)

COUNT_SQL = (
    "INSERT INTO platform.limits AS l (market_id, bucket, window_start, count) VALUES ($1, $2, $3, 1) "
    "ON CONFLICT (market_id, bucket, window_start) DO UPDATE SET count = l.count + 1 RETURNING count"
)
COUNTED_SQL = "SELECT count FROM platform.limits WHERE market_id = $1 AND bucket = $2 AND window_start = $3"


class TooOften(TooMany):
    code = "platform.too_often"


async def count(work: Work, bucket: str, *, most: int, window_seconds: int) -> TooOften | None:
    """Count one more; a refusal once `most` within the window is passed. The count stays only if the Work commits."""
    window = _window(work, window_seconds)
    counted: int = await work.fetch_value(COUNT_SQL, bucket, window)
    return _too_often(work, window, window_seconds) if counted > most else None


async def why_not(work: Work, bucket: str, *, most: int, window_seconds: int) -> TooOften | None:
    """A refusal if `most` are counted in the window already; counts nothing."""
    window = _window(work, window_seconds)
    counted: int | None = await work.fetch_value(COUNTED_SQL, bucket, window)
    return _too_often(work, window, window_seconds) if (counted or 0) >= most else None


def _window(work: Work, seconds: int) -> Instant:
    """When the window began that is now: windows follow each other, the same for everybody."""
    return EPOCH + (work.now - EPOCH) // timedelta(seconds=seconds) * timedelta(seconds=seconds)


def _too_often(work: Work, window: Instant, seconds: int) -> TooOften:
    left = window + timedelta(seconds=seconds) - work.now
    return TooOften(retry_after_seconds=ceil(left.total_seconds()))
