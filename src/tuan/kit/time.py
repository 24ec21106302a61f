"""An instant is a timezone-aware datetime in UTC; it always comes from the database, never from this host."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

Instant = datetime


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> Instant:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def day_of(instant: Instant, time_zone: str) -> date:
    """The calendar day that people of this zone have then."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> Instant:
    """When this day begins there."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
