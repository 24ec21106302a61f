"""What a join costs more than another one does: processor time and SQL statements.

    ./tuan bench join-cost --before e681bf0^ --json     without coupons or links, beside the same at an earlier revision
    ./tuan bench join-cost --by-link --json             by a shop's link, beside a join that nobody recommended

The earlier code lies in a git worktree of its own for as long as this runs. Both sides run `benchmarks/join_side.py` in a
process of their own over a server of their own, and take turns: nine pairs of rounds, each pair beginning with the other
side. What counts is the difference within each pair, since what a machine does besides weighs on both of them; of nine
differences the second and the eighth are a 96 % interval of the median. Figures of a machine at work prove nothing.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.stage import median, rounded
from tuan.bench import CHECKOUT
from tuan.launch import Say

PAIRS = 9
MORE_US_MAX = 15
"""What promotions and points may cost somebody who uses neither, and what it may cost to know who recommended a join."""
SIDES = ("before", "after")

Side = asyncio.subprocess.Process


async def run(*, say: Say, before: str | None) -> dict[str, Any]:
    """Medians of both sides per seat, what the later one needs more, and whether that is within the limit.

    before: a git revision of this repository, after which everything that is measured came in; None compares joins by a
    link with joins by none, which may cost a statement more.
    """
    rounds: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    async with AsyncExitStack() as stack:
        earlier = stack.enter_context(_worktree(before)) if before else CHECKOUT
        sides = {"before": await stack.enter_async_context(_side(earlier)),
                 "after": await stack.enter_async_context(_side(CHECKOUT, *(() if before else ("link",))))}  # fmt: skip
        for name in SIDES:
            await _ask(sides[name])  # the first round warms up and is forgotten
        for number in range(PAIRS):
            say(f"pair {number + 1} of {PAIRS}")
            for name in SIDES if number % 2 == 0 else reversed(SIDES):
                rounds[name].append(await _ask(sides[name]))
    sort = {"before": _revision(before)} if before else {"after": "by a link"}
    return sort | {"pairs": PAIRS} | compared(rounds["before"], rounds["after"], statements_more=0 if before else 1)


def compared(before: list[dict[str, float]], after: list[dict[str, float]], *, statements_more: int) -> dict[str, Any]:
    """Per measure the medians, the median of the pairs' differences and its interval."""
    result: dict[str, Any] = {}
    for measure in ("process_us", "database_us"):
        more = sorted(b[measure] - a[measure] for a, b in zip(before, after, strict=True))
        result |= {
            f"{measure}_before": median([row[measure] for row in before]),
            f"{measure}_after": median([row[measure] for row in after]),
            f"{measure}_more": median(more),
            f"{measure}_more_between": [round(more[1], 3), round(more[-2], 3)],
        }
    statements = {side: max(row["statements"] for row in rows) for side, rows in (("before", before), ("after", after))}
    result |= {f"statements_{side}": int(most) for side, most in statements.items()}
    fewest = statements["after"] <= statements["before"] + statements_more
    result["within_limits"] = result["process_us_more"] <= MORE_US_MAX and fewest
    return rounded(result)


def _revision(name: str) -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", f"{name}^{{commit}}"], cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout.strip()


@contextmanager
def _worktree(revision: str) -> Iterator[Path]:
    """The files of an earlier revision, beside this checkout and of the same repository."""
    with TemporaryDirectory(prefix="tuan-before-") as folder:
        path = Path(folder, "checkout")
        subprocess.run(
            ["git", "worktree", "add", "--quiet", "--detach", path, _revision(revision)], cwd=CHECKOUT, check=True
        )
        try:
            yield path
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", path], cwd=CHECKOUT, check=True)


@asynccontextmanager
async def _side(checkout: Path, *arguments: str) -> AsyncIterator[Side]:
    """A side over the code of `checkout`, once it is ready for rounds; its server ends with it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(checkout / "src"), str(checkout)))}
    script = CHECKOUT / "benchmarks" / "join_side.py"
    side = await asyncio.create_subprocess_exec(
        sys.executable, "-P", str(script), *arguments,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=checkout, env=environment,
    )  # fmt: skip
    try:
        await _answer(side)
        yield side
    finally:
        assert side.stdin is not None
        side.stdin.close()
        await side.wait()


async def _ask(side: Side) -> dict[str, float]:
    assert side.stdin is not None
    side.stdin.write(b"\n")
    return await _answer(side)


async def _answer(side: Side) -> Any:
    assert side.stdout is not None
    line = await side.stdout.readline()
    if not line:
        raise RuntimeError("a side ended before it was asked to: its lines stand above")
    return json.loads(line)
