"""`tuan backup`: one moment of the database and what lies beside it, while everything goes on."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tuan.backups import database, folder, tools
from tuan.backups.errors import BackupError
from tuan.launch import Ground, Say, names_a_server, stand_on
from tuan.platform.embedded import OWNER
from tuan.platform.embedded.places import find_places, write_private
from tuan.platform.settings import SettingsError, market_secret


async def take(target: Path, data: Path, *, say: Say) -> dict[str, Any]:
    """Write a backup into a folder that is not there yet. Raises BackupError; then the target is not there either.

    Returns {"backup", "bytes", "rows", "revision", "has_secret", "seconds"}.
    """
    began = time.monotonic()
    target, data = target.absolute(), data.resolve()
    with existing(data, say) as ground, folder.begun(target, data) as partial:
        moment = await _dump(ground.url(OWNER), data, partial)
        has_secret = _keep_secret(data, partial / folder.BESIDE / folder.SECRET)
        page = folder.Page(
            folder.FORMAT, version("tuan"), moment.revision, moment.postgres, moment.at, has_secret, moment.tables,
            folder.hashes(partial),
        )  # fmt: skip
        folder.finish(partial, target, page)
    if not has_secret:
        say("The secret is not in this backup: there is no TUAN_SECRET here. Keep it elsewhere.")
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return {
        "backup": str(target),
        "bytes": size,
        "rows": page.rows,
        "revision": page.revision,
        "has_secret": has_secret,
        "seconds": round(time.monotonic() - began, 2),
    }


async def _dump(url: str, data: Path, partial: Path) -> database.Moment:
    """Write the dump of one moment and the files beside it into the folder; which moment it was."""
    async with database.one_moment(url) as moment:
        program = tools.find_tool("pg_dump", moment.postgres)
        beside_bytes = sum(path.stat().st_size for path in folder.kept(data))
        with tools.Bar(moment.tables, beside_bytes) as bar:
            address, environment = tools.without_password(url)
            words = [program, "--format=custom", "--verbose", f"--snapshot={moment.name}",
                     f"--file={partial / folder.DUMP}", f"--dbname={address}"]  # fmt: skip
            await tools.run(words, environment, "The backup", bar)
            # After the dump: whatever a row of it points to was there before that row was.
            folder.keep(data, partial, bar.add)
    return moment


@contextmanager
def existing(data: Path, say: Say) -> Iterator[Ground]:
    """The ground of a database that is there already: a wrong folder must not become a backup of an empty house."""
    if not names_a_server() and (not data.is_dir() or find_places(data).major() is None):
        raise BackupError(f"There is no database in {data}. Name the data folder: --data FOLDER.")
    with stand_on(data, say=say, development=True) as ground:
        yield ground


def _keep_secret(data: Path, target: Path) -> bool:
    """See that the secret in use is in the backup, wherever it comes from; whether there is one."""
    try:
        secret = market_secret(data, make=False)
    except SettingsError:
        return False
    write_private(target, json.dumps({"secret": secret.hex()}))
    return True
