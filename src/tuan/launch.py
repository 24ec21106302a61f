"""Getting a process onto its feet: settings from environment and data folder, the embedded server, children, signals."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuan.platform.embedded import APP, OWNER, RELAY, EmbeddedServer, ensure_running
from tuan.platform.settings import Settings, SettingsError, market_secret

GUARD_SECONDS = 0.3
SILENT_MAX = 3
RESTART_SECONDS = 0.5

PARENT = "TUAN_PARENT_PID"
"""Tells a child whose child it is: one whose parent was killed stops by itself, and leaves no server running."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a command stands on: its settings, and the embedded server unless a real one was named."""

    settings: Settings
    server: EmbeddedServer | None
    say: Say

    async def guard(self) -> None:
        """Bring the embedded server back if it was killed; runs beside everything that needs it."""
        silent = 0
        while self.server is not None:
            await asyncio.sleep(GUARD_SECONDS)
            silent = 0 if await asyncio.to_thread(self.server.is_alive) else silent + 1
            if silent == SILENT_MAX:  # once may be a busy machine
                silent = 0
                self.say("PostgreSQL is gone; starting it again.")
                revived = await asyncio.to_thread(ensure_running, self.settings.data, say=self.say)
                revived.detach()


def _required(name: str, why: str) -> str:
    if value := os.environ.get(name):
        return value
    raise SettingsError(f"{name} is not set: {why}")


@contextmanager
def stand_on(data: Path, *, say: Say, development: bool) -> Iterator[Ground]:
    """Settings for a command. Without TUAN_DATABASE_URL the embedded server of the data folder is started or joined."""
    data = data.resolve()
    url = os.environ.get("TUAN_DATABASE_URL")
    with ExitStack() as stack:
        if url:
            server = None
            owner = os.environ.get("TUAN_OWNER_DATABASE_URL")
            relay = _required("TUAN_RELAY_DATABASE_URL", "the worker sees what is due as the role tuan_relay.")
        else:
            server = stack.enter_context(ensure_running(data, say=say))
            url, owner, relay = server.dsn(APP), server.dsn(OWNER), server.dsn(RELAY)
        secret = market_secret(data, make=server is not None)
        yield Ground(Settings(data, url, owner, relay, secret, development), server, say)


async def stop_with_parent(stop: asyncio.Event) -> None:
    """Set `stop` once the parent that started this process is gone; returns at once where there is none."""
    parent = os.environ.get(PARENT)
    while parent is not None and os.getppid() == int(parent):
        await asyncio.sleep(GUARD_SECONDS)
    if parent is not None:
        stop.set()


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGINT and SIGTERM ask for a clean end; a second one is not needed, kill -9 loses nothing acknowledged."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


class Child:
    """A process of ours that is started again when it dies, until it is told to stop."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the parent, which stops its children in order.
        command = [sys.executable, "-P", "-m", "tuan.cli", *self.arguments]
        environment = {**os.environ, PARENT: str(os.getpid())}
        self.process = subprocess.Popen(command, start_new_session=True, env=environment)

    async def keep(self, stop: asyncio.Event, say: Say) -> None:
        while not stop.is_set():
            if self.process is None or self.process.poll() is not None:
                if self.process is not None:
                    say(f"tuan {self.arguments[0]} ended with {self.process.returncode}; starting it again.")
                self.start()
            await asyncio.sleep(RESTART_SECONDS)
        self.end()

    def end(self, seconds: float = 15) -> None:
        """Ask it to stop, wait, and kill it if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
