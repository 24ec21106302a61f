"""What the page of one's identity for customs shows."""

from datetime import datetime

import msgspec


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, masked: nobody reads the whole of it here, not even whose it is."""

    name: str
    number: str
    kept_at: datetime


class IdentityPage(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, if anything is, and the form for another. `typed` is what was refused, to be mended."""

    kept: Shown | None
    key: str
    typed: dict[str, str] = {}
    next_url: str = "/me"
    errors: dict[str, str] = {}
