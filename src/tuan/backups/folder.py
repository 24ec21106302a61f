"""A backup as a folder that only its owner can read: the dump, what lay beside the database, and a page about both.

backup.json      when, of which version, how many rows in each table, the hash of every file
database.dump    PostgreSQL's own custom format: `pg_restore` reads it without us
data/            the rest of the data folder: the secret (application.json), uploaded files
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from tuan.backups.errors import BackupError
from tuan.platform.embedded.places import write_private

FORMAT = 1
PAGE, DUMP, BESIDE = "backup.json", "database.dump", "data"
SECRET = "application.json"
PIECE_BYTES = 1 << 20

SERVERS_OWN = frozenset(
    {"postgres", "postgres.log", "postgres.log.1", "socket", "secrets.json", "places.json", "start.lock", "users.lock"}
)
"""The embedded server's: its rows are in the dump, and its passwords are made anew where it is restored."""
HALF_WRITTEN = ".partial"
"""How files end that get their name when they are whole: a picture that is coming in, and that no row names yet."""
PASSING = frozenset({"world"})
"""Worlds that were simulated. Whatever else lies in the data folder is kept, so that what is new is never forgotten."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rows: int
    size_bytes: int
    """On the disk, when it was dumped; for the progress bar."""


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself."""

    format: int
    tuan: str
    revision: str
    postgres: int
    """The major version of the server that was dumped; an older one cannot take it."""
    taken_at: datetime
    """The database's clock when the snapshot was taken: all of the dump is of this moment."""
    has_secret: bool
    tables: dict[str, Table]
    files: dict[str, str]
    """SHA-256 of each file by its path inside the backup."""

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


@contextmanager
def begun(target: Path, data: Path) -> Iterator[Path]:
    """A private folder beside the target to write into, gone again if it fails.

    Raises BackupError rather than overwrite anything.
    """
    if target.exists() or target.is_symlink():
        raise BackupError(f"{target} is there already and stays as it is. Name a folder that does not exist yet.")
    if target.is_relative_to(data):
        raise BackupError(
            f"{target} lies inside the data folder, with which it would be lost. Name a place elsewhere, best on "
            "another disk."
        )
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise BackupError(
            f"{partial} is there: another backup is being written, or one was interrupted. If none runs, remove it."
        ) from None
    try:
        (partial / DUMP).touch(mode=0o600)  # pg_dump keeps the mode of a file that is there
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def finish(partial: Path, target: Path, page: Page) -> None:
    """Write the page and give the folder its name: a folder of that name is complete, or it is not there."""
    write_private(partial / PAGE, msgspec.json.format(msgspec.json.encode(page), indent=1).decode())
    partial.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep(data: Path, partial: Path, written: Callable[[int], None]) -> None:
    """Copy what lies in the data folder beside the database; `written` hears of each file's bytes."""
    (partial / BESIDE).mkdir(mode=0o700)
    for path in kept(data):
        target = partial / BESIDE / path.relative_to(data)
        copy_private(path, target)
        written(target.stat().st_size)


def kept(data: Path) -> Iterator[Path]:
    """Every file of the data folder that is neither the embedded server's nor half written."""
    if not data.is_dir():
        return
    for entry in sorted(data.iterdir()):
        if entry.name in SERVERS_OWN | PASSING or entry.name.startswith((".", "postgres.partial")):
            continue
        for path in sorted(entry.rglob("*")) if entry.is_dir() else [entry]:
            if path.is_file() and path.suffix != HALF_WRITTEN:
                yield path


def copy_private(source: Path, target: Path) -> None:
    """Copy a file to where none is, readable by us alone, and on the disk before it is relied upon."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as copy, open(source, "rb") as file:
        shutil.copyfileobj(file, copy, PIECE_BYTES)
        copy.flush()
        os.fsync(handle)


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder but the page, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): _hash(path) for path in files if path != folder / PAGE}


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def read(source: Path) -> Page:
    """The page of a backup whose files are all there and unchanged. Raises BackupError."""
    try:
        page = msgspec.json.decode((source / PAGE).read_bytes(), type=Page)
    except FileNotFoundError:
        raise BackupError(
            f"{source} is not a backup: it has no {PAGE}. A folder named .partial is unfinished."
        ) from None
    except (msgspec.DecodeError, NotADirectoryError) as error:
        raise BackupError(f"{source} is not a backup that this Tuan can read ({error}).") from None
    if page.format != FORMAT:
        raise BackupError(f"{source} has format {page.format}, and this Tuan reads format {FORMAT}: take a newer Tuan.")
    found = hashes(source)
    wrong = sorted(name for name in page.files.keys() | found.keys() if page.files.get(name) != found.get(name))
    if wrong:
        raise BackupError(f"{source} is damaged: {', '.join(wrong[:5])}. Nothing was restored; take another backup.")
    return page
