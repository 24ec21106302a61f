"""An act in processes that die at each of its awaits, and whoever comes after them: what the tests of kills share."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.given import houses
from tests.given.houses import Place
from tests.given.kills import ActFailed, die_at
from tuan.kit.refusals import Refused
from tuan.main import open_house, open_relay
from tuan.platform.settings import Settings

S = TypeVar("S")


@dataclass(slots=True)
class Trial:
    """It lives in an event loop between the forks: nothing may be running while one is made."""

    runner: asyncio.Runner
    settings: Settings
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def open(self) -> Place:
        """A market, seen by the process that comes after; it reads everything from the database."""
        return self.runner.run(self._open())

    async def _open(self) -> Place:
        house = await self.stack.enter_async_context(open_house(self.settings, requests=2, lanes=2))
        relay = await self.stack.enter_async_context(open_relay(house))
        market, host = await houses.make_market(house)
        return Place(house, relay, market, host)

    def run(
        self,
        name: str,
        place: Place,
        stride: int,
        *,
        begin: Callable[[], Awaitable[S]],
        dying: Callable[[Place, S], Awaitable[Any]],
        come_after: Callable[[S], Awaitable[None]],
        owners: tuple[type, ...] = (),
    ) -> None:
        """Die at every so manieth await of an act from a random one on, each time in a story begun anew.

        dying: the act; it gets the place as the new process sees it. come_after: raises what it finds half done. owners:
        classes of real providers, whose calls are awaits too.
        """
        first = random.randint(1, stride)
        for deaths in itertools.count():
            story = self.runner.run(_awaited(begin))
            calls = die_at(first + deaths * stride, self._process(place, dying, story), owners)
            self.runner.run(_awaited(come_after, story))
            if calls is not None:
                print(f"\n{name}: killed at {deaths} of {calls} awaits, from {first} on")
                # How many awaits an act has differs by a few: a lane that is busy answers a moment later.
                assert abs(deaths - len(range(first, calls + 1, stride))) <= 1
                return

    def _process(self, place: Place, act: Callable[[Place, S], Awaitable[Any]], story: S) -> Any:
        async def live(start_counting: Callable[[], None]) -> None:
            async with open_house(self.settings, requests=1, lanes=1) as house, open_relay(house) as relay:
                start_counting()
                try:
                    await act(Place(house, relay, place.market, place.host), story)
                except Refused as refused:
                    raise ActFailed(str(refused)) from refused

        return live


async def _awaited(call: Callable[..., Awaitable[S]], *args: Any) -> S:
    return await call(*args)
