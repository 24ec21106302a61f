"""The commands: light to ask for help, one line for what is missing, JSON last on standard output."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HELP = "import sys; sys.argv = ['tuan', '--help']\ntry:\n    from tuan.cli import app; app()\nexcept SystemExit: pass\n"
HEAVY = "print([m for m in ('sqlalchemy', 'litestar', 'asyncpg') if m in sys.modules])"


def tuan(*arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-P", "-m", "tuan.cli", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={**os.environ, **(environment or {})}, check=False
    )


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HELP + HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_taken_port_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = tuan("up", "--data", str(tmp_path / "data"), "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr and "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = tuan("check", "--data", str(tmp_path), environment={"TUAN_DATABASE_URL": "postgresql://a@127.0.0.1:1/x"})
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "TUAN_DATABASE_URL" in done.stderr


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    real = {"TUAN_DATABASE_URL": "postgresql://a@127.0.0.1:1/x", "TUAN_SECRET": "s" * 32}
    for command, name in (("migrate", "TUAN_OWNER_DATABASE_URL"), ("worker", "TUAN_RELAY_DATABASE_URL")):
        done = tuan(command, "--data", str(tmp_path), environment=real)
        assert done.returncode == 2 and name in done.stderr


def test_a_server_never_serves_with_play_money_unless_told(tmp_path: Path) -> None:
    done = tuan("serve", "--data", str(tmp_path / "data"))
    assert done.returncode == 2 and "--development" in done.stderr


def test_the_demo_is_loaded_once_and_everything_adds_up(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    first, again = tuan("demo", "--data", data, "--json"), tuan("demo", "--data", data, "--json")
    assert first.returncode == again.returncode == 0
    assert json.loads(first.stdout.splitlines()[-1]) == json.loads(again.stdout.splitlines()[-1])
    assert "Loading" in first.stderr and "Loading" not in again.stderr
    checked = tuan("check", "--data", data, "--json")
    assert checked.returncode == 0
    assert json.loads(checked.stdout.splitlines()[-1])["ok"] is True


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    first, again = (json.loads(tuan("migrate", "--data", data, "--json").stdout.splitlines()[-1]) for _ in range(2))
    assert first["before"] is None
    assert again["before"] == again["now"] == first["now"]
