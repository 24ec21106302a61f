"""What all checks share: the graph of imports, and quiet while trees are read."""

import gc
from collections.abc import Iterator

import grimp
import pytest


@pytest.fixture(scope="session", autouse=True)
def kept() -> Iterator[None]:
    """Trees are many small objects that stay to the end; looking for garbage among them doubles the time."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("tuan", include_external_packages=True, cache_dir=None)
