"""A seat held over HTTP, beside an empty POST through the same server, pgbench and a naive ORM, in one run.

    ./tuan bench orders --json          one hot SKU at 64 clients, on this disk and on a slow one; one client
    ./tuan bench orders --all --json    also 1, 16 and 256 clients, and over a thousand SKUs

A join is a POST that ends with a held seat: half of them open a team, half join one. Each round measures every competitor
once, one after the other; what is reported are medians of five rounds, with the lowest and highest beside them. All
of them write the same rows into the same tables, and at the end every invariant is checked over what they wrote.
"""

import asyncio
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks.peers.pgbench import Pgbench
from benchmarks.stage import (
    TEAM_PRICE_MINOR,
    Goods,
    Shopper,
    Stage,
    free_port,
    median,
    of_this_checkout,
    process,
    rounded,
    stage,
)
from tuan.bench import CHECKOUT
from tuan.goods.catalog.model import SKU
from tuan.launch import Say
from tuan.people.accounts.model import ADDRESS
from tuan.platform import audit, invariants
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID

ROUNDS = 5
SECONDS = 2
SHOPPERS = 4096
TEAM_SIZE = 1000
RATE_MOST = 5000
"""Teams are prepared for so many joins per second, and four times as many empty POSTs are written beforehand."""
PGBENCH_CLIENTS = (4, 8)
"""Where pgbench may be at its best: more clients queue at the hot row, fewer leave the processor idle."""
HOT, WIDE = 1, 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure to be had: how many clients, over how many SKUs, and whether the peers take part."""

    name: str
    clients: int
    skus: int = HOT
    with_peers: bool = True


HOT_64 = Cell("hot_64", 64)
ONE_CLIENT = Cell("hot_1", 1, with_peers=False)
EVERY = [Cell(f"{name}_{n}", n, skus) for name, skus in (("hot", HOT), ("wide", WIDE)) for n in (1, 16, 64, 256)]


@dataclass(slots=True)
class Trial:
    """A stage with its servers: Tuan's with one more route, and the ORM's."""

    stage: Stage
    shoppers: list[Shopper]
    goods: list[Goods]
    pgbench: Pgbench
    port: int
    orm_port: int
    runs: int = 0
    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def round(self, cell: Cell) -> None:
        """Every competitor once."""
        await self._ask("joins", "join", self.port, cell)
        await self._ask("empty_post", "empty", self.port, cell)
        if not cell.with_peers:
            return
        goods = self.goods[: cell.skus]
        self.rates["pgbench"].append(await self.pgbench.run(goods, cell.clients, 1))
        for clients in PGBENCH_CLIENTS:
            self.rates[f"pgbench_{clients}"].append(await self.pgbench.run(goods, clients, 1, hot_last=True))
        await self._ask("orm", "join", self.orm_port, cell)

    async def _ask(self, name: str, asks: str, port: int, cell: Cell) -> None:
        self.runs += 1
        goods = self.goods[: cell.skus]
        people_per_client = len(self.shoppers) // cell.clients
        joins_per_client = RATE_MOST * (SECONDS + 1) // 2 // cell.clients
        teams = cell.clients * min(-(-joins_per_client // people_per_client), 8) if asks == "join" else 0
        made = await self.stage.teams(goods, self.shoppers[:teams])
        plan = {
            "port": port,
            "clients": cell.clients,
            "seconds": SECONDS,
            "requests": 4 * RATE_MOST * (SECONDS + 1) // cell.clients,
            "asks": asks,
            "run": f"{cell.name}-{self.runs}",
            "shoppers": [
                {"token": who.token, "form_token": who.form_token, "address": ADDRESS.show(who.address)}
                for who in self.shoppers[teams:]
            ],
            "goods": [
                {"sku": SKU.show(of.sku), "campaign": CAMPAIGN_ID.show(of.campaign), "price": str(TEAM_PRICE_MINOR)}
                for of in goods
            ],
            "teams": [
                {"id": TEAM_ID.show(team), "sku": SKU.show(goods[n % len(goods)].sku)} for n, team in enumerate(made)
            ],
        }
        seen = await _load(plan, self.stage.data)
        if seen["unwanted"]:
            raise RuntimeError(f"{name}: {seen['unwanted']} answers were not wanted, such as {seen['example']}")
        milliseconds = sorted(seen["milliseconds"])
        self.rates[name].append(len(milliseconds) / SECONDS)
        self.rates[f"{name}_p50_ms"].append(milliseconds[len(milliseconds) // 2])
        self.rates[f"{name}_p99_ms"].append(milliseconds[len(milliseconds) * 99 // 100])

    def report(self, cell: Cell) -> dict[str, Any]:
        """Medians, and ratios of medians; then what the rounds lay between."""
        middle = {name: median(values) for name, values in self.rates.items()}
        joins = middle["joins"]
        result: dict[str, Any] = {
            "joins_per_second": joins,
            "empty_post_per_second": middle["empty_post"],
            "p50_ms": middle["joins_p50_ms"],
            "p99_ms": middle["joins_p99_ms"],
            "empty_p50_ms": middle["empty_post_p50_ms"],
            "empty_p99_ms": middle["empty_post_p99_ms"],
            "ratio_empty": _ratio(joins, middle["empty_post"]),
        }
        if cell.with_peers:
            best = max(middle[name] for name in middle if name.startswith("pgbench"))
            result |= {
                "pgbench_per_second": middle["pgbench"],
                "pgbench_best_per_second": best,
                "orm_per_second": middle["orm"],
                "ratio_pgbench": _ratio(joins, middle["pgbench"]),
                "ratio_pgbench_best": _ratio(joins, best),
                "ratio_orm": _ratio(joins, middle["orm"]),
            }
        between = {name: [round(min(values), 1), round(max(values), 1)] for name, values in self.rates.items()}
        return rounded(result) | {"between": between}


def _ratio(ours: float, theirs: float) -> float | None:
    """None where the machine was so busy that they came to nothing."""
    return ours / theirs if theirs else None


async def _load(plan: dict[str, Any], folder: Path) -> Any:
    """Clients in a process of their own."""
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "benchmarks.load", str(file),
        stdout=subprocess.PIPE, env=of_this_checkout(),
    )  # fmt: skip
    output, _ = await child.communicate()
    return json.loads(output)


@asynccontextmanager
async def _trial(say: Say, skus: int, preload: Path | None) -> AsyncIterator[Trial]:
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(stage(say, preload=preload))
        goods, shoppers = await on.goods(skus, size=TEAM_SIZE), await on.shoppers(SHOPPERS)
        pgbench = Pgbench(on, shoppers)
        await pgbench.prepare(goods)
        ports = free_port(), free_port()
        data, market = str(on.data), str(on.market)
        commands = ("benchmarks.served", data, str(ports[0])), ("benchmarks.peers.orm", data, str(ports[1]), market)
        for command, port in zip(commands, ports, strict=True):
            await stack.enter_async_context(process(*command, port=port, log=on.data / f"{command[0]}.log"))
        yield Trial(on, shoppers, goods, pgbench, *ports)


def slow_disk(folder: Path) -> Path | None:
    """The library that makes every flush a millisecond longer, or None where there is no C compiler."""
    compiler, library = shutil.which("cc"), folder / "slow_disk.so"
    if compiler is None:
        return None
    source = CHECKOUT / "benchmarks" / "slow_disk.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library


async def _measure(say: Say, cells: list[Cell], bar: Progress, preload: Path | None = None) -> dict[str, Any]:
    """All rounds of these cells on one stage; then every invariant over what everybody wrote."""
    results = {}
    async with _trial(say, max(cell.skus for cell in cells), preload) as trial:
        for cell in cells:
            trial.rates.clear()
            for _ in bar.track(range(ROUNDS), description=cell.name + (" on a slow disk" if preload else "")):
                await trial.round(cell)
            results[cell.name] = trial.report(cell)
        async with trial.stage.work() as work:
            await audit.seal(work)  # nobody else does here: there is no worker
            broken = {name: found for name, found in (await invariants.breaches(work)).items() if found}
        if broken:
            raise RuntimeError(f"what was written does not add up: {broken}")
    return results


async def run(*, say: Say, every: bool) -> dict[str, Any]:
    """`hot_64` and `hot_64_slow_disk` (skipped without a C compiler), `hot_1`; all cells where `every`."""
    with Progress(console=Console(stderr=True)) as bar, TemporaryDirectory() as folder:
        results = await _measure(say, EVERY if every else [HOT_64, ONE_CLIENT], bar)
        library = slow_disk(Path(folder))
        if library is None:
            slow: dict[str, Any] = {"skipped": "there is no C compiler (cc)"}
        else:
            slow = (await _measure(say, [HOT_64], bar, library))["hot_64"]
    return results | {"hot_64_slow_disk": slow}
