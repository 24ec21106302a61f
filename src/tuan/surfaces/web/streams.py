"""Open live pages of this process: counted, and ended together when it stops."""

import asyncio
from collections.abc import AsyncIterator


class Streams:
    """Turns changes into lines for the browser until the browser goes or the process stops."""

    def __init__(self) -> None:
        self.count = 0
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def of(self, changes: AsyncIterator[bool], changed: bytes, still_here: bytes) -> AsyncIterator[bytes]:
        """`changed` for each change, `still_here` to keep the connection warm."""
        self.count += 1
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            yield still_here
            while not stopping.done():
                waiting = asyncio.ensure_future(anext(changes))
                try:
                    await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not waiting.done():
                        waiting.cancel()
                        await asyncio.gather(waiting, return_exceptions=True)
                if not waiting.cancelled():
                    yield changed if waiting.result() else still_here
        finally:
            self.count -= 1
            stopping.cancel()
