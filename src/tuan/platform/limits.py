"""Rate limits shared by all processes: a counter row per bucket and window, raised by one conditional write."""

from datetime import timedelta
from math import ceil

from tuan.kit.refusals import TooMany
from tuan.kit.time import Instant, utc
from tuan.platform.work import Work

EPOCH = utc(1970, 1, 1)

TAKE_SQL = (
    "INSERT INTO platform.limits AS l (market_id, bucket, window_start, count) VALUES ($1, $2, $3, 1) "
    "ON CONFLICT (market_id, bucket, window_start) DO UPDATE SET count = l.count + 1 WHERE l.count < $4 RETURNING count"
)
GIVE_BACK_SQL = (
    "UPDATE platform.limits SET count = count - 1 "
    "WHERE market_id = $1 AND bucket = $2 AND window_start = $3 AND count > 1"
)
FORGET_SQL = "DELETE FROM platform.limits WHERE market_id = $1 AND bucket = $2 AND window_start = $3 AND count = 1"

FORGET_BUCKET_SQL = "DELETE FROM platform.limits WHERE market_id = $1 AND bucket = $2"


class TooOften(TooMany):
    code = "platform.too_often"


async def take(work: Work, bucket: str, *, most: int, window_seconds: int) -> TooOften | None:
    """Take one of the `most` that a window has; a refusal, and nothing taken, when there is none left.

    One conditional write: whoever asks at the same moment waits for this Work to end.
    """
    window = _window(work, window_seconds)
    taken = await work.fetch_value(TAKE_SQL, bucket, window, most)
    return None if taken else _too_often(work, window, window_seconds)


async def give_back(work: Work, bucket: str, *, window_seconds: int) -> None:
    """What was taken in this Work was not used after all."""
    window = _window(work, window_seconds)
    if not await work.execute(GIVE_BACK_SQL, bucket, window):
        await work.execute(FORGET_SQL, bucket, window)


async def forget(work: Work, bucket: str) -> None:
    """Nobody is to know any more that something was counted under this name."""
    await work.execute(FORGET_BUCKET_SQL, bucket)


def _window(work: Work, seconds: int) -> Instant:
    """When the window began that is now: windows follow each other, the same for everybody."""
    return EPOCH + (work.now - EPOCH) // timedelta(seconds=seconds) * timedelta(seconds=seconds)


def _too_often(work: Work, window: Instant, seconds: int) -> TooOften:
    left = window + timedelta(seconds=seconds) - work.now
    return TooOften(retry_after_seconds=ceil(left.total_seconds()))
