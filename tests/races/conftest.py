"""Two processes in one market: each has its own pools and its own lanes, and rows are all they share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.given import houses
from tests.given.houses import Place
from tests.given.races import CROWD, Rivals
from tuan.main import House, open_house
from tuan.platform.relay import Relay


@pytest.fixture(scope="session")
async def rival_houses(house: House) -> AsyncIterator[list[House]]:
    """A connection for everybody, opened before anybody runs: who waits for one does not take part in the race."""
    each = CROWD // 2
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_house(house.settings, lanes=each)) for _ in range(2)]
        for one in opened:
            await asyncio.gather(*(one.database.lanes.fetchval("SELECT pg_sleep(0.2)") for _ in range(each)))
        yield opened


@pytest.fixture
async def rivals(house: House, rival_houses: list[House], relay: Relay) -> Rivals:
    """One market, seen from two processes."""
    market, host = await houses.make_market(house)
    one, other = (Place(rival, relay, market, host) for rival in rival_houses)
    return Rivals(one, other)
