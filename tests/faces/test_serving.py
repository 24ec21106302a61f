"""The server as it runs: real sockets, live pages, a clean stop."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.play.groupbuy.model import TEAM_ID

STOPS_WITHIN_SECONDS = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(place: Place) -> AsyncIterator[tuple[httpx.AsyncClient, subprocess.Popen[bytes]]]:
    """A server process on the test's database, stopped with SIGTERM as an operator stops it."""
    port, settings = free_port(), place.house.settings
    environment = os.environ | {
        "TUAN_DATABASE_URL": settings.app_url,
        "TUAN_RELAY_DATABASE_URL": settings.relay_url,
        "TUAN_SECRET": "s" * 32,
    }
    words = [sys.executable, "-m", "tuan.cli", "serve", "--development", "--data", str(settings.data)]
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"host": place.host}, timeout=10)
    with subprocess.Popen([*words, "--port", str(port)], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None and not await _is_alive(client):
                await asyncio.sleep(0.05)
            yield client, process
        finally:
            process.terminate()
            await client.aclose()
            assert await asyncio.to_thread(process.wait, STOPS_WITHIN_SECONDS) == 0


async def _is_alive(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/live")).status_code == 200
    except httpx.ConnectError:
        return False


async def test_a_live_page_hears_of_a_seat_and_ends_when_the_server_stops(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    first, second = await given.buyers(place, 2)
    opened = await given.paid_team(place, first, of)
    url = f"/t/{TEAM_ID.show(opened.team)}/events"
    async with served(place) as (client, process), client.stream("GET", url) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert await anext(lines) == ": still here"
        heard = asyncio.create_task(_first_message(lines))
        await asyncio.sleep(0.3)
        granted(await given.join_team(place, second, opened.team, of))
        assert await asyncio.wait_for(heard, 5) == "data: changed"
        process.terminate()
        assert [line async for line in lines if line.startswith("data")] == []


async def _first_message(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("data"):
            return line
    return ""


async def test_who_serves_is_not_told(place: Place) -> None:
    async with served(place) as (client, _):
        answer = await client.get("/")
        assert answer.status_code == 200 and "server" not in answer.headers
        assert "set-cookie" not in answer.headers, "a page without a form leaves no cookie"
