"""A world to attack: a market with something of everything, its visitors, and requests that would be lawful."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from tests.faces.conftest import Visitors, app, visitors
from tests.faces.matrix import made_matrix
from tests.faces.test_every_route import Probe
from tests.given import houses
from tests.given.houses import Place
from tuan.platform.relay import Relay

__all__ = ["Visitors", "app", "visitors"]


@pytest.fixture(scope="module")
async def probe(app: Litestar, house: houses.House, relay: Relay) -> AsyncIterator[Probe]:
    """One world for a file of attacks, for it takes long to make; nothing that is tried may break its market's books."""
    place = Place(house, relay, *await houses.make_market(house))
    made = await made_matrix(app, place)
    yield made
    await place.quiet()
    assert await place.breaches() == {}
