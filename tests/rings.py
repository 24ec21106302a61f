"""Run the rings of tests, from the quick and pure to the slow and whole, each against its budget.

    ./tuan test                     every ring
    ./tuan test model verbs         these rings only
    ./tuan test --seed 7            the random order (and Hypothesis) of an earlier run

A ring is one pytest run over the folders of the table below, without the tests marked `nightly`; `types` is mypy. Where there
are two processors, two rings run at once, the longest first, and each is shown when it has ended.
A ring none of whose folders exist is left out. One that takes three times its budget is stopped and has failed.
The last line says `N passed, N failed, N skipped`; the exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BUDGETS_UNTIL_FAILED = 3
STOP_SECONDS = 20
AT_ONCE_MAX = 2
"""Rings side by side: a test waits for its database half of its time, and more of them only wait for each other."""
HEARTBEAT_SECONDS = 60
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PYTEST_FOUND_NO_TESTS = 5


@dataclass(frozen=True, slots=True)
class Ring:
    """A name, the folders its tests lie in, how long it may take, pytest plugins that only it loads, and its order."""

    name: str
    folders: tuple[str, ...]
    budget_seconds: int
    plugins: tuple[str, ...] = ()
    is_shuffled: bool = True


RINGS = (
    Ring("tidy", ("tests/tidy",), 45, is_shuffled=False),  # it only reads files; shuffling costs a third of its time
    Ring("types", ("src",), 60),
    Ring("model", ("tests/model", "tests/kit"), 40),
    Ring("verbs", ("tests/verbs",), 400),
    Ring("faces", ("tests/faces",), 1000, plugins=("schemathesis",)),
    Ring("races", ("tests/races",), 180),
    Ring("stories", ("tests/stories",), 150),
    Ring("world", ("tests/world",), 220),
    Ring("schema", ("tests/schema",), 60),
    Ring("platform", ("tests/platform",), 400),
    Ring("phone", ("tests/phone",), 600),
)


@dataclass(slots=True)
class Outcome:
    """What became of a ring: counts of tests, and the wall time."""

    ring: Ring
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    note: str = ""


def main(arguments: Sequence[str]) -> int:
    """Run the rings that are asked for and return the exit code."""
    parser = argparse.ArgumentParser(prog="./tuan test", description=__doc__.split("\n")[0])
    parser.add_argument("rings", nargs="*", metavar="ring", help=", ".join(ring.name for ring in RINGS))
    parser.add_argument("--seed", type=int, help="order of the tests and Hypothesis' examples")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.rings) - {ring.name for ring in RINGS}:
        parser.error(f"no ring called {', '.join(sorted(unknown))}; there are {', '.join(ring.name for ring in RINGS)}")
    seed = random.randrange(2**32) if asked.seed is None else asked.seed
    chosen = [ring for ring in RINGS if not asked.rings or ring.name in asked.rings]
    # Once, so that no ring's time depends on being the first to import a module.
    for source in ("src", "tests", "benchmarks"):
        compileall.compile_dir(ROOT / source, quiet=2)
    there = [ring for ring in chosen if folders(ring)]
    at_once = min(AT_ONCE_MAX, os.cpu_count() or 1, len(there))
    outcomes = [run(ring, seed) for ring in there] if at_once < AT_ONCE_MAX else run_side_by_side(there, seed)
    if not asked.rings and (strays := tests_outside_rings()):
        outcomes.append(Outcome(Ring("outside", (), 0), failed=len(strays), note=f"in no ring: {', '.join(strays)}"))
    return report(outcomes, seed)


def tests_outside_rings() -> list[str]:
    """Test files that no ring would ever run: a folder was forgotten in the table."""
    inside = [ROOT / folder for ring in RINGS for folder in ring.folders]
    found = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in found if not any(path.is_relative_to(folder) for folder in inside)]


def folders(ring: Ring) -> list[str]:
    """The ring's folders that exist in this checkout."""
    return [folder for folder in ring.folders if (ROOT / folder).is_dir()]


def run_side_by_side(rings: Sequence[Ring], seed: int) -> list[Outcome]:
    """Run rings two at a time; what each has said is printed when it has ended, and which still run once a minute."""
    running: dict[Future[Outcome], tuple[Ring, IO[bytes]]] = {}
    outcomes: dict[str, Outcome] = {}
    began = time.monotonic()
    with ExitStack() as kept, ThreadPoolExecutor(AT_ONCE_MAX) as at_once:
        try:
            for ring in sorted(rings, key=lambda ring: -ring.budget_seconds):
                said: IO[bytes] = kept.enter_context(tempfile.TemporaryFile())
                running[at_once.submit(run, ring, seed, said)] = ring, said
            while running:
                ended, _ = wait(running, timeout=HEARTBEAT_SECONDS, return_when=FIRST_COMPLETED)
                for future in ended:
                    ring, said = running.pop(future)
                    outcomes[ring.name] = future.result()
                    show(ring, said)
                if running:
                    at_work = ", ".join(ring.name for future, (ring, _) in running.items() if future.running())
                    print(f"{time.monotonic() - began:.0f} s: {at_work} …", flush=True)
        except KeyboardInterrupt:
            at_once.shutdown(cancel_futures=True)
            raise
    return [outcomes[ring.name] for ring in rings]


