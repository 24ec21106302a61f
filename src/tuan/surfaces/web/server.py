"""The server process: uvicorn run by us, stopping when it is told to, without cutting an answer short."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tuan.platform.house import House
from tuan.surfaces.web.app import App, make_app

LEAVE_SECONDS_MAX = 10
"""How long answers under way may take after the order to stop."""
BACKLOG = 2048


class _Server(uvicorn.Server):
    """Signals belong to the caller, who sets the event."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(house: House, host: str, port: int, stop: asyncio.Event) -> None:
    """Answer on host and port until `stop` is set; the caller chose the loop. Raises SystemExit if the port is taken."""
    app = make_app(house)
    assert isinstance(app, App)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
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
        app.front.streams.stop()  # live pages never end by themselves
        server.should_exit = True

    leaving = asyncio.create_task(leave())
    try:
        await server.serve()
    finally:
        leaving.cancel()
