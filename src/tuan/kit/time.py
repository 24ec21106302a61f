"""An instant is a timezone-aware datetime in UTC; it always comes from the database, never from this host."""

from datetime import UTC, datetime

Instant = datetime


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> Instant:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
