"""The embedded server: starting, sharing, surviving, stopping."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import psutil
import pytest

from tuan.platform.embedded import ADMIN, APP, OWNER, RELAY, EmbeddedError, EmbeddedServer, ensure_running

# Small, so that a start is quick; durability is left on, it is what is tested.
SETTINGS: dict[str, str | int] = {"shared_buffers": "16MB", "max_connections": 20}

USER = """
import sys, time
from pathlib import Path
from tuan.platform.embedded import ensure_running
server = ensure_running(Path(sys.argv[1]), settings={"shared_buffers": "16MB"})
print(server.postmaster_pid(), flush=True)
sys.stdin.read()
server.detach()
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One data folder for all tests here, below a parent whose mode must not change; stopped at the end."""
    parent = tmp_path_factory.mktemp("parent", numbered=True)
    parent.chmod(0o700)
    yield parent / "data"
    ensure_running(parent / "data").detach()


@pytest.fixture
def server(data: Path) -> Iterator[EmbeddedServer]:
    with ensure_running(data, settings=SETTINGS) as server:
        yield server


def start_user(data: Path) -> tuple[subprocess.Popen[str], int]:
    """Another process that uses the server until its stdin closes, and the postmaster's pid as it sees it."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    return user, int(user.stdout.readline())


def end(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=20)
    assert user.returncode in (0, -signal.SIGKILL)


