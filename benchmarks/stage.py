"""Where benchmarks play: an embedded server of their own, one market, goods and signed-in people, made of public verbs."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from tuan.bench import CHECKOUT
from tuan.goods import catalog, supply
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.launch import Say
from tuan.main import House, open_house
from tuan.migrations.migrate import migrate
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.platform import markets
from tuan.platform.embedded import ADMIN, APP, OWNER, RELAY, EmbeddedServer, ensure_running
from tuan.platform.gateways.payment import Charge
from tuan.platform.outbox import flush
from tuan.platform.settings import Settings, market_secret
from tuan.platform.work import SYSTEM, MarketId, Work, open_work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import OpenTeam
from tuan.surfaces.web import sessions
from tuan.trade import orders, payments
from tuan.trade.payments import StartAttempt

HOME = Address("王小明", "13800138000", "浙江省 杭州市 西湖区", "文三路 1 号")
UNITS = 100_000_000
LIST_PRICE_MINOR, TEAM_PRICE_MINOR = 1990, 990
PEOPLE_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Goods:
    """One SKU with a campaign that runs on it."""

    supplier: UUID
    sku: UUID
    campaign: UUID


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody signed in: his cookie's token and what his forms carry."""

    person: UUID
    address: UUID
    token: str
    form_token: str


