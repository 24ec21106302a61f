"""`tuan replay`: a real group-buying log, played through the same verbs as the pages.

A launches file has a line per launch: initiator, item, participants. No clock, price or size is in it, so they are
supplied: the market's own clock, one price, and a team as big as its members (2 where nobody joined). A play that was
killed goes on where it stopped: every act has a key made of the file's content and the line.
"""

import asyncio
import gzip
import hashlib
import os
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tuan.goods import catalog, supply
from tuan.kit.refusals import Refusal, granted
from tuan.launch import Child, Ground, Say, stand_on
from tuan.main import open_house
from tuan.migrations.migrate import migrate
from tuan.people import accounts, parties
from tuan.platform import markets
from tuan.platform.database import LOST_CONNECTION
from tuan.platform.embedded import OWNER
from tuan.platform.gateways.payment import Charge
from tuan.platform.house import House
from tuan.platform.lanes import PluralVerb
from tuan.platform.outbox import flush
from tuan.platform.telemetry import set_up_logs
from tuan.platform.work import SYSTEM, MarketId, open_work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, OpenTeam, Seated
from tuan.trade import orders, payments
from tuan.trade.payments import StartAttempt

CURRENCY = "CNY"
CHUNK_LINES = 400
SETUP_CHUNK = 2000
TEAM_SECONDS = 20 * 86_400
PAY_SECONDS = 86_400
PAST_EVERY_DEADLINE = timedelta(days=21)
POLL_SECONDS = 0.02
RETRY_SECONDS = 0.3
RETRIES_MAX = 300

