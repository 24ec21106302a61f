"""A world has a server of its own: its processes are killed and its clocks are moved."""

from collections.abc import AsyncIterator

import pytest

from tuan.simulate.site import Site, open_site


@pytest.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_site(tmp_path_factory.mktemp("world") / "data", say=lambda _: None) as opened:
        yield opened
