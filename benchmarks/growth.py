"""One join at a time in a market without a past and in one with millions of past orders, in one run on one server.

    ./tuan bench growth --orders 5000000 --json

Two databases: in both the same campaign runs, in one of them it has had all those orders (see `benchmarks.past`), which fill every
table that a join touches. The joins take turns, one here, one there, through the lanes as a page's do; each is a batch
of one with its own commit. What is reported are medians over rounds of each round's median. Five million orders take some
35 GB below the temporary folder (TMPDIR).
"""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
from rich.console import Console
from rich.progress import Progress

from benchmarks.past import BASE, live_through, multiply
from benchmarks.stage import Goods, Shopper, Stage, median, rounded, stage
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.launch import Say
from tuan.main import open_house, open_relay
from tuan.migrations.migrate import migrate
from tuan.platform import invariants, markets
from tuan.platform.database import BY_SET, open_pool
from tuan.platform.embedded import ADMIN, APP, DATABASE, OWNER, RELAY
from tuan.platform.outbox import flush
from tuan.platform.telemetry import set_up_logs
from tuan.platform.work import SYSTEM, open_work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam

GROWN = "tuan_grown"
ROUNDS, JOINS, WARM = 7, 200, 100
DAYS = 365
LOADING = {"max_wal_size": "4GB", "checkpoint_timeout": "30min", "maintenance_work_mem": "512MB"}
"""So that loading is not checkpointing; the memory that joins use stays as it is."""


@dataclass(slots=True)
class Side:
    """One of the two markets, with teams that wait to be joined."""

    here: Stage
    goods: Goods
    people: list[Shopper]
    teams: list[UUID]

    async def join(self, number: int) -> float:
        """Seconds until the seat is held and committed."""
        who = self.people[number % len(self.people)]
        command = JoinTeam(who.person, new_uuid().hex, self.teams[number], self.goods.sku, 1, who.address)
        began = time.perf_counter()
        outcome = await self.here.house.lanes.submit(groupbuy.seat_buyers, self.here.market, command)
        seconds = time.perf_counter() - began
        granted(outcome)
        return seconds


async def run(*, say: Say, orders: int) -> dict[str, Any]:
    """Milliseconds of a join here and there, their ratio, how big the past is, and what the invariants say of it."""
    set_up_logs(as_json=False, level=logging.WARNING)
    progress = Progress(console=Console(stderr=True), transient=True)
    copies = max(1, orders // BASE - 1)
    async with stage(say, settings=LOADING) as empty, beside(empty, GROWN) as grown:
        with progress:
            bar = progress.add_task("loading past orders", total=(copies + 1) * BASE)
            began = time.perf_counter()
            (goods,) = await grown.goods(1, team_seconds=3600, pay_seconds=600, days=DAYS)
            await live_through(grown, GROWN, goods, await grown.shoppers(BASE))
            await multiply(grown, GROWN, copies, lambda done: progress.update(bar, completed=done))
            loading_seconds = time.perf_counter() - began
            sides = {
                "empty": await _ready(empty, DATABASE, (await empty.goods(1, days=DAYS))[0]),
                "grown": await _ready(grown, GROWN, goods),
            }
            bar = progress.add_task("joining", total=ROUNDS)
            rounds = [await _round(sides, number, lambda: progress.advance(bar)) for number in range(ROUNDS)]
            size = await _size(grown)
            progress.add_task("checking every invariant", total=None)
            broken = await _check(grown)
    middle = {name: median([one[name] for one in rounds]) for name in sides}
    return rounded(
        {
            "orders": size["orders"],
            "gigabytes": size["bytes"] / 10**9,
            "loading_seconds": loading_seconds,
            "empty_p50_ms": middle["empty"] * 1000,
            "grown_p50_ms": middle["grown"] * 1000,
            "ratio": middle["grown"] / middle["empty"],
            "ratios_of_rounds": [round(one["grown"] / one["empty"], 3) for one in rounds],
            "breaches": broken,
        }
    )


@asynccontextmanager
async def beside(here: Stage, database: str) -> AsyncIterator[Stage]:
    """Another database on the same server, with a market of its own."""
    admin = await asyncpg.connect(here.server.dsn(ADMIN, "postgres"))
    try:
        await admin.execute(f"CREATE DATABASE {database} OWNER {OWNER}")
    finally:
        await admin.close()
    await migrate(here.server.dsn(OWNER, database))
    owner = await asyncpg.connect(here.server.dsn(OWNER, database))
    try:
        market = await markets.make(owner, name="Bench", host="bench.test", kind="test", currency="CNY")
    finally:
        await owner.close()
    app_url, relay_url = here.server.dsn(APP, database), here.server.dsn(RELAY, database)
    async with open_house(replace(here.house.settings, app_url=app_url, relay_url=relay_url)) as house:
        yield Stage(here.data, here.server, house, market)


async def _ready(here: Stage, database: str, goods: Goods) -> Side:
    """Teams to join, people to join them, statistics as autovacuum would have gathered them."""
    people = await here.shoppers(1000)
    teams = await here.teams([goods], (people * 2)[: WARM + ROUNDS * JOINS])
    side = Side(here, goods, people[::-1], teams)
    admin = await asyncpg.connect(here.server.dsn(ADMIN, database))
    try:
        await admin.execute("VACUUM (ANALYZE)")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()
    for number in range(WARM):
        await side.join(number)
    return side


async def _round(sides: dict[str, Side], number: int, show: Any) -> dict[str, float]:
    """The median of each side, their joins taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for place in range(JOINS):
        for name, side in sides.items():
            seconds[name].append(await side.join(WARM + number * JOINS + place))
    show()
    return {name: median(values) for name, values in seconds.items()}


async def _size(grown: Stage) -> dict[str, int]:
    async with grown.work() as work:
        orders = await work.fetch_value("SELECT count(*) FROM orders.orders WHERE market_id = $1")
        size = await work.connection.fetchval("SELECT pg_database_size(current_database())")
    return {"orders": orders, "bytes": size}


async def _check(grown: Stage) -> dict[str, list[str]]:
    """What `tuan check` would say; no worker ran, and facts that wait since before the loading are handed up first."""
    async with open_relay(grown.house) as relay:
        while await relay.hand_up():
            pass
    pool = await open_pool(grown.house.settings.app_url, least=1, most=1, name="check", plans=BY_SET)
    try:
        async with open_work(pool, grown.market, SYSTEM, flush=flush, read_only=True) as work:
            return {name: found[:3] for name, found in (await invariants.breaches(work)).items() if found}
    finally:
        pool.terminate()
