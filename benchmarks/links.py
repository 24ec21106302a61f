"""Short links opened over HTTP, beside an empty GET through the same server, in one run.

    ./tuan bench links --json                   a million codes, opened at random by 64 clients
    ./tuan bench links --codes 20000 --json     the same with fewer, to see that it runs

Whoever opens a link gets the address of its page and a signed cookie, and is counted after that. At random among a million
hardly any code is remembered by the process, so that nearly each one is read from the database; `hot` is one code that everybody
opens. Each round measures all of them, one after the other; what is reported are medians of five rounds. At the end every
visit that was answered has to be in the database.
"""

import asyncio
import json
import random
import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import Progress

from benchmarks.stage import Stage, free_port, median, of_this_checkout, process, rounded, stage
from tuan.launch import Say
from tuan.people.sharing import store
from tuan.people.sharing.model import CODE_BITS, code_of

ROUNDS = 5
CLIENTS = 64
SECONDS = 2
RATE_MOST = 15_000
"""So many requests per second are written beforehand."""
CHUNK = 20_000
PRODUCT_SQL = "SELECT product_id FROM catalog.skus WHERE market_id = $1 AND id = $2"
VISITS_SQL = "SELECT coalesce(sum(visits), 0)::bigint FROM sharing.visits WHERE market_id = $1"
EMPTY = "/empty-page"


async def run(*, say: Say, codes: int) -> dict[str, Any]:
    """`resolves_per_second` beside `empty_get_per_second`; medians of five rounds, percentiles in milliseconds."""
    rates: dict[str, list[float]] = defaultdict(list)
    answered = 0
    async with stage(say) as here:
        (goods,) = await here.goods(1)
        async with here.work() as work:
            product = await work.fetch_value(PRODUCT_SQL, goods.sku)
        made = await _links(here, product, codes)
        await here.gather_statistics()
        port = free_port()
        async with process("benchmarks.served", str(here.data), str(port), port=port, log=here.data / "served.log"):
            with Progress(console=Console(stderr=True), transient=True) as bar:
                for number in bar.track(range(ROUNDS), description="links"):
                    kinds = [("resolves", _some(made)), ("empty_get", [EMPTY]), ("hot", [f"/s/{made[number]}"])]
                    for name, paths in reversed(kinds) if number % 2 else kinds:
                        answered += await _measure(here, port, name, paths, rates)
        async with here.work() as work:
            counted: int = await work.fetch_value(VISITS_SQL)
    if counted < answered:
        raise RuntimeError(f"{answered} visits were answered, and {counted} are counted")
    return _report(rates) | {"codes": codes, "clients": CLIENTS, "rounds": ROUNDS, "visits_counted": counted}


def _report(rates: dict[str, list[float]]) -> dict[str, Any]:
    middle = {name: median(values) for name, values in rates.items()}
    found = {
        "resolves_per_second": middle["resolves"],
        "empty_get_per_second": middle["empty_get"],
        "ratio_empty": middle["resolves"] / middle["empty_get"],
        "p50_ms": middle["resolves_p50_ms"],
        "p99_ms": middle["resolves_p99_ms"],
        "empty_p99_ms": middle["empty_get_p99_ms"],
        "hot_per_second": middle["hot"],
        "hot_ratio_empty": middle["hot"] / middle["empty_get"],
        "hot_p99_ms": middle["hot_p99_ms"],
    }
    between = {name: [round(min(values), 1), round(max(values), 1)] for name, values in rates.items()}
    return rounded(found) | {"between": between}


async def _links(here: Stage, product: UUID, count: int) -> list[str]:
    """So many of the market's own links to one product."""
    made = list({code_of(secrets.randbits(CODE_BITS)) for _ in range(count)})
    for start in range(0, len(made), CHUNK):
        async with here.work() as work:
            rows = [
                store.LinkRow(code, "product", product, None, None, "web", "", work.now, None)
                for code in made[start : start + CHUNK]
            ]
            await work.execute(store.INSERT_LINKS.sql, *store.INSERT_LINKS.arrays(rows))
    return made


def _some(made: Sequence[str]) -> list[str]:
    """As many as a round may need, none of them twice where there are so many."""
    return [f"/s/{code}" for code in random.sample(made, min(len(made), RATE_MOST * (SECONDS + 1)))]


async def _measure(here: Stage, port: int, name: str, paths: list[str], rates: dict[str, list[float]]) -> int:
    """How many visits were answered in the time that counts."""
    plan = {
        "port": port, "clients": CLIENTS, "seconds": SECONDS, "requests": RATE_MOST * (SECONDS + 1) // CLIENTS,
        "asks": "get" if paths == [EMPTY] else "link", "run": name, "shoppers": [], "teams": [], "goods": paths,
    }  # fmt: skip
    seen = await _load(plan, here.data)
    if seen["unwanted"]:
        raise RuntimeError(f"{name}: {seen['unwanted']} answers were not wanted, such as {seen['example']}")
    milliseconds = sorted(seen["milliseconds"])
    rates[name].append(len(milliseconds) / SECONDS)
    rates[f"{name}_p50_ms"].append(milliseconds[len(milliseconds) // 2])
    rates[f"{name}_p99_ms"].append(milliseconds[len(milliseconds) * 99 // 100])
    return 0 if paths == [EMPTY] else len(milliseconds)


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
