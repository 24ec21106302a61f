"""`tuan simulate world`: seeds one after the other, until one is unlawful or the time is over."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tuan.launch import Say
from tuan.platform.telemetry import set_up_logs
from tuan.simulate.site import Site, open_site
from tuan.simulate.world import Unlawful, play_world

SEED_MAX = 2**31
STEPS = 150


@dataclass(frozen=True, slots=True)
class Ended:
    """How a seed ended: its last step, the account of the last ones, and what was unlawful there (nothing, mostly)."""

    seed: int
    step: int
    told: list[str]
    wrong: list[str]

    def __str__(self) -> str:
        return "\n".join(
            [*self.told, "", *(self.wrong or ["Everything was lawful."]), f"SEED={self.seed} STEP={self.step}"]
        )


async def play_seed(site: Site, seed: int, steps: int = STEPS) -> Ended:
    """Play one seed to its end, or to its first unlawful step."""
    try:
        world = await play_world(site, seed, steps, name=f"world-{seed}-{time.monotonic_ns()}")
    except Unlawful as error:
        return Ended(seed, error.step, error.told, error.wrong)
    return Ended(seed, steps, list(world.told), [])


async def simulate(
    data: Path, *, seed: int | None, seeds: int, steps: int, hours: float, say: Say
) -> tuple[dict[str, Any], str]:
    """Play so many seeds, or with `hours` the next ones too until the time is over; a finding ends it.

    One JSON object (with `step` only if something was unlawful), and the same for a person to read.
    """
    set_up_logs(as_json=False, level=logging.CRITICAL)
    first = Random().randrange(SEED_MAX) if seed is None else seed
    ended, played, began = Ended(first, 0, [], []), 0, time.monotonic()
    columns = (TextColumn("{task.description:>20}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    async with open_site(data, say=say) as site:
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("seeds", total=max(hours * 3600, seeds))
            while not ended.wrong and (played < seeds or time.monotonic() - began < hours * 3600):
                ended = await play_seed(site, first + played, steps)
                played += 1
                done = time.monotonic() - began if hours else played
                bar.update(task, completed=done, description=f"{played} seeds")
    seconds = round(time.monotonic() - began, 1)
    result: dict[str, Any] = {"seeds": played, "first_seed": first, "steps": steps, "seconds": seconds}
    if ended.wrong:
        result |= {"seed": ended.seed, "step": ended.step, "wrong": ended.wrong, "told": ended.told}
    if ended.wrong or played == 1:
        return result, str(ended)
    return result, f"{played} seeds from SEED={first} on were lawful, {steps} steps each, in {seconds} seconds."
