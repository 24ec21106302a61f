"""What the list of one's own sessions shows."""

from datetime import datetime

import msgspec


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which the viewer is signed in. `used_at` is exact to a day; nothing finer is kept."""

    session: str
    name: str
    begun_at: datetime | None
    used_at: datetime
    is_this: bool = False
    is_recent: bool = False


class DevicesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The one used last stands first."""

    devices: list[Device]
    now: datetime
