"""Six bugs that were put in on purpose: the world finds each of them, and nothing in the code as it is.

Each is a patch in `bugs/` that begins with its story. Five of them break no invariant: only the auditor's books tell.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.world.patching import BUGS, DoesNotApply, copy_with, patched
from tuan.simulate import play_seed
from tuan.simulate.site import Site
from tuan.simulate.world import SLOW_TO_BREAK

FOUND_IN = {
    "each-withdrawal-by-itself": 22, "lapse-forgets-the-paid": 23, "late-goods-for-nobody": 22, "second-payment-swallowed": 24,
    "sending-back-without-a-reason": 22, "split-forgets-what-went-back": 32,
}  # fmt: skip
"""The seed that finds each; what hangs on a race is found in one of the next."""
SEEDS = 4
FOUND_BY_BOOKS_ALONE = (
    "each-withdrawal-by-itself", "lapse-forgets-the-paid", "second-payment-swallowed", "sending-back-without-a-reason",
    "split-forgets-what-went-back",
)  # fmt: skip

pytestmark = pytest.mark.skipif("SEED" in os.environ, reason="one seed was asked for")


def tuan(source: Path, *words: str) -> dict[str, Any]:
    """A command of the copy that lies here; its JSON."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tuan.cli", *words, "--json"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(source)},
    )  # fmt: skip
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("bug", BUGS, ids=lambda path: path.stem)
async def test_the_world_finds(bug: Path, tmp_path: Path, site: Site) -> None:
    """And nothing in the code as it is, in the same seed and as many steps."""
    source, data = copy_with(bug.read_text(), tmp_path), str(tmp_path / "data")
    seed, seeds = str(FOUND_IN[bug.stem]), str(SEEDS)
    found = tuan(source, "simulate", "world", "--data", data, "--seed", seed, "--seeds", seeds)
    assert found.get("wrong"), f"not found in {found['seeds']} seeds"
    if bug.stem in FOUND_BY_BOOKS_ALONE:
        breaches = [market["breaches"] for market in tuan(source, "check", "--data", data)["markets"]]
        told = {name.split(":")[0] for market in breaches for name, lines in market.items() if lines}
        assert told <= set(SLOW_TO_BREAK)  # days pass in a step, and no worker runs any more
    sound = await play_seed(site, found["seed"], found["step"])
    assert not sound.wrong, f"\n{sound}"


def test_a_patch_that_no_longer_fits_is_told() -> None:
    text = BUGS[0].read_text()
    line = next(line for line in text.splitlines() if line.startswith("-  "))
    with pytest.raises(DoesNotApply):
        patched(text.replace(line, line + "  # moved"))


def test_there_are_six() -> None:
    assert (
        len(BUGS) == 6
        and {bug.stem for bug in BUGS} == FOUND_IN.keys()
        and set(FOUND_BY_BOOKS_ALONE) < {bug.stem for bug in BUGS}
    )
