"""A world to attack: a market with something of everything, its visitors, and requests that would be lawful."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from tests.faces.conftest import Visitors, app, visitors
from tests.faces.matrix import made_matrix
from tests.faces.test_every_route import Probe
from tests.given.houses import Place

__all__ = ["Visitors", "app", "visitors"]


@pytest.fixture
async def probe(app: Litestar, place: Place) -> AsyncIterator[Probe]:
    """Nothing that is tried may break a market's books."""
    made = await made_matrix(app, place)
    yield made
    await place.quiet()
    assert await place.breaches() == {}
