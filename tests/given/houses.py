"""One embedded server and one migrated database for a test run; every test works in a market of its own."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from tuan.main import House, open_house, open_relay
from tuan.migrations.migrate import migrate
from tuan.platform import invariants, markets
from tuan.platform.embedded import EmbeddedServer
from tuan.platform.outbox import flush
from tuan.platform.relay import Relay
from tuan.platform.settings import Settings
from tuan.platform.work import SYSTEM, MarketId, Work, open_work

TEMPLATE = "tuan_template"

_numbers = itertools.count(1)
_owners: dict[str, str] = {}


async def make_template(server: EmbeddedServer) -> None:
    """A migrated, empty database that each run is cloned from."""
    admin = await asyncpg.connect(server.dsn("tuan_admin", "postgres"))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        await admin.execute(f"CREATE DATABASE {TEMPLATE} OWNER tuan_owner")
    finally:
        await admin.close()
    await migrate(server.dsn("tuan_owner", TEMPLATE))


async def has_template(server: EmbeddedServer) -> bool:
    """Whether an earlier run over this server has made it."""
    admin = await asyncpg.connect(server.dsn("tuan_admin", "postgres"))
    try:
        return bool(await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", TEMPLATE))
    finally:
        await admin.close()


async def drop(server: EmbeddedServer, name: str) -> None:
    """The database of a run that is over."""
    admin = await asyncpg.connect(server.dsn("tuan_admin", "postgres"))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await admin.close()


async def clone(server: EmbeddedServer, name: str) -> None:
    admin = await asyncpg.connect(server.dsn("tuan_admin", "postgres"))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER tuan_owner")
    finally:
        await admin.close()


def settings_of(server: EmbeddedServer, database: str, data: Path) -> Settings:
    know_owner(server.dsn("tuan_app", database), server.dsn("tuan_owner", database))
    return Settings(
        data=data,
        app_url=server.dsn("tuan_app", database),
        relay_url=server.dsn("tuan_relay", database),
        secret=b"s" * 32,
        development=True,
    )


def know_owner(app_url: str, owner_url: str) -> None:
    """Remember at which address the owner of a database is, for the tests that make markets and move clocks in it."""
    _owners[app_url] = owner_url


def owner_url(house: House) -> str:
    """The owner's address of a test database; the house itself never knows it."""
    return _owners[house.settings.app_url]


@dataclass(slots=True)
class Place:
    """A market to test in: a house, a relay, and a clock that can be moved."""

    house: House
    relay: Relay
    market: MarketId
    host: str

    def work(self, actor: UUID = SYSTEM) -> Any:
        """A Work that commits at the end of its `async with`."""
        return open_work(self.house.database.requests, self.market, actor, flush=flush)

    async def do(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        """Run one verb in a Work of its own."""
        async with self.work() as work:
            return await verb(work, *args, **kwargs)

    async def one(self, plural_verb: Any, command: Any) -> Any:
        """Run a plural verb with a batch of one, through its lane."""
        return await self.house.lanes.submit(plural_verb, self.market, command)

    async def quiet(self) -> None:
        """Deliver every fact and do everything due."""
        await self.relay.settle_all(self.market)

    async def later(self, by: timedelta) -> None:
        """Let time pass in this market only, then do what fell due."""
        await self.move_clock(by)
        await self.quiet()

    async def move_clock(self, by: timedelta) -> None:
        owner = await asyncpg.connect(owner_url(self.house))
        try:
            await markets.move_clock(owner, self.market, by)
        finally:
            await owner.close()

    async def breaches(self) -> dict[str, list[str]]:
        """Invariants that do not hold."""
        async with self.work() as work:
            return {name: found for name, found in (await invariants.breaches(work)).items() if found}

    async def snapshot(self) -> dict[str, Any]:
        """Every row of this market that a command could have changed, to show that a refusal changed nothing.

        A person's limit row that counts nothing is a lock, not a change.
        """
        async with self.work() as work:
            return await _rows(work)


async def _rows(work: Work) -> dict[str, Any]:
    from tuan.platform.schema import metadata

    rows = {}
    for table in metadata.sorted_tables:
        if table.info["market"] and table.schema not in ("sandbox",):
            key = ", ".join(column.name for column in table.primary_key)
            rows[table.fullname] = await work.fetch(
                f"SELECT * FROM {table.fullname} WHERE market_id = $1 ORDER BY {key}"
            )
    rows["groupbuy.limits"] = [row for row in rows["groupbuy.limits"] if row["units"]]
    return rows


async def make_market(house: House, *, kind: str = "test", currency: str = "CNY") -> tuple[MarketId, str]:
    host = f"m{next(_numbers)}-{os.getpid()}.test"
    owner = await asyncpg.connect(owner_url(house))
    try:
        return await markets.make(owner, name="Test", host=host, kind=kind, currency=currency), host
    finally:
        await owner.close()


@asynccontextmanager
async def open_place(settings: Settings) -> AsyncIterator[Place]:
    async with open_house(settings) as house, open_relay(house) as relay:
        market, host = await make_market(house)
        yield Place(house, relay, market, host)
