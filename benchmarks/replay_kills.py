"""Replay a launches file while its processes are killed with -9 at seeded moments; the oracle must be met all the same.

    .venv/bin/python -m benchmarks.replay_kills FILE --lines 20000 --kills 10 --seed 1

The server (the replay itself, which holds the lanes), the worker and the postmaster are each killed so many times. A killed
replay is started again and goes on; the others are brought back by whoever guards them.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VICTIMS = ("server", "worker", "postmaster")
PAUSE_SECONDS = (0.5, 2.5)
RUNS_MAX = 200


def oracle(file: Path, lines: int, price_minor: int) -> dict[str, int]:
    """What must come out, counted from the file itself."""
    from tuan.replay import read_launches

    _, launches = read_launches(file, lines)
    formed = [launch for launch in launches if launch.participants]
    members = sum(launch.size for launch in formed)
    lapsed = len(launches) - len(formed)
    return {
        "launches": len(launches),
        "formed": len(formed),
        "lapsed": lapsed,
        "member_orders": members,
        "refunds": lapsed,
        "captured_minor": (members + lapsed) * price_minor,
        "refunded_minor": lapsed * price_minor,
        "ledger_imbalance": 0,
        "oversold": 0,
    }


@dataclass
class Trial:
    """One replay under fire."""

    file: Path
    data: Path
    lines: int
    kills: int
    rng: random.Random
    pause: tuple[float, float] = PAUSE_SECONDS
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VICTIMS, 0))
    process: "subprocess.Popen[bytes] | None" = None

    def run(self) -> dict[str, Any]:
        """The replay's own result, once every kill has been dealt and it has come to its end."""
        command = [sys.executable, "-P", "-m", "tuan.cli", "replay", str(self.file), "--data", str(self.data)]
        for _ in range(RUNS_MAX):
            arguments = [*command, "--lines", str(self.lines), "--json"]
            with tempfile.TemporaryFile() as printed:
                self.process = subprocess.Popen(arguments, stdout=printed, stderr=subprocess.DEVNULL)
                while self.process.poll() is None:
                    time.sleep(self.rng.uniform(*self.pause))
                    self._kill_one()
                printed.seek(0)
                lines = printed.read().splitlines()
            if self.process.returncode == 0 and not self._left():
                result: dict[str, Any] = json.loads(lines[-1])
                return result
        raise RuntimeError(f"no end after {RUNS_MAX} runs; kills so far {self.killed}")

    def _left(self) -> list[str]:
        return [victim for victim in VICTIMS if self.killed[victim] < self.kills]

    def _kill_one(self) -> None:
        if not (left := self._left()):
            return
        victim = self.rng.choice(left)
        pid = {"server": self._server, "worker": self._worker, "postmaster": self._postmaster}[victim]()
        if pid:
            os.kill(pid, signal.SIGKILL)
            self.killed[victim] += 1
            print(f"killed the {victim}: {self.killed}", file=sys.stderr)

    def _server(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    def _worker(self) -> int | None:
        server = self._server()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if parent == server and b"worker" in words:
                    return int(entry.name)
        return None

    def _postmaster(self) -> int | None:
        pid_file = self.data / "postgres" / "postmaster.pid"
        try:
            return int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None


def check(data: Path) -> dict[str, Any]:
    """`tuan check --json` on the data folder."""
    command = [sys.executable, "-P", "-m", "tuan.cli", "check", "--data", str(data), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    if not done.stdout:
        raise RuntimeError(done.stderr.decode())
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuan-kills-") as folder:
        trial = Trial(options.file, Path(folder) / "data", options.lines, options.kills, random.Random(options.seed))
        result = trial.run()
        wanted = oracle(options.file, options.lines, 1000)
        met = all(result[name] == value for name, value in wanted.items())
        clean = check(trial.data)["ok"]
    print(json.dumps({"seed": options.seed, "killed": trial.killed, "oracle_met": met, "check_clean": clean, **result}))
    return 0 if met and clean else 1


if __name__ == "__main__":
    sys.exit(main())
