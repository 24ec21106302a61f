"""What never changes is read once per process: terms of campaigns, which campaign a team is of."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar
from uuid import UUID

V = TypeVar("V")


class Remembered(Generic[V]):
    """Values by market and id, the oldest forgotten first. Only for what no statement of the house ever changes."""

    def __init__(self, most: int) -> None:
        self._kept: dict[tuple[int, UUID], V] = {}
        self._most = most

    async def get(
        self, market: int, wanted: Collection[UUID], read: Callable[[list[UUID]], Awaitable[Mapping[UUID, V]]]
    ) -> dict[UUID, V]:
        """Those of `wanted` that are there; `read` is asked for what is not known yet."""
        found = {one: self._kept[market, one] for one in wanted if (market, one) in self._kept}
        if missing := [one for one in wanted if one not in found]:
            fresh = await read(missing)
            for one, value in fresh.items():
                self._kept[market, one] = found[one] = value
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return found
