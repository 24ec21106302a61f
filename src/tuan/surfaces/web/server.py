"""The server process: uvicorn run by us, leaving when it is told to, without cutting an answer short."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tuan.platform.memory import spare_the_collector
from tuan.platform.supervisor import tell
from tuan.surfaces.web.app import App

LEAVE_SECONDS_MAX = 10
"""How long answers under way may take after the order to stop."""
ANNOUNCE_SECONDS = 1.0
"""How long kept connections may bring one more request, whose answer tells them to close, before they are closed."""
CLOSED_YET_SECONDS = 0.02
BACKLOG = 2048


class _Joined:
    """A connection that sends what is written to it in one turn of the loop with one system call: head and body together."""

    __slots__ = ("_loop", "_parts", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Protocol(HttpToolsProtocol):
    """Uvicorn writes the head of an answer, then its body; together they cost half."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Joined(transport, self.loop))  # type: ignore[arg-type]


class _Server(uvicorn.Server):
    """Signals belong to the caller, who sets the event."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        tell("READY=1")

    async def leave(self, app: App) -> None:
        """Accept nobody, finish what is under way, let live pages go and kept connections end by themselves."""
        tell("STOPPING=1")
        app.leave()
        for listener in getattr(self, "servers", ()):
            listener.close()
        for _ in range(int(ANNOUNCE_SECONDS / CLOSED_YET_SECONDS)):
            if not self.server_state.connections:
                break
            await asyncio.sleep(CLOSED_YET_SECONDS)
        self.should_exit = True


async def serve(app: App, host: str, port: int, stop: asyncio.Event, listening: socket.socket | None = None) -> None:
    """Answer on host and port, or on the socket that was handed over, until `stop` is set; the caller chose the loop.

    Raises SystemExit if the port is taken.
    """
    spare_the_collector()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=LEAVE_SECONDS_MAX,
    )
    server = _Server(config)

    async def leave() -> None:
        await stop.wait()
        await server.leave(app)

    leaving = asyncio.create_task(leave())
    try:
        await server.serve([listening] if listening else None)
    finally:
        leaving.cancel()
