"""`tuan restore`: into an empty data folder or an empty database, all of it or nothing."""

import time
from pathlib import Path
from typing import Any

from tuan.backups import database, folder, tools
from tuan.backups.errors import BackupError
from tuan.backups.folder import Page
from tuan.launch import Say, stand_on
from tuan.platform.embedded import OWNER


async def restore(source: Path, data: Path, *, say: Say) -> dict[str, Any]:
    """Bring a backup back. Raises BackupError; what was there before is then still as it was.

    Returns {"revision", "rows", "taken_at", "seconds"}.
    """
    began = time.monotonic()
    source, data = source.absolute(), data.resolve()
    page = folder.read(source)
    missing = _beside(source, data)
    with stand_on(data, say=say, development=True) as ground:
        await load(source, page, ground.url(OWNER))
        for name in missing:
            folder.copy_private(source / folder.BESIDE / name, data / name)
    if not page.has_secret:
        say("The secret was not in this backup: set TUAN_SECRET to the old one before you start.")
    return {
        "revision": page.revision,
        "rows": page.rows,
        "taken_at": page.taken_at.isoformat(),
        "seconds": round(time.monotonic() - began, 2),
    }


def _beside(source: Path, data: Path) -> list[Path]:
    """The files to bring back beside the database. Raises BackupError if another file is in the way of one."""
    beside = source / folder.BESIDE
    names = [path.relative_to(beside) for path in sorted(beside.rglob("*")) if path.is_file()]
    there = [name for name in names if (data / name).exists()]
    if in_the_way := [name for name in there if (data / name).read_bytes() != (beside / name).read_bytes()]:
        raise BackupError(
            f"{data} is not empty: {in_the_way[0]} is another one there. Nothing was changed. Restore into a new folder."
        )
    return [name for name in names if name not in there]


async def load(source: Path, page: Page, url: str) -> None:
    """Restore the dump into an empty database in one transaction, and see that every row came. Raises BackupError."""
    major = await database.require_empty(url)
    if major < page.postgres:
        raise BackupError(
            f"The backup is of PostgreSQL {page.postgres} and this server is {major}, which cannot take it. Nothing "
            f"was done: restore into PostgreSQL {page.postgres} or newer."
        )
    address, environment = tools.without_password(url)
    words = [tools.find_tool("pg_restore", major), "--no-owner", "--single-transaction", "--verbose",
             f"--dbname={address}", str(source / folder.DUMP)]  # fmt: skip
    with tools.Bar(page.tables) as bar:
        await tools.run(words, environment, "The restoring", bar)
    if wrong := await database.differences(url, page.tables):
        raise BackupError(f"Not every row came: {'; '.join(wrong[:5])}. Do not use this database.")
