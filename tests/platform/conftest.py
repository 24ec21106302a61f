"""A database for processes that are killed, in which no worker is about."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.given import houses
from tests.given.trials import Trial
from tuan.platform.embedded import EmbeddedServer
from tuan.platform.settings import Settings


@pytest.fixture(scope="session")
def kills(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    asyncio.run(houses.make_template(server))
    asyncio.run(houses.clone(server, "tuan_kills"))
    return houses.settings_of(server, "tuan_kills", tmp_path_factory.mktemp("kills"))


@pytest.fixture
def trial(kills: Settings) -> Iterator[Trial]:
    with asyncio.Runner() as runner:
        opened = Trial(runner, kills)
        yield opened
        runner.run(opened.stack.aclose())
