"""What the stories share."""

import asyncio

import pytest

from tests.stories.money_market import Side
from tuan.main import House
from tuan.platform.relay import Relay

pytest.register_assert_rewrite(
    "tests.stories.money_play", "tests.stories.money_buying", "tests.stories.money_deals", "tests.stories.money_machine"
)


@pytest.fixture
async def side(house: House, relay: Relay) -> Side:
    """For tests that are no coroutines: they run what they do on the loop that the house's connections belong to."""
    return Side(house, relay, asyncio.get_running_loop())
