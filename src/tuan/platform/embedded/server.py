"""Who uses the server and when it starts and stops: two lock files in the data folder.

`start.lock` is held while somebody starts, attaches or detaches. `users.lock` is held, shared, by everyone for as long
as they use the server; who can have it for himself alone was the last one. The kernel drops both locks of a process
that dies in any way, so nobody has to be counted and nothing can be left over.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from tuan.platform.embedded import cluster
from tuan.platform.embedded.account import SYSTEM_FOLDER, Account, plain_account, reachable_copy, system_account
from tuan.platform.embedded.binaries import Binaries, find_binaries
from tuan.platform.embedded.cluster import Say, State
from tuan.platform.embedded.errors import EmbeddedError
from tuan.platform.embedded.places import Places, find_places, move_home

# A start may go through a long crash recovery; whoever waits for it waits a little longer.
LOCK_SECONDS_MAX = cluster.START_SECONDS_MAX + 60


class EmbeddedServer:
    """A running server that we are a user of, until `detach`. Safe to use from several threads."""

    def __init__(self, places: Places, passwords: Mapping[str, str], users: int) -> None:
        self._places = places
        self._passwords = passwords
        self._users: int | None = users
        self._detaching = threading.Lock()

    def dsn(self, role: str, database: str = cluster.DATABASE) -> str:
        """The URL for asyncpg, over the unix socket. Holds the password: do not log it. Raises EmbeddedError."""
        if role not in self._passwords:
            raise EmbeddedError(f"There is no role {role}; there are {', '.join(sorted(self._passwords))}.")
        host = quote(str(self._places.socket), safe="/")
        return f"postgresql://{role}:{quote(self._passwords[role])}@/{quote(database)}?host={host}&port=5432"

    def postmaster_pid(self) -> int | None:
        """The server's first process, None if it is gone."""
        return cluster.noted_pid(self._places)

    def is_alive(self) -> bool:
        """Whether the server takes connections at this moment."""
        return cluster.probe(self._places) is State.READY

    def detach(self) -> None:
        """Stop using the server, and stop the server if nobody else uses it. Again: nothing. Raises EmbeddedError."""
        with self._detaching:
            if self._users is None:
                return
            with _start_lock(self._places.data, lambda _: None):
                os.close(self._users)
                self._users = None
                with _alone(self._places.data) as alone:
                    if alone:
                        cluster.stop(self._places)

    def __enter__(self) -> EmbeddedServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.detach()


def ensure_running(
    data: Path,
    *,
    say: Say = lambda _: None,
    settings: Mapping[str, str | int] | None = None,
    major: int | None = None,
) -> EmbeddedServer:
    """Start the server of this data folder, or attach to it if it runs; blocks until it takes connections.

    The folder is made (0700) if missing, and the cluster with roles and database at the first start. `settings` are
    configuration parameters over the usual ones and count only for the one who starts the server; `major` is the
    PostgreSQL version of a cluster yet to be made (the newest if None), existing data keep theirs. `say` gets
    sentences for people. Raises EmbeddedError, whose message says what to do.
    """
    data = data.absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _start_lock(data, say):
        users = _open_lock(data / "users.lock")
        try:
            fcntl.flock(users, fcntl.LOCK_SH)
            places = find_places(data)
            state = _settled(places, say)
            if state is State.DOWN:
                places = _start(places, settings or {}, major, say)
            return EmbeddedServer(places, cluster.load_secrets(places), users)
        except BaseException:
            os.close(users)
            raise


def _settled(places: Places, say: Say) -> State:
    """Wait while a server that somebody else started is recovering or shutting down. Raises EmbeddedError."""
    give_up = time.monotonic() + cluster.START_SECONDS_MAX
    said = False
    while (state := cluster.probe(places)) is State.BUSY:
        if time.monotonic() > give_up:
            raise EmbeddedError(f"PostgreSQL is still not ready; see {places.log}.")
        if not said:
            say("PostgreSQL is starting up or recovering; waiting for it.")
            said = True
        time.sleep(0.05)
    return state


def _start(places: Places, settings: Mapping[str, str | int], major: int | None, say: Say) -> Places:
    """Make the cluster if there is none and start it. Returns the places, which the first start as root may change."""
    _require_owner(places)
    if places.major() is None and plain_account() is None:
        places = _move_to_system_folder(places, say)
    binaries, account = _programs(places, major)
    places.socket.mkdir(mode=0o700, exist_ok=True)
    account.own(places.home)
    account.own(places.socket)
    passwords = cluster.load_secrets(places)
    if places.major() is None:
        say(f"Making the database (PostgreSQL {binaries.major}) in {places.cluster}.")
        cluster.create(places, binaries, account, passwords)
    cluster.start(places, binaries, account, settings, say)
    return places


def _programs(places: Places, major: int | None) -> tuple[Binaries, Account]:
    """The programs of the data's version (`major` if there are none yet) and the account to run them under."""
    written = places.major()
    try:
        binaries = find_binaries(written or major)
    except EmbeddedError as error:
        if written is None:
            raise
        raise EmbeddedError(
            f"{places.cluster} was written by PostgreSQL {written}, which only that version can read. {error} To move "
            f"to another version, dump the data with pg_dump of {written} and restore them into a new data folder."
        ) from None
    if places.home != places.data:
        return reachable_copy(binaries), system_account()
    account = plain_account()
    if account is None:
        raise EmbeddedError(
            f"{places.cluster} was made by root in a user namespace, and now this machine forbids namespaces. "
            f"Give the folder {places.data} to an ordinary user (chown -R) and run Tuan as that user."
        )
    return binaries, account


def _require_owner(places: Places) -> None:
    """Raises EmbeddedError when the data belong to another user: PostgreSQL would refuse, in words that help nobody."""
    if places.home != places.data or not places.cluster.exists():
        return
    owner = places.cluster.stat().st_uid
    if owner != os.geteuid():
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = f"the user with the number {owner}"
        raise EmbeddedError(f"{places.cluster} belongs to {name}: run Tuan as that user, or use another data folder.")


def _move_to_system_folder(places: Places, say: Say) -> Places:
    """Choose a home under /var/lib/tuan that a system user can enter, and say so."""
    SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_FOLDER))
    say(f"PostgreSQL does not run as root and this machine forbids user namespaces: the database lives in {home}.")
    return move_home(places.data, home)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def _start_lock(data: Path, say: Say) -> Iterator[None]:
    """Alone in starting, attaching and detaching, among threads too. Raises EmbeddedError after eleven minutes."""
    handle = _open_lock(data / "start.lock")
    try:
        _take(handle, data, say)
        os.truncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _take(handle: int, data: Path, say: Say) -> None:
    began = time.monotonic()
    said = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            waited = time.monotonic() - began
        holder = os.pread(handle, 20, 0).decode(errors="replace") or "unknown"
        if waited > LOCK_SECONDS_MAX:
            raise EmbeddedError(f"The process {holder} holds {data / 'start.lock'} and does not end: look after it.")
        if waited > 2 and not said:
            say(f"Waiting for the process {holder}, which is starting or stopping the database.")
            said = True
        time.sleep(0.005)


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[bool]:
    """Whether nobody uses the server; nobody can begin to while this is open, since we hold the start lock too."""
    handle = _open_lock(data / "users.lock")
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
