"""Home, product and team pages as somebody asks for them who has not signed in, beside a static response of the same size.

    ./tuan bench pages --json

One server process as an operator starts it, with one more route that answers so many bytes, and clients in a process of their
own; pages are asked for as browsers do (compressed, no cookie). In each round each page and its static twin are measured one
after the other, in the next round the other way round. Meanwhile somebody else takes seats in that team, so that its page changes while it is read.
"""

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import Progress

from benchmarks.stage import Goods, Shopper, Stage, free_port, median, of_this_checkout, process, rounded, stage
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.launch import Say
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID, JoinTeam

ROUNDS = 5
CLIENTS = 32
SECONDS = 1
REQUESTS = 100_000
"""Written before the clock starts; they are the same bytes, so that this costs nothing."""
PRODUCTS = 20
TEAM_SIZE = 200
SEATS_PER_SECOND = 4
PRODUCT_SQL = "SELECT product_id FROM catalog.skus WHERE market_id = $1 AND id = $2"


async def run(*, say: Say) -> dict[str, Any]:
    """By page: requests per second beside its static twin's, percentiles in milliseconds, bytes as sent; medians of five."""
    rates: dict[str, list[float]] = defaultdict(list)
    async with stage(say) as here:
        goods = await here.goods(PRODUCTS, size=TEAM_SIZE)
        leader, *people = await here.shoppers(TEAM_SIZE)
        (team,) = await here.teams(goods[:1], [leader])
        async with here.work() as work:
            product = await work.fetch_value(PRODUCT_SQL, goods[0].sku)
        await here.gather_statistics()
        paths = {"home": "/", "product": f"/p/{PRODUCT.show(product)}", "team": f"/t/{TEAM_ID.show(team)}"}
        port = free_port()
        log = here.data / "served.log"
        async with process("benchmarks.served", str(here.data), str(port), port=port, log=log):
            sizes = {name: await _size(port, path) for name, path in paths.items()}
            async with _seats_being_taken(here, team, goods[0], people):
                with Progress(console=Console(stderr=True), transient=True) as bar:
                    for number in bar.track(range(ROUNDS), description="pages"):
                        for name, path in paths.items():
                            twins = [(name, path), (f"{name}_static", f"/health/static/{sizes[name]}")]
                            for which, asked in reversed(twins) if number % 2 else twins:
                                await _measure(here, port, which, asked, rates)
    return {name: _report(name, sizes[name], rates) for name in paths} | {"rounds": ROUNDS, "clients": CLIENTS}


def _report(name: str, size: int, rates: dict[str, list[float]]) -> dict[str, Any]:
    ours, static = median(rates[name]), median(rates[f"{name}_static"])
    result = {"per_second": ours, "static_per_second": static, "ratio": ours / static, "bytes": size}
    for which in (name, f"{name}_static"):
        short = which.removeprefix(name).removeprefix("_")
        for percentile in ("p50_ms", "p99_ms"):
            result["_".join(filter(None, (short, percentile)))] = median(rates[f"{which}_{percentile}"])
    between = {which: [round(min(rates[which])), round(max(rates[which]))] for which in (name, f"{name}_static")}
    return rounded(result) | {"between": between}


async def _size(port: int, path: str) -> int:
    """Bytes of the page's body as it is sent; raises RuntimeError if it is not there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: bench.test\r\nAccept: text/html\r\nAccept-Language: zh-CN\r\n"
        "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode()
    )
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    if not head.startswith(b"HTTP/1.1 200") or b"content-encoding: gzip" not in head.lower():
        raise RuntimeError(f"{path} is not there: {head!r}")
    return len(body)


async def _measure(here: Stage, port: int, name: str, path: str, rates: dict[str, list[float]]) -> None:
    plan = {
        "port": port, "clients": CLIENTS, "seconds": SECONDS, "requests": REQUESTS, "asks": "page", "run": name,
        "shoppers": [], "teams": [], "goods": [path],
    }  # fmt: skip
    seen = await _load(plan, here.data)
    if seen["unwanted"]:
        raise RuntimeError(f"{name}: {seen['unwanted']} answers were not wanted, such as {seen['example']}")
    milliseconds = sorted(seen["milliseconds"])
    rates[name].append(len(milliseconds) / SECONDS)
    rates[f"{name}_p50_ms"].append(milliseconds[len(milliseconds) // 2])
    rates[f"{name}_p99_ms"].append(milliseconds[len(milliseconds) * 99 // 100])


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
async def _seats_being_taken(here: Stage, team: UUID, goods: Goods, people: Sequence[Shopper]) -> AsyncIterator[None]:
    """Somebody holds a seat in this team a few times a second, for as long as there are people."""

    async def take() -> None:
        for who in people:
            join = JoinTeam(who.person, new_uuid().hex, team, goods.sku, 1, who.address)
            granted(await here.house.lanes.submit(groupbuy.seat_buyers, here.market, join))
            await asyncio.sleep(1 / SEATS_PER_SECOND)

    taking = asyncio.create_task(take())
    try:
        yield
    finally:
        if taking.done():
            taking.result()
        taking.cancel()
        with suppress(asyncio.CancelledError):
            await taking
