"""Where a world is played: an embedded server, one market per seed, and processes that can be killed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import asyncpg

from tuan.kit.time import Instant
from tuan.launch import Say
from tuan.main import open_house
from tuan.migrations.migrate import migrate
from tuan.platform import markets
from tuan.platform.database import Database, open_pool
from tuan.platform.embedded import APP, OWNER, RELAY, ensure_running
from tuan.platform.gateways.outside import Outside
from tuan.platform.house import House
from tuan.platform.lanes import Lanes, PluralVerb
from tuan.platform.outbox import flush
from tuan.platform.relay import Relay
from tuan.platform.settings import Settings, SettingsError
from tuan.platform.work import SYSTEM, MarketId, open_work
from tuan.simulate.faults import FaultyPool, Life, Switch
from tuan.simulate.provider import Provider

ALONE_SQL = "SELECT pg_try_advisory_lock(hashtext('tuan world'))"
CLOCK_SQL = "SELECT clock_timestamp() + clock_offset FROM platform.markets WHERE id = $1"


@dataclass(slots=True)
class Process:
    """A process of ours: its own pools, lanes and relay. Killed, it answers nothing any more."""

    life: Life
    database: Database
    lanes: Lanes
    relay: Relay
    stack: AsyncExitStack


@dataclass(slots=True)
class Site:
    """What stays between seeds: the server, a sound house that only looks and sets up, and the owner who moves clocks."""

    settings: Settings
    house: House
    owner: asyncpg.Connection
    eyes: asyncpg.Pool
    switch: Switch = field(default_factory=Switch)

    async def make_market(self, name: str) -> MarketId:
        return await markets.make(self.owner, name="World", host=name, kind="test", currency="CNY")

    async def clock(self, market: MarketId) -> Instant:
        now: Instant = await self.owner.fetchval(CLOCK_SQL, market)
        return now

    async def set_clock(self, market: MarketId, to: Instant) -> None:
        """Time stands where it is told to, to a few thousandths of a second."""
        await markets.move_clock(self.owner, market, to - await self.clock(market))

    def sound_work(self, market: MarketId) -> Any:
        """A Work that nothing happens to: for setting up, for looking, and for what managers do."""
        return open_work(self.house.database.requests, market, SYSTEM, flush=flush)

    async def start_process(self, provider: Provider) -> Process:
        stack = AsyncExitStack()
        real = await stack.enter_async_context(Database.opened(self.settings.app_url, requests=2, lanes=4))
        life = Life()
        faulty = Database(
            *(cast(asyncpg.Pool, FaultyPool(pool, self.switch, life)) for pool in (real.requests, real.lanes))
        )
        relay = Relay(faulty.lanes, self.eyes, Outside({provider.name: provider}, self.house.poster), asyncio.Event())
        return Process(life, faulty, Lanes(faulty.lanes, faulty.requests), relay, stack)


@dataclass(slots=True)
class Stage:
    """One market and the two processes that serve it."""

    site: Site
    market: MarketId
    provider: Provider
    processes: list[Process]

    async def submit(self, verb: PluralVerb, command: Any, *, process: int = 0) -> Any:
        """Through a lane, as the pages do."""
        return await self.processes[process].lanes.submit(verb, self.market, command)

    async def do(self, verb: Callable[..., Awaitable[Any]], *args: Any, **more: Any) -> Any:
        """A plain verb in a Work of its own, as a page does."""
        async with open_work(self.processes[0].database.requests, self.market, SYSTEM, flush=flush) as work:
            return await verb(work, *args, **more)

    async def bury(self) -> bool:
        """Put a new process in the place of one that was killed; whether there was one."""
        dead = [place for place, process in enumerate(self.processes) if process.life.is_over]
        for place in dead:
            await self.processes[place].stack.aclose()
            self.processes[place] = await self.site.start_process(self.provider)
        return bool(dead)

    async def back(self, by: timedelta) -> None:
        """The clock goes back a little, as a corrected one does."""
        await markets.move_clock(self.site.owner, self.market, -by)


@asynccontextmanager
async def open_site(data: Path, *, say: Say) -> AsyncIterator[Site]:
    """The data folder's embedded server, always: a world is never played on a real installation's database.

    Raises SettingsError where another world is being played in this folder: its worker would deliver our facts, for which
    the auditor knows no cause.
    """
    with ensure_running(data, say=say) as server:
        owner = await asyncpg.connect(server.dsn(OWNER))
        async with AsyncExitStack() as stack:
            stack.push_async_callback(owner.close)
            if not await owner.fetchval(ALONE_SQL):
                raise SettingsError(
                    f"Another world is being played in {data}: wait for its end, or name another folder with --data."
                )
            await migrate(server.dsn(OWNER))
            settings = Settings(data, server.dsn(APP), server.dsn(RELAY), b"w" * 32, development=True)
            eyes = await open_pool(settings.relay_url, least=1, most=2, name="world")
            stack.callback(eyes.terminate)
            house = await stack.enter_async_context(open_house(settings, requests=2, lanes=2))
            yield Site(settings, house, owner, eyes)


@asynccontextmanager
async def open_stage(site: Site, name: str) -> AsyncIterator[Stage]:
    market = await site.make_market(name)
    provider = Provider(site.house.sandbox)
    stage = Stage(site, market, provider, [await site.start_process(provider) for _ in range(2)])
    try:
        yield stage
    finally:
        for process in stage.processes:
            await process.stack.aclose()
