"""Two processes in one market: each has its own pools and its own lanes, and rows are all they share."""

from collections.abc import AsyncIterator

import pytest

from tests.given import houses
from tests.given.houses import Place
from tests.given.races import Rivals
from tuan.main import House, open_house
from tuan.platform.relay import Relay


@pytest.fixture(scope="session")
async def second_house(house: House) -> AsyncIterator[House]:
    async with open_house(house.settings, requests=3, lanes=3) as opened:
        yield opened


@pytest.fixture
async def rivals(house: House, second_house: House, relay: Relay) -> Rivals:
    """One market, seen from two processes."""
    market, host = await houses.make_market(house)
    return Rivals(Place(house, relay, market, host), Place(second_house, relay, market, host))
