"""Ten thousand teams whose time is over at the same moment: how long until the last has lapsed and everybody has his money.

    ./tuan bench lapse --teams 10000 --json

Teams of three with one paid member each, in one campaign. `tuan worker` runs as it always does; the market's clock is moved
past every deadline, and from that commit on is measured until the last team has lapsed (its refund is due in the same
transaction), until the provider was asked about the last refund, and until the last one was done. At the end
every invariant is checked.
"""

import asyncio
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import Progress

from benchmarks.stage import Stage, free_port, process, rounded, stage
from tuan.launch import Say
from tuan.platform import invariants, markets
from tuan.platform.embedded import OWNER

TEAM_SECONDS = 3600
LONGER_THAN_EVERY_DEADLINE = timedelta(seconds=TEAM_SECONDS + 60)
LOOK_SECONDS = 0.1
WAIT_SECONDS_MAX = 600

WAITING_SQL = "SELECT count(*) FROM outbox.pending WHERE market_id = $1"
ENDED_SQL = (
    "SELECT (SELECT count(*) FROM groupbuy.teams WHERE market_id = $1 AND state = 'lapsed') AS lapsed, "
    "count(*) AS due, count(*) FILTER (WHERE tries > 0 OR state = 'done') AS asked, count(*) FILTER (WHERE state = 'done') AS done "
    "FROM payments.refunds WHERE market_id = $1"
)


async def run(*, say: Say, teams: int) -> dict[str, Any]:
    """Seconds from the moment all teams are due, and what the invariants say afterwards."""
    progress = Progress(console=Console(stderr=True), transient=True)
    async with stage(say) as here:
        with progress:
            bar = progress.add_task("making teams", total=teams)
            (goods,) = await here.goods(1, size=3, team_seconds=TEAM_SECONDS, pay_seconds=600)
            people = await here.shoppers(teams)
            for start in range(0, teams, 500):
                made = await here.teams([goods], people[start : start + 500])
                progress.advance(bar, len(made))
            await here.gather_statistics()
            port = free_port()
            words = ("tuan.cli", "worker", "--development", "--data", str(here.data), "--metrics-port", str(port))
            async with process(*words, port=port, log=here.data / "worker.log") as worker:
                await _quiet(here)
                before = _cpu_seconds(worker.pid)
                bar = progress.add_task("lapsing", total=teams)
                seconds = await _lapse(here, teams, lambda done: progress.update(bar, completed=done))
                seconds["worker_cpu_seconds"] = _cpu_seconds(worker.pid) - before
        async with here.work() as work:
            broken = {name: found for name, found in (await invariants.breaches(work)).items() if found}
    return rounded({"teams": teams, **seconds, "breaches": broken})


async def _quiet(here: Stage) -> None:
    """Wait until the worker has delivered every fact of the making."""
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while await _count(here):
            await asyncio.sleep(LOOK_SECONDS)


async def _count(here: Stage) -> int:
    async with here.work() as work:
        waiting: int = await work.fetch_value(WAITING_SQL)
        return waiting


async def _lapse(here: Stage, teams: int, show: Any) -> dict[str, float]:
    """Let every team fall due, and look ten times a second how far it is."""
    owner = await asyncpg.connect(here.server.dsn(OWNER))
    try:
        await markets.move_clock(owner, here.market, LONGER_THAN_EVERY_DEADLINE)
    finally:
        await owner.close()
    began = time.perf_counter()
    reached: dict[str, float] = {}
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while len(reached) < 4:
            await asyncio.sleep(LOOK_SECONDS)
            async with here.work() as work:
                (row,) = await work.fetch(ENDED_SQL)
            show(row["lapsed"])
            for name, count in row.items():
                if count >= teams:
                    reached.setdefault(name, time.perf_counter() - began)
    return {
        "lapsed_seconds": reached["lapsed"],
        "refunds_due_seconds": reached["due"],
        "refunds_asked_seconds": reached["asked"],
        "refunds_done_seconds": reached["done"],
    }


def _cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, which other processes do not change."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
