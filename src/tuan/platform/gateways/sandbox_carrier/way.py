"""The way of a parcel by the clock, and how a carrier may misbehave. Pure.

The way is not written down: what has happened by now follows from when the parcel was announced.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.gateways.carrier import Scan, ScanStatus

S = ScanStatus
PREFIX = "TD"
DIGITS = 12
STATIONS: tuple[tuple[timedelta, ScanStatus, str, str], ...] = (
    (timedelta(hours=2), S.PICKED_UP, "发货网点", "快件已揽收"),
    (timedelta(hours=8), S.IN_TRANSIT, "转运中心", "快件已发往目的地"),
    (timedelta(hours=26), S.OUT_FOR_DELIVERY, "派送网点", "快件正在派送"),
    (timedelta(hours=30), S.DELIVERED, "收货地", "快件已签收"),
)
"""Hours after the announcement. The words are the carrier's own, as he says them to everybody."""
NOBODY_HOME: tuple[timedelta, ScanStatus, str, str] = (
    timedelta(hours=28),
    S.PROBLEM,
    "派送网点",
    "收件人不在，将再次派送",
)


class Habit(StrEnum):
    """Each is a thing that real carriers do. Said of a market, for the parcels that are announced from then on."""

    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    LOSS = "loss"
    WRONG_SIGNATURE = "wrong_signature"
    UNKNOWN = "unknown"
    """The parcel is taken, and the answer lost."""
    NOBODY_HOME = "nobody_home"
    REFUSES = "refuses"


DELAYED_BY = timedelta(hours=3)
COPIES = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A letter to be posted: which scan it tells, when, and how many times over."""

    scan: Scan
    due_at: Instant
    copies: int


def tracking_of(parcel: UUID) -> str:
    """The same number for the same parcel, however often it is announced."""
    return PREFIX + str(parcel.int % 10**DIGITS).rjust(DIGITS, "0")


def way_of(tracking: str, announced_at: Instant, habits: Collection[str]) -> list[Scan]:
    """All that will ever happen to this parcel, in its order."""
    stations = [*STATIONS, NOBODY_HOME] if Habit.NOBODY_HOME in habits else list(STATIONS)
    stations.sort(key=lambda station: station[0])
    return [
        Scan(f"{tracking}-{status}", status, announced_at + after, place, words)
        for after, status, place, words in stations
    ]


def letters_of(way: Collection[Scan], habits: Collection[str]) -> list[Due]:
    """What is posted of it: late, several times, the newest first, or never."""
    if Habit.LOSS in habits:
        return []
    later = DELAYED_BY if Habit.DELAY in habits else timedelta(0)
    copies = COPIES if Habit.DUPLICATE in habits else 1
    times = [scan.at + later for scan in way]
    if Habit.REORDER in habits:  # all at the end, the newest first
        times = [max(times) + timedelta(minutes=len(times) - place) for place in range(len(times))]
    return [Due(scan, at, copies) for scan, at in zip(way, times, strict=True)]
