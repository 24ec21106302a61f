"""Open live pages of this process: counted, and ended together when it stops."""

import random
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tuan.platform.live import Hub

COME_BACK_MS = (500, 3000)
"""A thousand pages that come back do not all come in the same moment."""


class Streams:
    """Turns changes into lines for the browser until the browser goes or the process stops."""

    def __init__(self, hub: Hub) -> None:
        self.count = 0
        self._hub = hub

    def stop(self) -> None:
        self._hub.stop()

    async def of(self, market: int, topic: str, changed: bytes, still_here: bytes) -> AsyncGenerator[bytes, None]:
        """`changed` for each change, `still_here` to begin with and to keep the connection warm; at the end, when to return."""
        self.count += 1
        try:
            async with aclosing(self._hub.changes(market, topic)) as changes:
                async for has_changed in changes:
                    yield changed if has_changed else still_here
            yield b"retry: %d\n\n" % random.randint(*COME_BACK_MS)
        finally:
            self.count -= 1
