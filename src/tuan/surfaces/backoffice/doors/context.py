"""What signing in to the office, confirming and setting a password show."""

import msgspec


class DoorPage(msgspec.Struct, frozen=True, kw_only=True):
    """A form at the door; `next_url` is where it leads afterwards, a path of the office."""

    next_url: str
    phone: str = ""
    wrong: str = ""
    """Why the last try was refused, in words."""
