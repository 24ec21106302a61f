"""What the wallet of points and the page of checking in show."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change in words; `change` is signed, and nought where points only became ready (`units` says how many)."""

    words: str
    at: datetime
    units: int
    change: int
    reason: str = ""
    url: str | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """So many points end then."""

    units: int
    at: datetime


class PointsPage(msgspec.Struct, frozen=True, kw_only=True):
    """One's own points. `worth` is what the spendable ones would pay, None where points pay for nothing."""

    spendable: int
    held: int
    pending: int
    debt: int
    worth: Money | None
    ending: list[Ending]
    entries: list[Entry]
    gives_check_in: bool
    next_url: str | None = None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the ladder: reached, today's, or still to come."""

    number: int
    reward: int
    state: Literal["done", "today", "ahead"]


class CheckInPage(msgspec.Struct, frozen=True, kw_only=True):
    """The ladder as the viewer climbs it; `streak` counts today once it is done. `given`: what today gave."""

    days: list[Day]
    streak: int
    is_done: bool
    spendable: int
    key: str
    given: int | None = None
