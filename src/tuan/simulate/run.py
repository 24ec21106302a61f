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
class Finding:
    """What was unlawful, where, and what had led to it."""

    seed: int
    step: int
    wrong: list[str]
    told: list[str]

    def __str__(self) -> str:
        return "\n".join([*self.told, "", *self.wrong, f"SEED={self.seed} STEP={self.step}"])


async def play_seed(site: Site, seed: int, steps: int = STEPS) -> Finding | None:
    """Play one seed to its end; what was unlawful, if anything was."""
    try:
        await play_world(site, seed, steps, name=f"world-{seed}-{time.monotonic_ns()}")
    except Unlawful as error:
        return Finding(seed, error.step, error.wrong, error.told)
    return None


async def simulate(
    data: Path, *, seed: int | None, seeds: int, steps: int, hours: float, say: Say
) -> tuple[dict[str, Any], str]:
    """Play so many seeds, or with `hours` the next ones too until the time is over; a finding ends it.

    One JSON object (with `step` only if something was unlawful), and the same for a person to read.
    """
    set_up_logs(as_json=False, level=logging.CRITICAL)
    first = Random().randrange(SEED_MAX) if seed is None else seed
    finding, played, began = None, 0, time.monotonic()
    columns = (TextColumn("{task.description:>20}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    async with open_site(data, say=say) as site:
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("seeds", total=max(hours * 3600, 1))
            while finding is None and (played < seeds or time.monotonic() - began < hours * 3600):
                finding = await play_seed(site, first + played, steps)
                played += 1
                bar.update(task, completed=time.monotonic() - began, description=f"{played} seeds")
    result: dict[str, Any] = {
        "seeds": played,
        "first_seed": first,
        "steps": steps,
        "seconds": round(time.monotonic() - began, 1),
    }
    if finding is not None:
        result |= {"seed": finding.seed, "step": finding.step, "wrong": finding.wrong, "told": finding.told}
        return result, str(finding)
    return result, f"{played} seeds from SEED={first} on were lawful, {steps} steps each."
