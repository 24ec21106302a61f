"""Getting a process onto its feet: settings from environment and data folder, the embedded server, children, signals."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tuan.platform.embedded import APP, OWNER, RELAY, EmbeddedServer, ensure_running
from tuan.platform.settings import Settings, SettingsError, market_secret

GUARD_SECONDS = 0.3
SILENT_MAX = 3
RESTART_SECONDS = 0.5
FILES_MOST = 65_536

PARENT = "TUAN_PARENT_PID"
"""Tells a child whose child it is: one whose parent was killed stops by itself, and leaves no server running."""

Say = Callable[[str], None]


URLS = {
    APP: ("TUAN_DATABASE_URL", "the database, as the role tuan_app"),
    OWNER: ("TUAN_OWNER_DATABASE_URL", "migrations and markets are made as the owner of the database"),
    RELAY: ("TUAN_RELAY_DATABASE_URL", "the worker sees what is due as the role tuan_relay"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a command stands on: its data folder, and the embedded server unless a real one was named."""

    data: Path
    development: bool
    server: EmbeddedServer | None
    say: Say

    def url(self, role: str) -> str:
        """The database's address for a role; raises SettingsError if a real server was named, but not for this role."""
        if self.server is not None:
            return self.server.dsn(role)
        name, why = URLS[role]
        if value := os.environ.get(name):
            return value
        raise SettingsError(f"{name} is not set: {why}.")

    @property
    def settings(self) -> Settings:
        """What a serving process or a worker needs; raises SettingsError for what is missing."""
        secret = market_secret(self.data, make=self.server is not None)
        return Settings(self.data, self.url(APP), self.url(RELAY), secret, self.development)

    async def guard(self) -> None:
        """Bring the embedded server back if it was killed; runs beside everything that needs it."""
        silent = 0
        while self.server is not None:
            await asyncio.sleep(GUARD_SECONDS)
            silent = 0 if await asyncio.to_thread(self.server.is_alive) else silent + 1
            if silent == SILENT_MAX:  # once may be a busy machine
                silent = 0
                self.say("PostgreSQL is gone; starting it again.")
                revived = await asyncio.to_thread(ensure_running, self.data, say=self.say)
                revived.detach()


def names_a_server() -> bool:
    """Whether the environment points to a real server; the owner's address alone does, for who only backs up."""
    return any(os.environ.get(URLS[role][0]) for role in (APP, OWNER))


@contextmanager
def stand_on(data: Path, *, say: Say, development: bool) -> Iterator[Ground]:
    """The ground of a command. Where no real server is named, the data folder's embedded one is started or joined."""
    data = data.resolve()
    if names_a_server():
        yield Ground(data, development, None, say)
    else:
        with ensure_running(data, say=say) as server:
            yield Ground(data, development, server, say)


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


def open_files_as_allowed() -> None:
    """Raise this process's own limit of open files to what the system allows: each live page is one, shells say 1,024."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MOST if most == resource.RLIM_INFINITY else most
    with suppress(ValueError, OSError):  # some systems allow less than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, wanted), most))


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