async def ask(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def is_gone(pid: int) -> bool:
    """Dead, or dead and not yet reaped by whoever has inherited it."""
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def wait_until_gone(pid: int) -> None:
    give_up = time.monotonic() + 10
    while not is_gone(pid):
        assert time.monotonic() < give_up, f"{pid} is still there"
        time.sleep(0.01)


async def test_roles_can_do_what_they_are_for_and_no_more(server: EmbeddedServer) -> None:
    for role in (ADMIN, OWNER, APP, RELAY):
        assert await ask(server.dsn(role), "SELECT current_user::text") == role
    sql = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tuan_%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
    assert await ask(server.dsn(OWNER), sql) == 1, "only the administrator"
    await ask(server.dsn(OWNER), "CREATE SCHEMA IF NOT EXISTS shop")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(server.dsn(APP), "CREATE SCHEMA mine")
    with pytest.raises(EmbeddedError, match="no role"):
        server.dsn("postgres")


async def test_a_wrong_password_is_refused(server: EmbeddedServer) -> None:
    dsn = server.dsn(APP)
    password = dsn.split("@")[0].split(":")[-1]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(dsn.replace(password, "guess"), "SELECT 1")


async def test_what_is_committed_is_on_the_disk(server: EmbeddedServer) -> None:
    for name, value in {"fsync": "on", "synchronous_commit": "on", "listen_addresses": "", "jit": "off"}.items():
        assert await ask(server.dsn(APP), f"SHOW {name}") == value


def test_folders_are_closed_and_parents_left_alone(server: EmbeddedServer, data: Path) -> None:
    mode = {name: stat.S_IMODE((data / name).stat().st_mode) for name in ("", "socket", "secrets.json")}
    assert mode == {"": 0o700, "socket": 0o700, "secrets.json": 0o600}
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700


def test_the_last_one_out_stops_it(data: Path) -> None:
    with ensure_running(data, settings=SETTINGS) as here:
        user, pid = start_user(data)
        assert pid == here.postmaster_pid(), "the second process attached"
    assert not is_gone(pid), "the other one still uses it"
    end(user)
    wait_until_gone(pid)
    assert not here.is_alive()


def test_detaching_twice_is_detaching_once(data: Path) -> None:
    with ensure_running(data, settings=SETTINGS) as other:
        one = ensure_running(data)
        one.detach()
        one.detach()
        assert other.is_alive()


def test_a_killed_user_leaves_no_lock_and_no_dead_server(data: Path) -> None:
    user, pid = start_user(data)
    user.kill()
    end(user)
    assert not is_gone(pid), "the server outlives the process that started it"
    with ensure_running(data) as server:
        assert server.postmaster_pid() == pid
    wait_until_gone(pid)


async def test_committed_rows_survive_a_killed_postmaster(server: EmbeddedServer, data: Path) -> None:
    await ask(server.dsn(ADMIN), "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    pid = server.postmaster_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert not server.is_alive()
    with await asyncio.to_thread(ensure_running, data, settings=SETTINGS) as again:
        assert await ask(again.dsn(ADMIN), "SELECT answer FROM kept") == 42
        assert server.is_alive(), "the first user sees the new postmaster"
        assert server.postmaster_pid() != pid


async def test_restart_right_after_a_kill_with_a_busy_backend(server: EmbeddedServer, data: Path) -> None:
    """Backends of the dead postmaster may still run: the new one waits until the old memory is free."""
    busy = await asyncpg.connect(server.dsn(ADMIN))
    work = asyncio.ensure_future(busy.execute("SELECT count(*) FROM generate_series(1, 3000000)"))
    await asyncio.sleep(0.05)
    pid = server.postmaster_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with await asyncio.to_thread(ensure_running, data, settings=SETTINGS) as again:
        assert await ask(again.dsn(APP), "SELECT 1") == 1
    await asyncio.gather(work, return_exceptions=True)
    busy.terminate()


@pytest.mark.parametrize("pid", ["a stranger", "nobody"])
def test_a_stale_pid_file_confuses_nobody(data: Path, pid: str) -> None:
    with ensure_running(data, settings=SETTINGS) as server:
        whole = (data / "postgres" / "postmaster.pid").read_text()
        first = server.postmaster_pid()
    number = os.getpid() if pid == "a stranger" else 2**22 - 3
    (data / "postgres" / "postmaster.pid").write_text(whole.replace(str(first), str(number), 1))
    with ensure_running(data, settings=SETTINGS) as server:
        assert server.is_alive()
        assert server.postmaster_pid() not in (None, number)


def test_many_at_once_get_one_server(data: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        servers = list(pool.map(lambda _: ensure_running(data, settings=SETTINGS), range(8)))
        assert len({server.postmaster_pid() for server in servers}) == 1
        list(pool.map(EmbeddedServer.detach, servers))
    assert not servers[0].is_alive()


def test_a_lost_socket_is_made_again(data: Path) -> None:
    with ensure_running(data, settings=SETTINGS):
        (data / "socket" / ".s.PGSQL.5432").unlink()
        with ensure_running(data, settings=SETTINGS) as again:
            assert again.is_alive()


def test_data_of_another_version_are_refused_with_advice(data: Path) -> None:
    ensure_running(data, settings=SETTINGS).detach()
    version = data / "postgres" / "PG_VERSION"
    real = version.read_text()
    version.write_text("11\n")
    try:
        with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 11.*restore"):
            ensure_running(data)
    finally:
        version.write_text(real)


def test_lost_secrets_are_named(data: Path) -> None:
    ensure_running(data, settings=SETTINGS).detach()
    secrets = data / "secrets.json"
    kept = secrets.rename(data / "kept.json")
    try:
        with pytest.raises(EmbeddedError, match=r"secrets\.json is missing"):
            ensure_running(data)
    finally:
        kept.rename(secrets)


def test_a_long_path_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    """And a first start that was interrupted half-way is begun anew."""
    long = tmp_path / ("a folder, with 'quotes' and a name that is far too long for a socket " * 2)
    (long / "postgres.partial-1").mkdir(parents=True)
    (long / "postgres.partial-1" / "left").write_text("over")
    with ensure_running(long, settings={**SETTINGS, "fsync": "off"}) as server:
        folder = Path(server.dsn(APP).split("host=")[1].split("&")[0])
        assert len(str(folder)) < 90
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert asyncio.run(ask(server.dsn(APP), "SELECT 1")) == 1
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(folder / ".s.PGSQL.5432"))
    assert not list(long.glob("postgres.partial*"))
    folder.rmdir()
