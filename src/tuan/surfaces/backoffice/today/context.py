"""What the start page of the office knows."""

import msgspec


class TodayPage(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks, and what needs a hand."""

    name: str
