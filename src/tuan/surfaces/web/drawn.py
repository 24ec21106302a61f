"""Pictures that are drawn when they are asked for: one at a time beside the loop, and kept while there is room."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Drawn:
    """What one process has drawn, the ones asked for last. bytes_max: of all that is kept."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._one = asyncio.Lock()

    async def get(self, key: Hashable, draw: Callable[[], bytes]) -> bytes:
        """What `draw` makes, or made before of the same key."""
        async with self._one:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            self._kept[key] = drawn = await asyncio.to_thread(draw)
            self._bytes += len(drawn)
            while self._bytes > self._bytes_max:
                self._bytes -= len(self._kept.popitem(last=False)[1])
        return drawn
