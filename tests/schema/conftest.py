"""A server of each version that is promised, a migrated database on it, and one made from the tables of the code."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import asyncpg
import pytest

from tests.schema import databases
from tuan.main import load_modules
from tuan.migrations.migrate import migrate
from tuan.platform.embedded import ADMIN, OWNER, EmbeddedServer, ensure_running


@dataclass(frozen=True, slots=True)
class Databases:
    """Names of databases on one server: `migrated` by the chain, `declared` from the tables in the code."""

    server: EmbeddedServer
    migrated: str
    declared: str


@pytest.fixture(scope="session", params=[None, pytest.param(16, marks=pytest.mark.nightly)], ids=["newest", "floor"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The run's own server, and every night one of the oldest version that is promised."""
    if request.param is None:
        yield request.getfixturevalue("server")
    else:
        with ensure_running(tmp_path_factory.mktemp("floor") / "data", major=request.param) as running:
            yield running


@pytest.fixture(scope="session")
async def both(cluster: EmbeddedServer) -> Databases:
    load_modules()
    names = Databases(cluster, "tuan_migrated", "tuan_declared")
    for name in (names.migrated, names.declared):
        await databases.make(cluster, name)
    await migrate(cluster.dsn(OWNER, names.migrated))
    await databases.declare(cluster, names.declared)
    return names


@pytest.fixture
async def empty(cluster: EmbeddedServer) -> str:
    """The owner's URL of a database with nothing in it."""
    await databases.make(cluster, "tuan_empty")
    return cluster.dsn(OWNER, "tuan_empty")


@pytest.fixture
async def migrated(both: Databases) -> AsyncIterator[asyncpg.Connection]:
    """The administrator's connection to the migrated database; what a test does there is undone."""
    async with databases.connected(both.server.dsn(ADMIN, both.migrated)) as connection:
        yield connection


@pytest.fixture
async def declared(both: Databases) -> AsyncIterator[asyncpg.Connection]:
    """The same for the database made from the code."""
    async with databases.connected(both.server.dsn(ADMIN, both.declared)) as connection:
        yield connection
