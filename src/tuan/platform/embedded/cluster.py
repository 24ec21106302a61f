"""The cluster itself: made once, started, asked whether it answers, stopped. Callers hold the start lock."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from enum import Enum, auto
from pathlib import Path

from tuan.platform.embedded.account import Account
from tuan.platform.embedded.binaries import Binaries
from tuan.platform.embedded.errors import EmbeddedError
from tuan.platform.embedded.places import SOCKET_NAME, Places, write_private

Say = Callable[[str], None]

ADMIN, OWNER, APP, RELAY = "tuan_admin", "tuan_owner", "tuan_app", "tuan_relay"
DATABASE = "tuan"

START_SECONDS_MAX = 600
STOP_SECONDS_MAX = 600
ORPHANS_SECONDS_MAX = 60
LOG_BYTES_MAX = 20_000_000
NEW_CLUSTER_BYTES = 300_000_000
START_BYTES = 50_000_000
CANNOT_CONNECT_NOW = b"57P03"

SETTINGS: Mapping[str, str | int] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": 100,
    "shared_buffers": "256MB",
    # Durable. No standby or base backup hangs on a laptop's server, so the log need hold no more than recovery wants.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    # Compiling plans costs more than the short statements of a shop.
    "jit": "off",
    # Tables that grow out of nothing must be counted soon: a plan is kept until they are (docs/design/speed.md).
    "autovacuum_naptime": "2s",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
}


class State(Enum):
    """What a connection attempt tells: nobody there, there but not yet (or no longer) serving, serving."""

    DOWN = auto()
    BUSY = auto()
    READY = auto()


def probe(places: Places, *, timeout_seconds: float = 5) -> State:
    """Ask the server itself: a pid proves nothing, numbers are used again after a restart of the machine.

    Sends the first packet of a connection; whatever it answers, but "cannot connect now", means that it serves.
    """
    words = b"".join(word.encode() + b"\0" for word in ("user", ADMIN, "database", "postgres", ""))
    packet = struct.pack("!ii", 8 + len(words), 196608) + words
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_seconds)
            connection.connect(places.socket_file)
            connection.sendall(packet)
            answer = connection.recv(1024)
    except TimeoutError:
        return State.BUSY
    except OSError:
        return State.DOWN
    if not answer:
        return State.DOWN
    return State.BUSY if answer[:1] == b"E" and CANNOT_CONNECT_NOW in answer else State.READY


def noted_pid(places: Places) -> int | None:
    """The pid of this cluster's postmaster; None if the pid file is missing or names some other process."""
    try:
        pid = int((places.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _serves(pid, places.cluster) else None


def _serves(pid: int, cluster: Path) -> bool:
    """Whether that process is a postmaster of this folder, by its command line (empty for a zombie)."""
    if Path("/proc/self").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return False
        return words[0].endswith("postgres") and str(cluster) in words
    asked = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return "postgres" in asked.stdout and f"-D {cluster}" in asked.stdout


def load_secrets(places: Places) -> dict[str, str]:
    """The roles' passwords, made once. Raises EmbeddedError when they are lost but the data are there."""
    try:
        known: dict[str, str] = json.loads(places.secrets.read_text())
    except FileNotFoundError:
        known = {}
    missing = [role for role in (ADMIN, OWNER, APP, RELAY) if role not in known]
    if missing and places.major() is not None:
        raise EmbeddedError(
            f"{places.secrets} is missing or lacks {', '.join(missing)}, but {places.cluster} has data. "
            "Put the file back from a backup; without it nobody can log in."
        )
    if missing:
        known |= {role: secrets.token_urlsafe(24) for role in missing}
        write_private(places.secrets, json.dumps(known, indent=1))
    return known


def create(places: Places, binaries: Binaries, account: Account, passwords: Mapping[str, str]) -> None:
    """Make cluster, roles and database beside their place and move them in when complete. Raises EmbeddedError."""
    require_space(places, NEW_CLUSTER_BYTES)
    for left_over in places.home.glob("postgres.partial*"):
        shutil.rmtree(left_over, ignore_errors=True)
    # A name of its own: the initdb of a process that was killed may still be writing into the left over one.
    partial = places.home / f"postgres.partial-{secrets.token_hex(4)}"
    password_file = places.home / ".password"
    write_private(password_file, passwords[ADMIN])
    locale = "C" if sys.platform == "darwin" else "C.UTF-8"
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    try:
        made = account.run(
            [
                binaries.program("initdb"),
                f"--pgdata={partial}",
                f"--username={ADMIN}",
                f"--pwfile={account.own(password_file)}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                f"--locale={locale}",
                *builtin,
            ],
            folder=places.home,
        )
    finally:
        password_file.unlink()
    if made.returncode != 0:
        raise EmbeddedError(explain("The database could not be made", made.stdout, places))
    _make_roles(partial, places, binaries, account, passwords)
    partial.rename(places.cluster)


def _make_roles(
    partial: Path, places: Places, binaries: Binaries, account: Account, passwords: Mapping[str, str]
) -> None:
    """Make our roles and our database in single-user mode, before anybody can connect."""
    plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    statements = [f"CREATE ROLE {role} {plain} PASSWORD '{passwords[role]}'" for role in (OWNER, APP, RELAY)] + [
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}, {RELAY}",
    ]
    command = [binaries.program("postgres"), "--single", "-D", str(partial), "-c", "shared_buffers=16MB", "postgres"]
    made = account.run(command, folder=places.home, text="\n".join(statements) + "\n")
    # In this mode an error ends the statement, not the program.
    if made.returncode != 0 or "ERROR:" in made.stdout or "FATAL:" in made.stdout:
        raise EmbeddedError(explain("The roles could not be made", made.stdout, places))


def start(places: Places, binaries: Binaries, account: Account, settings: Mapping[str, str | int], say: Say) -> None:
    """Start the postmaster and wait until it serves, through crash recovery if need be. Raises EmbeddedError."""
    require_space(places, START_BYTES)
    _put_away_stale_locks(places, say)
    _write_settings(places, account, settings)
    if places.log.exists() and places.log.stat().st_size > LOG_BYTES_MAX:
        places.log.replace(places.log.with_suffix(".log.1"))
    wait = ["-w", "-t", str(START_SECONDS_MAX)]
    command = [binaries.program("pg_ctl"), "start", "-s", "-D", str(places.cluster), "-l", str(places.log), *wait]
    give_up = time.monotonic() + ORPHANS_SECONDS_MAX
    while True:
        written = places.log.stat().st_size if places.log.exists() else 0
        started = account.run(command, folder=places.home)
        if started.returncode == 0:
            return
        told = started.stdout + _log_after(places, written)
        # After a kill -9 of the postmaster a busy backend finishes its statement before it notices; and a postmaster
        # whose starter was killed a moment ago may have come up by itself.
        if not any(sign in told for sign in ("still in use", "lock file")) or time.monotonic() > give_up:
            raise EmbeddedError(explain("PostgreSQL did not start", told, places))
        say("Waiting for what is left of a killed server.")
        time.sleep(0.3)
        if probe(places) is State.READY:
            return


def _log_after(places: Places, position: int) -> str:
    """What was written to the log after that byte."""
    try:
        with open(places.log, "rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _put_away_stale_locks(places: Places, say: Say) -> None:
    """Remove pid and socket lock files whose number is a dead process's or a stranger's; PostgreSQL would believe them.

    Safe because two servers on one folder are also kept apart by the shared memory block, whose key is the folder's.
    A postmaster of ours that answers nobody (its socket was swept out of /tmp) is stopped first.
    """
    if noted_pid(places) is not None:
        say("The running server cannot be reached; it is being restarted.")
        stop(places)
    (places.cluster / "postmaster.pid").unlink(missing_ok=True)
    (places.socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _write_settings(places: Places, account: Account, settings: Mapping[str, str | int]) -> None:
    """Write postgresql.conf anew. Lasting changes of an operator belong into ALTER SYSTEM, which is read after it."""
    folder = str(places.socket).replace('"', '""')
    values = {**SETTINGS, "unix_socket_directories": f'"{folder}"', **settings}
    lines = [f"{name} = '{str(value).replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items()]
    target = places.cluster / "postgresql.conf"
    write_private(target, "# Written at every start. Change settings with ALTER SYSTEM.\n" + "".join(lines))
    account.own(target)


def stop(places: Places) -> None:
    """Stop the server: running transactions are rolled back, clients disconnected. Raises EmbeddedError.

    The signal of `pg_ctl stop -m fast`, sent without it: it would wait for ever for a postmaster that was killed and
    that nobody has reaped yet.
    """
    pid = noted_pid(places)
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    give_up = time.monotonic() + STOP_SECONDS_MAX
    while _serves(pid, places.cluster):
        if time.monotonic() > give_up:
            raise EmbeddedError(f"PostgreSQL (process {pid}) does not stop; see {places.log}.")
        time.sleep(0.005)


def require_space(places: Places, bytes_needed: int) -> None:
    """Raises EmbeddedError when the disk is (nearly) full: PostgreSQL would stop in the middle of its work."""
    free = shutil.disk_usage(places.home).free
    if free < bytes_needed:
        raise EmbeddedError(
            f"{places.home} has {free // 1_000_000} MB left and the database needs {bytes_needed // 1_000_000} MB. "
            "Free some space, or put the data folder on another disk."
        )


def explain(what: str, told: str, places: Places) -> str:
    """What failed, what to do where the reason is a known one, and the server's own last words."""
    known = {
        "No space left on device": "The disk is full: free some space.",
        "Cannot allocate memory": "There is too little memory: close something, or set a smaller shared_buffers.",
        "could not resize shared memory": "/dev/shm is too small: give the container more (--shm-size).",
        "error while loading shared libraries": "A system library is missing: install the one that is named below.",
        "wrong ownership": f"{places.cluster} belongs to somebody else: run Tuan as that user.",
        "lock file": f"Another server may be using {places.cluster}, perhaps in another container: stop that one.",
    }
    advice = next((words for sign, words in known.items() if sign in told), f"See {places.log}.")
    return f"{what}. {advice}\n" + "\n".join(told.strip().splitlines()[-12:])
