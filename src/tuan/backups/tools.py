"""PostgreSQL's own `pg_dump` and `pg_restore`, found, run and listened to."""

import asyncio
import os
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tuan.backups.errors import BackupError
from tuan.backups.folder import Table
from tuan.platform.embedded import Binaries, EmbeddedError, find_binaries

AT_TABLE = re.compile(r'(?:dumping contents of|processing data for) table "(.+)"')
LAST_LINES_MAX = 12
ENDS_WITHIN_SECONDS = 10


def find_tool(name: str, major: int) -> str:
    """The program that fits a server of this major version: of the same one, else a newer. Raises BackupError."""
    binaries = _binaries(major)
    path = binaries.folder / name
    if not os.access(path, os.X_OK):
        raise BackupError(
            f"{name} is missing in {binaries.folder}, where PostgreSQL {binaries.major} is. Nothing was done. Install "
            f"the locked packages again, or the system's client tools (Debian: apt install postgresql-{major})."
        )
    return str(path)


def _binaries(major: int) -> Binaries:
    try:
        return find_binaries(major)
    except EmbeddedError as error:
        newest = find_binaries()
        if newest.major < major:
            raise BackupError(f"The tools of PostgreSQL {major} are needed. {error}") from None
        return newest


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """A URL that every user of the machine may read in the list of processes, and the password for the environment."""
    raw = urlsplit(url).password
    if raw is None:
        return url, {}
    return url.replace(f":{raw}@", "@", 1), {"PGPASSWORD": unquote(raw)}


class Bar:
    """A progress bar over the bytes of tables and files; quiet where nobody watches."""

    def __init__(self, tables: Mapping[str, Table], more_bytes: int = 0) -> None:
        self._sizes = {name: table.size_bytes for name, table in tables.items()}
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("", total=sum(self._sizes.values()) + more_bytes or 1)
        self._current = 0

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def at(self, what: str) -> None:
        """The table before this one is done."""
        self._progress.update(self._task, advance=self._current, description=what)
        self._current = self._sizes.get(what, 0)

    def add(self, count_bytes: int) -> None:
        self._progress.update(self._task, advance=count_bytes)


async def run(words: list[str], environment: Mapping[str, str], what: str, bar: Bar) -> None:
    """Run a program to its end, its tables shown on the bar. Raises BackupError with its last lines if it fails."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    last: deque[str] = deque(maxlen=LAST_LINES_MAX)
    async with _started(words, plain | {"LC_ALL": "C"} | dict(environment)) as process:
        assert process.stderr is not None
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            last.append(text)
            if found := AT_TABLE.search(text):
                bar.at(found[1])
        code = await process.wait()
    if code:
        raise BackupError(f"{what} failed: {Path(words[0]).name} ended with {code}.\n" + "\n".join(last))


@asynccontextmanager
async def _started(words: list[str], environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that does not outlive us, whatever happens."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), ENDS_WITHIN_SECONDS)
            except TimeoutError:
                process.kill()
