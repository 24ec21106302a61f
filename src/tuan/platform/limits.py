"""Rate limits shared by all processes: a counter row per bucket and window, raised by one conditional write."""

from dataclasses import dataclass
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

TAKEN_SQL = "SELECT count FROM platform.limits WHERE market_id = $1 AND bucket = $2 AND window_start = $3"
FORGET_BUCKET_SQL = "DELETE FROM platform.limits WHERE market_id = $1 AND bucket = $2"


class TooOften(TooMany):
    code = "platform.too_often"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a window still has after one was asked for, and when the next one begins; `refusal` when there was none."""

    most: int
    window_seconds: int
    left: int
    reset_seconds: int
    refusal: TooOften | None


async def take(work: Work, bucket: str, *, most: int, window_seconds: int) -> TooOften | None:
    """Take one of the `most` that a window has; a refusal, and nothing taken, when there is none left.

    One conditional write: whoever asks at the same moment waits for this Work to end.
    """
    return (await allow(work, bucket, most=most, window_seconds=window_seconds)).refusal


async def allow(work: Work, bucket: str, *, most: int, window_seconds: int) -> Allowance:
    """The same, with what is left: for whoever is told how much he may still ask."""
    window = _window(work, window_seconds)
    taken: int | None = await work.fetch_value(TAKE_SQL, bucket, window, most)
    refusal = _too_often(work, window, window_seconds)
    reset = int(refusal.data["retry_after_seconds"] or 0)
    return Allowance(most, window_seconds, most - (taken or most), reset, None if taken else refusal)


async def why_not(work: Work, bucket: str, *, most: int, window_seconds: int) -> TooOften | None:
    """Whether a window has none left; takes none, and nobody waits for anybody."""
    window = _window(work, window_seconds)
    taken: int | None = await work.fetch_value(TAKEN_SQL, bucket, window)
    return _too_often(work, window, window_seconds) if (taken or 0) >= most else None


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
