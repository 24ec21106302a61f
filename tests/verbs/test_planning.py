"""Simulations that the worker plays: step by step, each run once, and as the pure model plays them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.given.houses import Place
from tests.given.planning import SMALL, asked, friends, played
from tuan.kit.refusals import Refused
from tuan.platform.lists import Wanted
from tuan.voice import planning
from tuan.voice.planning import actions
from tuan.voice.planning.model import SIMULATION, What, World, made_graph, simulate


async def test_the_worker_plays_what_the_model_plays_in_however_many_steps(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "ASKED_PER_STEP", 2 * 20 * 10)
    simulation, seen = await asked(place), []
    while await place.do(planning.go_on):
        row = await place.do(planning.access_simulation, simulation)
        seen.append((row["state"], row["done"]))
    assert seen == [("due", 2), ("due", 4), ("due", 6), ("done", 7)]
    row = await place.do(planning.access_simulation, simulation)
    assert planning.terms_of(row) == SMALL
    assert planning.runs_of(row) == list(simulate(SMALL, made_graph(SMALL)))
    assert row["ended_at"] is not None and await place.do(planning.go_on) == 0
    assert await place.breaches() == {}


async def test_a_step_that_goes_down_is_played_again_and_once(place: Place) -> None:
    simulation = await asked(place)
    with pytest.raises(RuntimeError):
        async with place.work() as work:
            await planning.go_on(work)
            raise RuntimeError("the worker died")
    assert (await place.do(planning.access_simulation, simulation))["done"] == 0
    await place.quiet()
    row: Any = await place.do(planning.access_simulation, simulation)
    assert row["state"] == "done" and planning.runs_of(row) == list(simulate(SMALL, made_graph(SMALL)))


async def test_the_markets_own_graph_is_who_sat_with_whom_and_names_nobody(place: Place) -> None:
    await friends(place)
    row = await played(place, world=World.OWN, what=What.PLAN, rate_one=1_000)
    assert planning.graph_of(row) == ((1,), (0,), (3,), (2,))
    edges = (await place.do(planning.access_simulation, row["id"]))["edges"]
    await friends(place)
    assert (await place.do(planning.access_simulation, row["id"]))["edges"] == edges, "the graph stays what it was"
    assert len(await place.do(planning.own_edges)) == 4


async def test_a_list_of_simulations_and_none_of_anybody_elses(place: Place) -> None:
    first, second = await asked(place), await asked(place, seed=2)
    page = await place.do(planning.simulations, Wanted())
    assert [row["id"] for row in page.items] == [second, first]
    with pytest.raises(Refused):
        await place.do(planning.access_simulation, SIMULATION.new())
    assert replace(SMALL, seed=2) == planning.terms_of(await place.do(planning.access_simulation, second))