SUMMARY_SQL = (
    "SELECT (SELECT count(*) FROM groupbuy.teams WHERE market_id = $1) AS launches, "
    "(SELECT count(*) FROM groupbuy.teams WHERE market_id = $1 AND state = 'formed') AS formed, "
    "(SELECT count(*) FROM groupbuy.teams WHERE market_id = $1 AND state = 'lapsed') AS lapsed, "
    "(SELECT count(*) FROM groupbuy.seats s JOIN groupbuy.teams t ON t.market_id = s.market_id AND t.id = s.team_id "
    "WHERE s.market_id = $1 AND s.state = 'taken' AND t.state = 'formed') AS member_orders, "
    "(SELECT count(*) FROM payments.refunds WHERE market_id = $1 AND state = 'done') AS refunds, "
    "(SELECT coalesce(sum(amount), 0)::bigint FROM ledger.transfers WHERE market_id = $1 AND kind = 'capture') "
    "AS captured_minor, (SELECT coalesce(sum(amount), 0)::bigint FROM ledger.transfers WHERE market_id = $1 "
    "AND kind = 'refund') AS refunded_minor, (SELECT coalesce(abs(sum(balance)), 0)::bigint FROM ledger.accounts "
    "WHERE market_id = $1) AS ledger_imbalance, (SELECT coalesce(sum(greatest(held + allotted - on_hand, 0)), 0)::bigint "
    "FROM supply.stock WHERE market_id = $1) + (SELECT coalesce(sum(greatest(held + taken - size, 0)), 0)::bigint "
    "FROM groupbuy.teams WHERE market_id = $1) AS oversold"
)
OPENING_SQL = "SELECT count(*) FROM groupbuy.teams WHERE market_id = $1 AND state = 'opening' AND id = ANY($2::uuid[])"
BUSY_SQL = (
    "SELECT (SELECT count(*) FROM outbox.pending WHERE market_id = $1) "
    "+ (SELECT count(*) FROM groupbuy.teams WHERE market_id = $1 AND state = 'gathering' AND deadline <= $2) "
    "+ (SELECT count(*) FROM payments.refunds WHERE market_id = $1 AND state = 'due')"
)
LISTED_SQL = (
    "SELECT p.title, s.id AS sku_id, c.id AS campaign_id FROM catalog.products p "
    "JOIN catalog.skus s ON s.market_id = p.market_id AND s.product_id = p.id "
    "JOIN groupbuy.campaigns c ON c.market_id = p.market_id AND c.product_id = p.id WHERE p.market_id = $1"
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Launch:
    line: int
    initiator: str
    item: str
    participants: tuple[str, ...]

    @property
    def size(self) -> int:
        return max(len(self.participants) + 1, 2)

    @property
    def title(self) -> str:
        """A campaign has one size, so an item is listed once per size."""
        return f"item {self.item} in teams of {self.size}"


def read_launches(file: Path, lines: int) -> tuple[str, list[Launch]]:
    """The hash of the content, and its launches. Raises FileNotFoundError; a line without an item is an error."""
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    launches = []
    for number, text in enumerate(raw.decode().splitlines()[:lines], start=1):
        initiator, item, *participants = text.split("\t")
        launches.append(Launch(number, initiator, item, tuple(participants)))
    return hashlib.blake2b(raw, digest_size=8).hexdigest() + (f"-{lines}" if lines < 10**9 else ""), launches


@dataclass(slots=True)
class Play:
    """One replay: its market, its people and goods, and how far it is."""

    ground: Ground
    house: House
    content: str
    launches: list[Launch]
    price_minor: int
    market: MarketId
    bar: Progress
    goods: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)
    """Title → (SKU, campaign)."""

    def person(self, name: str) -> UUID:
        return UUID(bytes=hashlib.blake2b(f"{self.content} {name}".encode(), digest_size=16).digest())

    def key(self, launch: Launch, act: str) -> str:
        return f"{self.content}:{launch.line}:{act}"

    async def surely(self, act: Callable[[], Awaitable[T]]) -> T:
        """Repeat through lost connections and restarts; safe because every act has a key or may simply be done again."""
        for _ in range(RETRIES_MAX):
            try:
                return await act()
            except (*LOST_CONNECTION, asyncpg.PostgresError, TimeoutError) as error:
                self.ground.say(f"again after {type(error).__name__}: {error}")
                await asyncio.sleep(RETRY_SECONDS)
        return await act()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Any]:
        async with open_work(self.house.database.requests, self.market, SYSTEM, flush=flush) as work:
            yield work

    async def value(self, sql: str, *args: Any) -> Any:
        async def read() -> Any:
            async with self.work() as work:
                return await work.fetch_value(sql, *args)

        return await self.surely(read)

    # ── setting up ──
    async def set_up(self) -> None:
        """People, goods and campaigns, in chunks that are each there or not; what is there stays."""
        people = sorted({p for x in self.launches for p in (x.initiator, *x.participants)})
        task = self.bar.add_task("people", total=len(people))
        for some in _chunks(people, SETUP_CHUNK):
            await self.surely(lambda some=some: self._admit(some))  # type: ignore[misc]
            self.bar.advance(task, len(some))
        units = Counter[str]()
        sizes = {x.title: x.size for x in self.launches}
        for launch in self.launches:
            units[launch.title] += launch.size
        await self.surely(self._read_goods)
        missing = [title for title in units if title not in self.goods]
        task = self.bar.add_task("goods", total=len(missing))
        for some in _chunks(missing, SETUP_CHUNK):
            await self.surely(lambda some=some: self._list(some, units, sizes))  # type: ignore[misc]
            self.bar.advance(task, len(some))
        await self.surely(self._read_goods)

    async def _admit(self, people: Sequence[str]) -> None:
        async with self.work() as work:
            await accounts.admit_many(work, [(self.person(name), f"u{name}") for name in people])

    async def _read_goods(self) -> None:
        async with self.work() as work:
            for row in await work.fetch(LISTED_SQL):
                self.goods[row["title"]] = (row["sku_id"], row["campaign_id"])

    async def _list(self, wanted: Sequence[str], units: Counter[str], sizes: dict[str, int]) -> None:
        await self._read_goods()  # an earlier try may have been committed although its answer was lost
        if not (titles := [title for title in wanted if title not in self.goods]):
            return
        async with self.work() as work:
            owner = await accounts.admit(work, "+8613900000000", name="replay", locale="zh-CN")
            supplier = await parties.admit_supplier(work, "replay", owner, promise="", reason="replay")
            category = await catalog.add_category(work, f"replay-{titles[0]}", "replay", 1)
            news = [
                catalog.NewProduct(supplier, category, title, "", [], [("", self.price_minor)], "address_later")
                for title in titles
            ]
            listed = granted(await catalog.list_products(work, news))
            stock = {skus[0]: units[title] for (_, skus), title in zip(listed, titles, strict=True)}
            assert await supply.receive(work, stock, reason="replay") is None
            campaigns = [
                groupbuy.NewCampaign(
                    product=product, prices={skus[0]: self.price_minor}, size=sizes[title],
                    starts_at=work.now - timedelta(hours=1), ends_at=work.now + timedelta(days=30),
                    team_seconds=TEAM_SECONDS, pay_seconds=PAY_SECONDS,
                )
                for (product, skus), title in zip(listed, titles, strict=True)
            ]  # fmt: skip
            for outcome in await groupbuy.launch_campaigns(work, campaigns, reason="replay"):
                granted(outcome)

    # ── playing ──
    async def play(self, workers: int) -> None:
        """Open, pay, join, pay: parts of the file are played side by side, each launch in its own order."""
        task = self.bar.add_task("launches", total=len(self.launches))
        parts = iter(list(_chunks(self.launches, CHUNK_LINES)))

        async def run() -> None:
            for part in parts:
                await self._play_part(part)
                self.bar.advance(task, len(part))

        await asyncio.gather(*(run() for _ in range(workers)))

    async def _play_part(self, part: Sequence[Launch]) -> None:
        opens = [
            OpenTeam(self.person(x.initiator), self.key(x, "open"), campaign, sku, 1, None)
            for x in part
            for sku, campaign in [self.goods[x.title]]
        ]
        opened: list[Seated] = await self._submit(groupbuy.seat_buyers, opens)
        await self._pay(opens, opened)
        while await self.value(OPENING_SQL, [seated.team for seated in opened]):
            await asyncio.sleep(POLL_SECONDS)
        joins = [
            JoinTeam(self.person(name), self.key(x, f"join {place}"), seated.team, self.goods[x.title][0], 1, None)
            for x, seated in zip(part, opened, strict=True)
            for place, name in enumerate(x.participants)
        ]
        await self._pay(joins, await self._submit(groupbuy.seat_buyers, joins))

    async def _submit(self, verb: PluralVerb, commands: Sequence[Any]) -> list[Any]:
        """Through the lane, as the pages do; a refusal here is a defect and stops the replay."""
        lanes = self.house.lanes
        outcomes = await asyncio.gather(
            *(self.surely(lambda c=c: lanes.submit(verb, self.market, c)) for c in commands)  # type: ignore[misc]
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        if refused:
            raise RuntimeError(f"{len(refused)} refused, the first: {refused[0]!r}")
        return outcomes

    async def _pay(self, commands: Sequence[OpenTeam | JoinTeam], seated: Sequence[Seated]) -> None:
        sandbox = self.house.sandbox
        starts = [
            StartAttempt(c.actor, f"{c.key}:pay", s.payable, sandbox.name, sandbox.merchant, sandbox.app)
            for c, s in zip(commands, seated, strict=True)
        ]
        attempts: list[UUID] = await self._submit(payments.start_attempts, starts)
        charges = [Charge(self.market, attempt, self.price_minor, CURRENCY) for attempt in attempts]
        await self.surely(lambda: sandbox.start(charges))
        notices = await self.surely(lambda: sandbox.decide(charges, pay=True))
        await self._submit(orders.apply_notices, notices)

    # ── ending ──
    async def end(self) -> None:
        """Let every deadline pass, and wait until the worker has lapsed, refunded and delivered everything."""
        await self._until_quiet("facts")
        await self.surely(self._pass_deadlines)
        await self._until_quiet("lapses and refunds")

    async def _pass_deadlines(self) -> None:
        owner = await asyncpg.connect(self.ground.url(OWNER))
        try:
            async with self.work() as work:
                moved = work.market.clock_offset
            if not moved:
                await markets.move_clock(owner, self.market, PAST_EVERY_DEADLINE)
        finally:
            await owner.close()

    async def _until_quiet(self, name: str) -> None:
        task = self.bar.add_task(name, total=None)
        most = 0
        while left := await self._left():
            most = max(most, left)
            self.bar.update(task, total=most, completed=most - left)
            await asyncio.sleep(POLL_SECONDS * 10)
        self.bar.update(task, total=most or 1, completed=most or 1)

    async def _left(self) -> int:
        async def read() -> int:
            async with self.work() as work:
                left: int = await work.fetch_value(BUSY_SQL, work.now)
                return left

        return await self.surely(read)

    async def summary(self) -> dict[str, Any]:
        async with self.work() as work:
            return dict(await work.fetch_one(SUMMARY_SQL))


def _chunks(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def postgres_cpu_seconds(postmaster: int | None) -> float:
    """CPU of a postmaster and all its children, dead ones included, by /proc; 0 where there is none."""
    if postmaster is None or not Path(f"/proc/{postmaster}/stat").exists():
        return 0.0
    ticks = sum(map(int, _stat(postmaster)[11:15]))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = _stat(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == postmaster:
                ticks += sum(map(int, fields[11:15]))
    return ticks * (1 / os.sysconf("SC_CLK_TCK"))


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def own_cpu_seconds() -> float:
    """CPU of this process and of its ended children."""
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


async def replay(file: Path, data: Path, *, workers: int, price_minor: int, lines: int, say: Say) -> dict[str, Any]:
    """Play the file and give what the database says afterwards. Run twice, nothing doubles."""
    if not file.exists():
        raise FileNotFoundError(f"There is no file {file}.")
    set_up_logs(as_json=False)
    content, launches = read_launches(file, lines)
    started, own = time.monotonic(), own_cpu_seconds()
    with stand_on(data, say=say, development=True) as ground:
        postmaster = ground.server.postmaster_pid() if ground.server else None
        postgres = postgres_cpu_seconds(postmaster)
        await migrate(ground.url(OWNER))
        worker = Child("worker", "--development", "--data", str(data))
        stop = asyncio.Event()
        beside = [asyncio.create_task(ground.guard()), asyncio.create_task(worker.keep(stop, say))]
        try:
            async with open_house(ground.settings, requests=4, lanes=6) as house:
                result = await _play(ground, house, content, launches, price_minor, workers)
        finally:
            stop.set()
            beside[0].cancel()
            await beside[1]
        seconds = time.monotonic() - started
        cpu = own_cpu_seconds() - own + postgres_cpu_seconds(postmaster) - postgres
    played = sum(1 + len(launch.participants) for launch in launches)
    result["seconds"] = round(seconds, 1)
    result["orders_per_second"] = round(played / seconds, 1)
    result["cpu_ms_per_order"] = round(cpu * 1000 / played, 3)
    return result


async def _play(
    ground: Ground, house: House, content: str, launches: list[Launch], price_minor: int, workers: int
) -> dict[str, Any]:
    owner = await asyncpg.connect(ground.url(OWNER))
    try:
        market = await markets.make(owner, name="Replay", host=f"replay-{content}-{price_minor}", kind="replay",
                                    currency=CURRENCY)  # fmt: skip
    finally:
        await owner.close()
    columns = (TextColumn("{task.description:>20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        play = Play(ground, house, content, launches, price_minor, market, bar)
        await play.set_up()
        await play.play(workers)
        await play.end()
        return await play.summary()
