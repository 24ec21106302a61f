"""PostgreSQL is restarted under load, also by kill -9: nothing that was acknowledged is lost, nothing is there twice.

    .venv/bin/python -m pytest tests/platform/test_chaos.py -m nightly -s     ten minutes, restarts every 5 to 40 seconds

A server and a worker run as processes; neither looks after the database, which is down for up to two seconds each time.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from benchmarks import replay_kills
from tests.given import goods as given
from tests.given import houses
from tests.given.goods import Goods
from tests.given.houses import Place
from tests.given.serving import Shopper, process, server, shoppers
from tests.given.storm import Buyers, Storm
from tuan.goods.catalog.model import SKU
from tuan.main import open_house, open_relay
from tuan.migrations.migrate import migrate
from tuan.platform import markets
from tuan.platform.embedded import DATABASE, OWNER, ensure_running
from tuan.platform.settings import Settings
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.trade.orders.model import ORDER_ID

PAIRS = 16
HOST = "chaos.test"
OVER = timedelta(hours=2)
"""A team's hour is over, whatever it waited for."""

ORDERS_SQL = "SELECT id, state FROM orders.orders WHERE market_id = $1"
CAPTURES_SQL = "SELECT attempt_id AS key, amount_minor FROM payments.captures WHERE market_id = $1"
REFUNDS_SQL = "SELECT id AS key, amount_minor FROM payments.refunds WHERE market_id = $1 AND state = 'done'"


@asynccontextmanager
async def ground(settings: Settings) -> AsyncIterator[Place]:
    """A house over the database, for what comes before and after the storm."""
    async with open_house(settings) as house, open_relay(house) as relay:
        owner = await asyncpg.connect(houses.owner_url(house))
        try:
            market = await markets.make(owner, name="Test", host=HOST, kind="test", currency="CNY")
        finally:
            await owner.close()
        yield Place(house, relay, market, HOST)


async def prepare(settings: Settings) -> tuple[Goods, list[Shopper]]:
    async with ground(settings) as place:
        of = await given.campaign(place, await given.goods(place, units=1_000_000))
        await place.quiet()
        return of, await shoppers(place, 2 * PAIRS)


async def weather(settings: Settings, of: Goods, people: list[Shopper], storm: Storm, seconds: float) -> Buyers:
    """Buyers through the storm, until each has finished what he began."""
    async with server(settings) as port, process(settings, "worker"):
        buyers = Buyers(f"127.0.0.1:{port}", port, SKU.show(of.sku), CAMPAIGN_ID.show(of.campaign))
        async with asyncio.timeout(2 * seconds + 240), asyncio.TaskGroup() as group:
            for number in range(PAIRS):
                group.create_task(buyers.come(number, people[2 * number], people[2 * number + 1]))
            await buyers.under_way.wait()
            await storm.rage(seconds)
            buyers.stop.set()
    return buyers


async def provider_books(place: Place, kind: str) -> dict[Any, int]:
    async with place.work() as work:
        today = work.now.date()
    days = [today - timedelta(days=back) for back in range(3)]
    lines = [line for day in days for line in await place.house.sandbox.statement(place.market, day)]
    return {line.key: line.amount_minor for line in lines if line.kind == kind}


async def adds_up(place: Place, buyers: Buyers) -> Counter[str]:
    """Every acknowledged order is there once and no other is; what the provider took and gave back is what we booked."""
    async with place.work() as work:
        states = {ORDER_ID.show(row["id"]): row["state"] for row in await work.fetch(ORDERS_SQL)}
        captured = {row["key"]: row["amount_minor"] for row in await work.fetch(CAPTURES_SQL)}
        refunded = {row["key"]: row["amount_minor"] for row in await work.fetch(REFUNDS_SQL)}
    assert sorted(states) == sorted(buyers.acknowledged.values())
    assert buyers.paid == states.keys()
    assert captured == await provider_books(place, "charge")
    assert refunded == await provider_books(place, "refund")
    assert set(states.values()) <= {"to_ship", "cancelled"}
    assert len(captured) - len(refunded) == Counter(states.values())["to_ship"]
    return Counter(states.values())


@pytest.mark.parametrize(
    ("seconds", "pause_seconds"),
    [(8, (1, 3)), pytest.param(600, (5, 40), marks=pytest.mark.nightly)],
    ids=["short", "ten-minutes"],
)
async def test_restarts_under_load_lose_and_double_nothing(
    tmp_path: Path, seconds: float, pause_seconds: tuple[float, float]
) -> None:
    seed = random.randrange(2**32)
    print(f"\nseed {seed}")
    data, began = tmp_path / "data", time.monotonic()
    with await asyncio.to_thread(ensure_running, data) as running:
        await migrate(running.dsn(OWNER))
        settings = houses.settings_of(running, DATABASE, data)
        of, people = await prepare(settings)
        storm = Storm(running, data, random.Random(seed), pause_seconds)
        buyers = await weather(settings, of, people, storm, seconds)
        async with ground(settings) as place:
            await place.quiet()
            await place.later(OVER)
            await place.later(timedelta(minutes=1))
            states = await adds_up(place, buyers)
        assert (await asyncio.to_thread(replay_kills.check, data))["ok"]
    figures = {
        "seed": seed,
        "seconds": round(time.monotonic() - began),
        "restarts": storm.restarts,
        "down_seconds": round(storm.down_seconds, 1),
        "orders": states,
        "asked_again": buyers.unknown,
    }
    print(json.dumps(figures))
