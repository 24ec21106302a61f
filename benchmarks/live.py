"""A thousand people look at one team while seats are taken: how long until each page has heard of it.

    ./tuan bench live --clients 1000 --json

One server process as an operator starts it, and as many open event streams to it from this process. A buyer takes a seat over
HTTP; for each client is measured the time from just before that request was sent until the event is here. Also reported: from
the moment the answer said that the seat is held, and what memory a stream costs the server.
"""

import asyncio
import resource
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from rich.console import Console
from rich.progress import Progress

from benchmarks.stage import TEAM_PRICE_MINOR, Goods, Shopper, Stage, free_port, process, rounded, stage
from tuan.goods.catalog.model import SKU
from tuan.kit.ids import new_uuid
from tuan.launch import Say
from tuan.people.accounts.model import ADDRESS
from tuan.play.groupbuy.model import TEAM_ID

SEATS = 30
PAUSE_SECONDS = 0.5
"""Between seats, so that each is news of its own."""
HEARD_SECONDS_MAX = 10
OPENED_AT_ONCE = 50
FILES_BESIDES = 200
CHANGED = b"data: changed"


@dataclass(slots=True)
class Watch(asyncio.Protocol):
    """One open page: notes when it hears of a change."""

    request: bytes
    opened: asyncio.Future[None]
    heard_at: float = 0.0
    events: int = 0
    is_lost: bool = False

    def connection_made(self, transport: Any) -> None:
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if CHANGED in data:
            self.events += data.count(CHANGED)
            self.heard_at = self.heard_at or time.perf_counter()
        if not self.opened.done() and b"still here" in data:
            self.opened.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True


@dataclass(slots=True)
class Heard:
    """Milliseconds, one for each client and seat."""

    from_request: list[float] = field(default_factory=list)
    from_answer: list[float] = field(default_factory=list)
    lost: int = 0


async def run(*, say: Say, clients: int) -> dict[str, Any]:
    """Percentiles of latency in milliseconds, how often a page heard nothing, and KiB of server memory per stream."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, clients + FILES_BESIDES), most))
    progress = Progress(console=Console(stderr=True), transient=True)
    async with stage(say) as here, AsyncExitStack() as stack:
        (goods,) = await here.goods(1, size=SEATS + 2)
        leader, *people = await here.shoppers(SEATS + 1)
        (team,) = await here.teams([goods], [leader])
        port = free_port()
        words = ("tuan.cli", "serve", "--development", "--data", str(here.data), "--port", str(port))
        server = await stack.enter_async_context(process(*words, port=port, log=here.data / "serve.log"))
        before = _resident_kib(server.pid)
        stack.enter_context(progress)
        bar = progress.add_task("opening pages", total=clients)
        watches = await _open(port, team, clients, lambda: progress.advance(bar))
        kib = (_resident_kib(server.pid) - before) / clients
        bar = progress.add_task("taking seats", total=SEATS)
        heard = Heard()
        for who in people:
            await _take(here, goods, team, who, port, watches, heard)
            progress.advance(bar)
            await asyncio.sleep(PAUSE_SECONDS)
    return rounded(
        {
            "clients": clients,
            "seats": SEATS,
            **{f"from_request_{name}_ms": value for name, value in _spread(heard.from_request).items()},
            **{f"from_answer_{name}_ms": value for name, value in _spread(heard.from_answer).items()},
            "unheard": heard.lost,
            "closed": sum(watch.is_lost for watch in watches),
            "kib_per_stream": kib,
        }
    )


async def _open(port: int, team: UUID, clients: int, show: Any) -> list[Watch]:
    """So many event streams of the team's page, each after its first line has come."""
    loop, watches = asyncio.get_running_loop(), []
    request = f"GET /t/{TEAM_ID.show(team)}/events HTTP/1.1\r\nhost: bench.test\r\naccept: text/event-stream\r\n\r\n"
    for start in range(0, clients, OPENED_AT_ONCE):
        some = [Watch(request.encode(), loop.create_future()) for _ in range(min(OPENED_AT_ONCE, clients - start))]
        for watch in some:
            await loop.create_connection(partial(_itself, watch), "127.0.0.1", port)
        async with asyncio.timeout(HEARD_SECONDS_MAX):
            for watch in some:
                await watch.opened
                show()
        watches += some
    return watches


def _itself(watch: Watch) -> Watch:
    return watch


async def _take(
    here: Stage, goods: Goods, team: UUID, who: Shopper, port: int, watches: list[Watch], heard: Heard
) -> None:
    """One seat, and when each page heard of it."""
    for watch in watches:
        watch.heard_at = 0.0
    body = msgspec.json.encode(
        {
            "key": new_uuid().hex,
            "sku": SKU.show(goods.sku),
            "units": "1",
            "address": ADDRESS.show(who.address),
            "quoted_minor": str(TEAM_PRICE_MINOR),
        }
    )
    head = (
        f"POST /t/{TEAM_ID.show(team)}/seats HTTP/1.1\r\nhost: bench.test\r\naccept: application/json\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\ncookie: tuan={who.token}\r\n"
        f"x-csrf-token: {who.form_token}\r\nconnection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked_at = time.perf_counter()
    writer.write(head.encode() + body)
    answer = await reader.readline()
    answered_at = time.perf_counter()
    if not answer.startswith(b"HTTP/1.1 201"):
        raise RuntimeError(f"the seat was not given: {answer!r} {await reader.read()!r}")
    writer.close()
    until = asked_at + HEARD_SECONDS_MAX
    while any(not watch.heard_at for watch in watches) and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    for watch in watches:
        if watch.heard_at:
            heard.from_request.append((watch.heard_at - asked_at) * 1000)
            heard.from_answer.append((watch.heard_at - answered_at) * 1000)
        else:
            heard.lost += 1


def _spread(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[len(ordered) * 99 // 100], "max": ordered[-1]}


def _resident_kib(pid: int) -> int:
    """Memory of a process as the kernel counts it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
