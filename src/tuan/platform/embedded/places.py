"""Where things lie: the data folder, the cluster's folder and the folder of its socket."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

# 104 bytes with the closing zero on macOS, 108 on Linux; the shorter one, so that a folder can move between them.
SOCKET_PATH_BYTES_MAX = 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Places:
    """`data` holds locks, secrets and notes, `home` the cluster and its log: one folder, but for root's fallback."""

    data: Path
    home: Path
    socket: Path

    @property
    def cluster(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def socket_file(self) -> str:
        return str(self.socket / SOCKET_NAME)

    def major(self) -> int | None:
        """The major version that wrote the data, None before the first start."""
        try:
            return int((self.cluster / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None


def find_places(data: Path) -> Places:
    """The places as noted at an earlier start; nothing is made but a socket folder where none is usable."""
    notes = _notes(data)
    home = Path(notes.get("home", data))
    socket = home / "socket"
    if len(os.fsencode(socket / SOCKET_NAME)) > SOCKET_PATH_BYTES_MAX:
        socket = Path(notes.get("socket", ""))
        if not _is_private(socket):
            socket = Path(tempfile.mkdtemp(prefix="tuan-", dir="/tmp"))
            _note(data, socket=str(socket))
    return Places(data, home, socket)


def move_home(data: Path, home: Path) -> Places:
    """Note that the cluster lives outside the data folder."""
    _note(data, home=str(home))
    return find_places(data)


def write_private(path: Path, text: str) -> None:
    """Write a file only we can read, whole or not at all, and on the disk before it is relied upon."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    partial.replace(path)


def _is_private(folder: Path) -> bool:
    """Ours, a real folder, closed to others: /tmp belongs to everybody, so a name noted there proves nothing."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) == 0o700


def _notes(data: Path) -> dict[str, str]:
    try:
        notes: dict[str, str] = json.loads((data / "places.json").read_text())
    except FileNotFoundError:
        return {}
    return notes


def _note(data: Path, **more: str) -> None:
    write_private(data / "places.json", json.dumps(_notes(data) | more, indent=1))
