"""What the page without a line shows: nothing but words."""

import msgspec


class OfflinePage(msgspec.Struct, frozen=True, kw_only=True):
    """Shown by the service worker when the market cannot be reached."""

    home: str = "/"
