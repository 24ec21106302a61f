"""Processes of ours on a test's database, and visitors who speak to the servers among them over real sockets."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.given.goods import crowd
from tests.given.houses import Place
from tuan.people.accounts.model import ADDRESS
from tuan.platform.settings import Settings
from tuan.surfaces.web import sessions

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 15


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def process(settings: Settings, *arguments: str, module: str = "tuan.cli") -> AsyncIterator[Any]:
    """`python -m MODULE ARGUMENTS --development` on this database, stopped with SIGTERM as an operator stops it.

    What it says is in the data folder, in a file of the command's name.
    """
    environment = os.environ | {
        "TUAN_DATABASE_URL": settings.app_url,
        "TUAN_RELAY_DATABASE_URL": settings.relay_url,
        "TUAN_SECRET": settings.secret.decode(),
    }
    words = [sys.executable, "-m", module, *arguments, "--development", "--data", str(settings.data)]
    with (
        open(settings.data / f"{arguments[0]}.log", "ab") as log,
        subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log) as one,
    ):
        try:
            yield one
        finally:
            one.terminate()
            try:
                ended = await asyncio.to_thread(one.wait, STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                one.kill()
                raise
        assert ended == 0, f"{' '.join(arguments)} ended with {ended}: see {log.name}"


@asynccontextmanager
async def server(settings: Settings, module: str = "tuan.cli") -> AsyncIterator[int]:
    """The port of a server process that listens."""
    port = free_port()
    async with process(settings, "serve", "--port", str(port), module=module) as one:
        for _ in range(STARTS_WITHIN_SECONDS * 20):
            assert one.poll() is None, f"the server ended with {one.returncode}"
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        yield port


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody signed in, with an address: his cookie's token, and what his forms carry."""

    person: UUID
    address: str
    token: str
    form_token: str


async def shoppers(place: Place, count: int) -> list[Shopper]:
    secret, people = place.house.settings.secret, await crowd(place, count)
    async with place.work() as work:
        tokens = [await sessions.begin(work, who.id, "en") for who in people]
    return [
        Shopper(who.id, ADDRESS.show(who.address), token, sessions.form_token(secret, token))
        for who, token in zip(people, tokens, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    is_last: bool = False
    """Whether the server said that it closes the connection."""

    @property
    def code(self) -> str:
        """The refusal's code; empty where nothing was refused."""
        return self.body.get("code", "") if isinstance(self.body, dict) else ""


class Client:
    """One kept connection of a program: asks, waits for the whole answer, asks again."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, who: Shopper, method: str, path: str, **fields: str) -> Answer:
        """Raises OSError or asyncio.IncompleteReadError if the connection is lost; the next call opens a new one."""
        body = json.dumps(fields).encode() if fields else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nCookie: tuan={who.token}\r\nX-CSRF-Token: {who.form_token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        try:
            writer.write(head.encode() + body)
            answer = await _answer(reader)
            if answer.is_last:
                self.close()
            return answer
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _answer(reader: asyncio.StreamReader) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    is_json = "json" in headers.get("content-type", "")
    is_last = headers.get("connection") == "close"
    return Answer(int(first.split(" ")[1]), json.loads(body) if is_json else body, is_last)