def show(ring: Ring, said: IO[bytes]) -> None:
    """What a ring has said, under its name."""
    print(f"\n── {ring.name} ──", flush=True)
    said.seek(0)
    shutil.copyfileobj(said, sys.stdout.buffer)
    sys.stdout.flush()


def run(ring: Ring, seed: int, said: IO[bytes] | None = None) -> Outcome:
    """Run one ring, its output going straight to ours, or to where it is kept."""
    if said is None:
        print(f"\n── {ring.name} ──", flush=True)
    outcome = Outcome(ring)
    chromium = find_chromium()
    if ring.name == "phone" and chromium is None:
        return without_browser(outcome)
    environment = os.environ | ({"TUAN_CHROMIUM": chromium} if chromium else {})
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder, "counts.xml")
        began = time.monotonic()
        code = call(command(ring, seed, counts), ring.budget_seconds * BUDGETS_UNTIL_FAILED, environment, said)
        outcome.seconds = time.monotonic() - began
        if ring.name == "types":
            outcome.passed, outcome.failed = (1, 0) if code == 0 else (0, 1)
        else:
            count(outcome, counts)
    if code is None:
        # The test it was stopped in is listed like a passed one.
        outcome.note = "stopped: three times over budget"
        outcome.passed = max(0, outcome.passed - 1)
        outcome.failed += 1
    elif code == PYTEST_FOUND_NO_TESTS and ring.name != "types":
        outcome.note = "no tests"
    elif code != 0 and outcome.failed == 0:
        outcome.note = f"ended with code {code}"
        outcome.failed = 1
    return outcome


def command(ring: Ring, seed: int, counts: Path) -> list[str]:
    """The ring's command line; pytest writes its counts as JUnit XML."""
    if ring.name == "types":
        return [sys.executable, "-m", "mypy", *folders(ring)]
    order = f"--randomly-seed={seed}" if ring.is_shuffled else "-pno:randomly"
    options = ["-m", "not nightly", order, "--durations=12", f"--junit-xml={counts}"]
    options += [f"-p{plugin}" for plugin in ring.plugins]
    return [sys.executable, "-m", "pytest", *options, *folders(ring)]


def call(words: Sequence[str], seconds_max: float, environment: dict[str, str], said: IO[bytes] | None) -> int | None:
    """Run a command to its end and return its code; None if it had to be stopped for time.

    Interrupted first, so that pytest can still say where it stood and stop what it started.
    """
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=said, stderr=said) as child:
        try:
            return child.wait(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGINT)
        except KeyboardInterrupt:
            child.wait(timeout=STOP_SECONDS)
            raise
        try:
            child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
        return None


def count(outcome: Outcome, counts: Path) -> None:
    """Count the tests in pytest's JUnit XML; no file means that pytest did not get as far as running tests."""
    if not counts.exists():
        return
    # A test that fails and then fails again when it is taken down is listed twice, and is one failed test.
    results: dict[tuple[str, str], set[str]] = {}
    for case in ElementTree.parse(counts).getroot().iter("testcase"):
        results.setdefault((case.get("classname", ""), case.get("name", "")), set()).update(part.tag for part in case)
    for tags in results.values():
        if tags & {"failure", "error"}:
            outcome.failed += 1
        elif "skipped" in tags:
            outcome.skipped += 1
        else:
            outcome.passed += 1


def find_chromium() -> str | None:
    """The browser of the phone ring: TUAN_CHROMIUM, else the system's."""
    named = os.environ.get("TUAN_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def without_browser(outcome: Outcome) -> Outcome:
    """The phone ring where no browser is: skipped, unless one is required (as in continuous integration)."""
    required = os.environ.get("TUAN_REQUIRE_BROWSER") == "1"
    outcome.note = "no Chromium found: install it (Debian: apt install chromium) or set TUAN_CHROMIUM"
    outcome.failed, outcome.skipped = (1, 0) if required else (0, 1)
    print(f"{'failed' if required else 'skipped'}: {outcome.note}", flush=True)
    return outcome


def report(outcomes: Sequence[Outcome], seed: int) -> int:
    """Print the table and the totals; 1 if anything failed."""
    print(f"\n{'ring':<10}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}{'budget':>8}")
    for outcome in outcomes:
        note = outcome.note or ("over budget" if outcome.seconds > outcome.ring.budget_seconds else "")
        print(
            f"{outcome.ring.name:<10}{outcome.passed:>8}{outcome.failed:>8}{outcome.skipped:>9}"
            f"{outcome.seconds:>9.1f}{outcome.ring.budget_seconds:>8}  {note}".rstrip()
        )
    passed, failed, skipped = (sum(getattr(o, name) for o in outcomes) for name in ("passed", "failed", "skipped"))
    if failed:
        print(f"\nThe same order again: ./tuan test --seed {seed}")
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
