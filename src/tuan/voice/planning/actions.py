"""The verbs of planning: ask for a simulation, and play the next runs of the one that waits longest."""

import asyncio
from dataclasses import asdict, astuple
from typing import Any

from tuan.kit.refusals import Refusal
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.voice.planning import queries, store
from tuan.voice.planning.errors import NobodyKnown, NothingToSell, TooManyWaiting
from tuan.voice.planning.model import (
    SIMULATION,
    JobState,
    Run,
    SimulationId,
    Terms,
    World,
    simulate,
    why_not_simulate,
    work_of,
)

WAITING_MAX = 10
NAME_MAX = 80
ASKED_PER_STEP = 300_000
"""People asked in one step: some tenths of a second, so that a page sees it move and the worker gets on."""


async def ask(work: Work, name: str, terms: Terms) -> SimulationId | Refusal:
    """Have it played by the worker; nothing else in the market changes. What a plan's version pays is read now and stays so."""
    if refusal := why_not_simulate(terms):
        return refusal
    if terms.plan is not None:
        terms = await queries.with_plan(work, terms)
        if not terms.mix:
            return NothingToSell()
    if await work.fetch_value(store.WAITING_COUNT_SQL) >= WAITING_MAX:
        return TooManyWaiting(most=WAITING_MAX)
    edges = await queries.own_edges(work) if terms.world is World.OWN else None
    if edges is not None and not edges:
        return NobodyKnown()
    simulation = SIMULATION.new()
    row = store.JobRow(simulation, name.strip()[:NAME_MAX] or terms.what, JobState.DUE, asdict(terms), edges,
                       terms.runs, work.actor, work.now)  # fmt: skip
    await work.write(store.INSERT_JOBS, [row])
    return simulation


async def go_on(work: Work) -> int:
    """The next runs of the simulation that waits longest. 0 where none waits."""
    row = await work.fetch_one(store.NEXT_JOB_SQL)
    if row is None:
        return 0
    runs = await asyncio.to_thread(_played, row)
    done = row["done"] + len(runs)
    is_over = done == row["wanted"]
    await work.execute(
        store.PLAYED_SQL, row["id"], bulk.Json.of([astuple(run) for run in runs]), done,
        JobState.DONE if is_over else JobState.DUE, work.now if is_over else None,
    )  # fmt: skip
    return 1


def _played(row: Any) -> list[Run]:
    terms = queries.terms_of(row)
    count = max(1, ASKED_PER_STEP * terms.runs // work_of(terms))
    return list(simulate(terms, queries.graph_of(row), done=row["done"], count=count))