@dataclass(slots=True)
class Stage:
    """A server, one market, and a house over it; `data` is what processes are started with."""

    data: Path
    server: EmbeddedServer
    house: House
    market: MarketId

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with open_work(self.house.database.requests, self.market, SYSTEM, flush=flush) as work:
            yield work

    async def goods(
        self, count: int, *, size: int = 2, team_seconds: int = 86400, pay_seconds: int = 3600, days: int = 7
    ) -> list[Goods]:
        """So many products of one SKU, all stocked, each with a campaign of so many days for teams of `size`."""
        async with self.work() as work:
            owner = await accounts.admit(work, "+8613900000000", name="果园", locale="zh-CN")
            supplier = await parties.admit_supplier(work, "果园", owner, promise="48 小时发货", reason="benchmark")
            category = await catalog.add_category(work, f"fruit-{new_uuid().hex}", "水果", 1)
            options = [("5 kg", LIST_PRICE_MINOR)]
            news = [
                catalog.NewProduct(supplier, category, "脐橙", "现摘", ["goods/navel-orange.svg"], options, "shipped")
                for _ in range(count)
            ]
            listed = granted(await catalog.list_products(work, news))
            assert await supply.receive(work, {skus[0]: UNITS for _, skus in listed}, reason="benchmark") is None
            campaigns = [
                groupbuy.NewCampaign(
                    product=product, prices={skus[0]: TEAM_PRICE_MINOR}, size=size,
                    starts_at=work.now - timedelta(minutes=1), ends_at=work.now + timedelta(days=days),
                    team_seconds=team_seconds, pay_seconds=pay_seconds,
                )
                for product, skus in listed
            ]  # fmt: skip
            launched = await groupbuy.launch_campaigns(work, campaigns, reason="benchmark")
        return [Goods(supplier, skus[0], granted(c)) for (_, skus), c in zip(listed, launched, strict=True)]

    async def shoppers(self, count: int) -> list[Shopper]:
        """So many people with an address, signed in."""
        secret, made = self.house.settings.secret, []
        for start in range(0, count, PEOPLE_CHUNK):
            people = [(new_uuid(), f"买家{number}") for number in range(start, min(start + PEOPLE_CHUNK, count))]
            async with self.work() as work:
                await accounts.admit_many(work, people)
                for person, _ in people:
                    address = granted(await accounts.add_address(work, person, HOME))
                    token = await sessions.begin(work, person, "zh-CN")
                    made.append(Shopper(person, address, token, sessions.form_token(secret, token)))
        return made

    async def gather_statistics(self) -> None:
        """What autovacuum would do within a minute: the planner knows every table."""
        admin = await asyncpg.connect(self.server.dsn(ADMIN))
        try:
            await admin.execute("VACUUM ANALYZE")
        finally:
            await admin.close()

    async def teams(self, goods: Sequence[Goods], leaders: Sequence[Shopper]) -> list[UUID]:
        """A team that can be joined for each leader, of these goods in turn: opened, paid, gathering."""
        pay, made = self.house.sandbox, []
        wanted = list(zip(leaders, cycle(goods), strict=False))
        for start in range(0, len(wanted), PEOPLE_CHUNK // 2):
            some = wanted[start : start + PEOPLE_CHUNK // 2]
            async with self.work() as work:
                opens = [OpenTeam(who.person, new_uuid().hex, of.campaign, of.sku, 1, who.address) for who, of in some]
                seated = [granted(outcome) for outcome in await groupbuy.seat_buyers(work, opens)]
            async with self.work() as work:
                starts = [
                    StartAttempt(who.person, new_uuid().hex, seat.payable, pay.name, pay.merchant, pay.app)
                    for (who, _), seat in zip(some, seated, strict=True)
                ]
                attempts = [granted(outcome) for outcome in await payments.start_attempts(work, starts)]
            charges = [Charge(self.market, attempt, TEAM_PRICE_MINOR, "CNY") for attempt in attempts]
            await pay.start(charges)
            notices = await pay.decide(charges, pay=True)
            async with self.work() as work:
                await orders.apply_notices(work, notices)
            async with self.work() as work:  # what the worker would do on hearing that they were paid
                await groupbuy.take_seats(work, [seat.order for seat in seated])
            made += [seat.team for seat in seated]
        return made


@contextmanager
def _preloaded(library: Path | None) -> Iterator[None]:
    """The environment with a library that processes started meanwhile load first."""
    if library is None:
        yield
        return
    os.environ["LD_PRELOAD"] = str(library)
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"]


@asynccontextmanager
async def stage(
    say: Say, *, settings: Mapping[str, str | int] | None = None, preload: Path | None = None
) -> AsyncIterator[Stage]:
    """A new server in a temporary folder, migrated, with one market; everything is gone afterwards.

    settings: PostgreSQL parameters over the usual ones. preload: a library that its processes load first.
    """
    with tempfile.TemporaryDirectory(prefix="tuan-bench-") as folder:
        data = Path(folder, "data")
        with _preloaded(preload):
            server = ensure_running(data, say=say, settings=settings)
        with server:
            await migrate(server.dsn(OWNER))
            owner = await asyncpg.connect(server.dsn(OWNER))
            try:
                market = await markets.make(owner, name="Bench", host="bench.test", kind="test", currency="CNY")
            finally:
                await owner.close()
            secret = market_secret(data, make=True)
            ground = Settings(data, server.dsn(APP), server.dsn(RELAY), secret, development=True)
            async with open_house(ground) as house:
                yield Stage(data, server, house, market)


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def of_this_checkout() -> dict[str, str]:
    """The environment in which a process runs the code that lies here, whatever is installed."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))}


@asynccontextmanager
async def process(*arguments: str, port: int, log: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """`python -m ARGUMENTS` from the checkout, once it listens on `port`; stopped afterwards. Its lines go to `log`."""
    command = [sys.executable, "-P", "-m", *arguments]
    with (
        log.open("ab") as lines,
        subprocess.Popen(command, stdout=lines, stderr=lines, env=of_this_checkout()) as child,
    ):
        try:
            await _listening(child, port, log)
            yield child
        finally:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(15)
            child.kill()


async def _listening(child: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(600):
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        if child.poll() is not None:
            break
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the process did not start: {log.read_text()[-2000:]}")


def median(values: Sequence[float]) -> float:
    """The middle one; of an even number the lower of the two."""
    return sorted(values)[(len(values) - 1) // 2]


def rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Figures to the digits that mean something."""
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in values.items()}
