"""Fixtures: one server per run, one database per ring, one market per test."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.given import houses
from tests.given.houses import Place
from tuan.main import House, open_house, open_relay
from tuan.platform.embedded import EmbeddedServer, ensure_running
from tuan.platform.relay import Relay

SETTINGS = {"max_connections": 200, "fsync": "off", "full_page_writes": "off"}
"""A race of fifty has fifty connections, besides those of the processes that it is run in. What is thrown away after the run waits
for no disk; the tests that kill a server start their own."""

KEPT = os.environ.get("TUAN_TEST_DATA")
"""A data folder whose server and template outlive the run: for hundreds of runs over one schema (tests/mutation.py)."""


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    with ExitStack() as stack:
        folder = KEPT or stack.enter_context(tempfile.TemporaryDirectory(prefix="tuan-test-"))
        yield stack.enter_context(ensure_running(Path(folder) / "data", settings=SETTINGS))


@pytest.fixture(scope="session")
async def house(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    if not KEPT or not await houses.has_template(server):
        await houses.make_template(server)
    name = f"tuan_run_{os.getpid()}"
    await houses.clone(server, name)
    settings = houses.settings_of(server, name, tmp_path_factory.mktemp("data"))
    async with open_house(settings) as opened:
        yield opened
    if KEPT:
        await houses.drop(server, name)


@pytest.fixture(scope="session")
async def relay(house: House) -> AsyncIterator[Relay]:
    async with open_relay(house) as opened:
        yield opened


@pytest.fixture
async def place(house: House, relay: Relay) -> Place:
    """A market of its own; the other markets in the database are other people's."""
    market, host = await houses.make_market(house)
    return Place(house, relay, market, host)
