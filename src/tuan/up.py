"""`tuan up`, `serve`, `worker`, `demo`: the long-running processes and what they start from."""

import asyncio
import errno
import socket
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from prometheus_client import start_http_server

from tuan import demo as demo_market
from tuan.launch import Child, Ground, Say, open_files_as_allowed, stand_on, stop_on_signals, stop_with_parent
from tuan.main import open_house, open_relay
from tuan.migrations.migrate import migrate
from tuan.platform.embedded import OWNER
from tuan.platform.memory import spare_the_collector
from tuan.platform.settings import SettingsError
from tuan.platform.spans import exported
from tuan.platform.supervisor import handed_socket, tell
from tuan.platform.telemetry import set_up_logs

READY_SECONDS_MAX = 60


async def up(data: Path, *, port: int, demo: bool, say: Say) -> None:
    """Database, migrations, demo market, server and worker; stops cleanly on SIGINT and SIGTERM."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    _require_free_port(port)
    started = time.monotonic()
    with stand_on(data, say=say, development=True) as ground:
        before, now = await migrate(ground.url(OWNER), say=say)
        if before != now:
            say(f"The database is at migration {now}.")
        logins = await demo_market.load(ground, say) if demo else []
        serving = Child("serve", "--development", "--data", str(data), "--port", str(port))
        working = Child("worker", "--development", "--data", str(data))
        tasks = [asyncio.create_task(t) for t in (serving.keep(stop, say), working.keep(stop, say), ground.guard())]
        if await _until_answers(port, stop):
            say(f"Ready: http://127.0.0.1:{port}   ({time.monotonic() - started:.1f} s)")
            for line in logins:
                say(line)
            await stop.wait()
        say("Stopping.")
        stop.set()
        tasks.pop().cancel()
        await asyncio.gather(*tasks)


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(f"Port {port} is taken. Choose another one: ./tuan up --port {port + 1}") from None
            raise SettingsError(f"Port {port} cannot be used: {error.strerror}.") from None


async def _until_answers(port: int, stop: asyncio.Event) -> bool:
    """True once the server accepts connections; False if it was stopped or does not within a minute."""
    for _ in range(READY_SECONDS_MAX * 20):
        if stop.is_set():
            return False
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        await asyncio.sleep(0.05)
    raise SettingsError("The server did not start within a minute; its lines above say why.")


async def load_demo(data: Path, *, say: Say) -> list[str]:
    """Load the demo market where it is missing; lines that say whom to log in as."""
    with stand_on(data, say=say, development=True) as ground:
        await migrate(ground.url(OWNER))
        return await demo_market.load(ground, say)


async def serve(data: Path, *, host: str, port: int, development: bool, say: Say) -> None:
    """One server process; the embedded server, where it is used, is guarded from here too."""
    from tuan.surfaces.web.app import make_app
    from tuan.surfaces.web.server import serve as answer

    set_up_logs(as_json=not development)
    open_files_as_allowed()
    stop = asyncio.Event()
    stop_on_signals(stop)
    with stand_on(data, say=say, development=development) as ground, exported("tuan serve"):
        async with open_house(ground.settings) as house:
            await _beside_guard(ground, stop, answer(make_app(house), host, port, stop, handed_socket()))


async def work(data: Path, *, development: bool, metrics_port: int, say: Say) -> None:
    """One worker process; several share the work. Its metrics are answered on loopback where a port is given."""
    set_up_logs(as_json=not development)
    if metrics_port:
        start_http_server(metrics_port, addr="127.0.0.1")
    stop = asyncio.Event()
    stop_on_signals(stop)
    with stand_on(data, say=say, development=development) as ground, exported("tuan worker"):
        async with open_house(ground.settings, requests=2, lanes=8) as house, open_relay(house) as relay:
            spare_the_collector()
            tell("READY=1")
            await _beside_guard(ground, stop, relay.run(stop))


async def _beside_guard(ground: Ground, stop: asyncio.Event, main: Coroutine[Any, Any, None]) -> None:
    beside = [asyncio.create_task(ground.guard()), asyncio.create_task(stop_with_parent(stop))]
    try:
        await main
    finally:
        for task in beside:
            task.cancel()
