"""Two processes behind one port are replaced one after the other, and nobody who asks meanwhile notices.

The listening socket is handed to both, as systemd does it: whoever connects waits in one queue, which none of them owns.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.serving import Client, Shopper, shoppers
from tuan.goods.catalog.model import SKU
from tuan.platform.settings import SettingsError
from tuan.platform.supervisor import handed_socket
from tuan.play.groupbuy.model import TEAM_ID

CLIENTS = 12
READY_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 20
HANDED = 'exec 3<&"$1"; shift; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
"""systemd's part: the socket as number 3, and whose it is."""


class Pair:
    """Server processes on one listening socket, which is ours."""

    def __init__(self, place: Place, tmp: Path) -> None:
        self.settings, self.tmp = place.house.settings, tmp
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self.listening.getsockname()[1]
        self.running: list[subprocess.Popen[bytes]] = []
        self._count = 0

    async def start(self) -> None:
        """One more process; returns once it says that it is ready."""
        self._count += 1
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
            heard.bind(str(self.tmp / f"notify{self._count}"))
            heard.settimeout(READY_WITHIN_SECONDS)
            environment = os.environ | {
                "TUAN_DATABASE_URL": self.settings.app_url,
                "TUAN_RELAY_DATABASE_URL": self.settings.relay_url,
                "TUAN_SECRET": self.settings.secret.decode(),
                "NOTIFY_SOCKET": heard.getsockname(),
            }
            number = self.listening.fileno()
            words = ["bash", "-c", HANDED, "handed", str(number), sys.executable, "-m", "tuan.cli", "serve",
                     "--development", "--data", str(self.settings.data)]  # fmt: skip
            self.running.append(subprocess.Popen(words, env=environment, pass_fds=[number], stderr=subprocess.DEVNULL))
            assert await asyncio.to_thread(heard.recv, 100) == b"READY=1"

    async def end(self, how: int = signal.SIGTERM) -> int:
        """Tell the oldest to end; its exit code."""
        oldest = self.running.pop(0)
        oldest.send_signal(how)
        return await asyncio.to_thread(oldest.wait, ENDS_WITHIN_SECONDS)


@asynccontextmanager
async def pair(place: Place, tmp: Path) -> AsyncIterator[Pair]:
    both = Pair(place, tmp)
    try:
        await asyncio.gather(both.start(), both.start())
        yield both
    finally:
        while both.running:
            assert await both.end() == 0
        both.listening.close()


async def ask_on(both: Pair, place: Place, who: Shopper, sku: str, failed: list[str], stop: asyncio.Event) -> int:
    """Pages and orders in turn over one kept connection, what goes wrong noted; how often it asked."""
    client, turn = Client(place.host, both.port), 0
    while not stop.is_set():
        turn += 1
        try:
            if turn % 3:
                answer = await client.ask(who, "GET", "/orders")
            else:
                fields = {
                    "sku": sku,
                    "units": "1",
                    "address": who.address,
                    "quoted_minor": "1990",
                    "key": f"{who.person}-{turn}",
                }
                answer = await client.ask(who, "POST", "/orders", **fields)
            if answer.status >= 400:
                failed.append(f"{answer.status} {answer.body}")
        except (OSError, asyncio.IncompleteReadError) as error:
            failed.append(repr(error))
        await asyncio.sleep(0.005)
    client.close()
    return turn


async def replace(both: Pair, how: int) -> int:
    """Start another one, then end the oldest; its exit code."""
    await both.start()
    code = await both.end(how)
    await asyncio.sleep(0.3)
    return code


async def test_no_request_fails_while_both_are_replaced(place: Place, tmp_path: Path) -> None:
    """And, for control, those who ask do notice when a process is killed instead."""
    of = await given.goods(place, units=100_000)
    people = await shoppers(place, CLIENTS)
    async with pair(place, tmp_path) as both:
        stop, failed = asyncio.Event(), list[str]()
        asking = [asyncio.create_task(ask_on(both, place, who, SKU.show(of.sku), failed, stop)) for who in people]
        assert [await replace(both, signal.SIGTERM), await replace(both, signal.SIGTERM)] == [0, 0]
        assert failed == []
        assert await replace(both, signal.SIGKILL) == -signal.SIGKILL
        assert failed, "this was to be seen"
        stop.set()
        answered = await asyncio.gather(*asking)
    assert min(answered) > 3, "each of them asked all the time"


async def test_a_live_page_is_told_when_to_come_back(place: Place, tmp_path: Path) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    opened = await given.paid_team(place, await given.buyer(place), of)
    async with pair(place, tmp_path) as both:
        reader, writer = await asyncio.open_connection("127.0.0.1", both.port)
        path = f"/t/{TEAM_ID.show(opened.team)}/events"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.host}\r\n\r\n".encode())
        await reader.readuntil(b": still here")
        for _ in range(2):
            assert await both.end() == 0
        rest = await reader.read()
        writer.close()
    assert b"retry: " in rest and b"data:" not in rest


@pytest.mark.nightly
async def test_a_request_that_never_ends_holds_up_nobody_for_long(place: Place, tmp_path: Path) -> None:
    async with pair(place, tmp_path) as both:
        (who,) = await shoppers(place, 1)
        _, writer = await asyncio.open_connection("127.0.0.1", both.port)
        head = f"POST /orders HTTP/1.1\r\nHost: {place.host}\r\nCookie: tuan={who.token}\r\nContent-Length: 100\r\n\r\nsku="
        writer.write(head.encode())
        await asyncio.sleep(0.2)
        for _ in range(2):
            assert await both.end() == 0, "within ENDS_WITHIN_SECONDS"
        writer.close()


def test_a_socket_of_another_process_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", "1")
    assert handed_socket() is None
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "2")
    with pytest.raises(SettingsError, match="One socket"):
        handed_socket()
