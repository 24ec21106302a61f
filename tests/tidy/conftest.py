"""The graph of imports, built once for all contracts and checks."""

import grimp
import pytest


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("tuan", include_external_packages=True, cache_dir=None)
