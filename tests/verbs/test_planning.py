"""Simulations that the worker plays: step by step, each run once, and as the pure model plays them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.planning import SMALL, asked, drafted, friends, played, sold
from tuan.kit.refusals import Refused
from tuan.people.compliance.model import Channel
from tuan.platform.lists import Wanted
from tuan.play import distribution, shops
from tuan.play.distribution.model import PLAN_ID, Rate, Scope
from tuan.play.distribution.model import Terms as PlanTerms
from tuan.voice import planning
from tuan.voice.planning import actions
from tuan.voice.planning.model import SIMULATION, MixOf, Piece, What, World, made_graph, simulate


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


RATES = (Rate(Scope.MARKET, None, 1, rate_bp=1000), Rate(Scope.MARKET, None, 2, rate_bp=200))


async def test_a_plans_version_is_played_over_what_was_bought_by_its_own_rules(place: Place) -> None:
    """A rate for the market, an amount for one product, a cap of a line, a budget: as the version says, before anybody is paid."""
    _, cheap = await sold(place)
    plan = await drafted(
        place, *RATES, Rate(Scope.PRODUCT, cheap.product, 1, fixed_minor=300), line_most_bp=1100, budget_minor=50_000,
        hold_days=20,
    )  # fmt: skip
    row = await played(place, what=What.PLAN, plan=plan, version=1)
    terms = planning.terms_of(row)
    assert terms.mix == (
        Piece(price_minor=1990, weight=3, pays=(199, 19)),
        Piece(price_minor=700, weight=1, pays=(77, 0)),
    ), "the line's cap lowers the second level of the one, and the amount of the other"
    assert (terms.mix_of, terms.hold_days, terms.budget_minor) == (MixOf.ORDERS, 20, 50_000)
    runs = planning.runs_of(row)
    assert runs == list(simulate(terms, made_graph(terms))) and any(run.commission_minor for run in runs)
    judged = await place.do(planning.breaches_of, terms)
    assert "level_not_signed" in {one.rule for one in judged}
    assert planning.legality_of(row, judged).breaches == tuple(judged)
    assert await place.do(distribution.draft_version, plan, PlanTerms(RATES[:1]), reason="test") == 2
    again = planning.terms_of(await played(place, what=What.PLAN, plan=plan, version=2))
    assert [piece.pays for piece in again.mix] == [(199, 0), (70, 0)] and again.budget_minor is None
    assert await place.breaches() == {}


async def test_where_nobody_has_bought_the_shelf_is_the_mix(place: Place) -> None:
    await given.goods(place, price_minor=1990, skus=2)
    terms = planning.terms_of(await played(place, what=What.PLAN, plan=await drafted(place), version=1))
    assert terms.mix_of == MixOf.SHELF and sorted((one.weight, one.pays) for one in terms.mix) == [
        (1, (199, 0)),
        (1, (209, 0)),
    ]


@pytest.mark.parametrize("where", [{Channel.WEB}, {Channel.WECHAT_H5, Channel.WECHAT_MP}])
async def test_a_version_costs_what_the_channel_that_is_paid_best_costs(place: Place, where: set[Channel]) -> None:
    await given.goods(place, price_minor=1990)
    back = await given.goods(place, price_minor=5000)
    assert await place.do(shops.withhold_goods, back.product, back.supplier) is None
    plan = await drafted(place, Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=frozenset(where)))
    terms = planning.terms_of(await played(place, what=What.PLAN, plan=plan, version=1))
    assert [piece.pays for piece in terms.mix] == [(199, 0)], "and nothing is reckoned of what is kept back from shops"


async def test_a_version_that_there_is_not_is_not_found(place: Place) -> None:
    await given.goods(place)
    for plan, version in ((await drafted(place), 2), (PLAN_ID.new(), 1)):
        with pytest.raises(Refused):
            await asked(place, what=What.PLAN, plan=plan, version=version)
    assert (await place.do(planning.simulations, Wanted())).items == []


async def test_a_list_of_simulations_and_none_of_anybody_elses(place: Place) -> None:
    first, second = await asked(place), await asked(place, seed=2)
    page = await place.do(planning.simulations, Wanted())
    assert [row["id"] for row in page.items] == [second, first]
    with pytest.raises(Refused):
        await place.do(planning.access_simulation, SIMULATION.new())
    assert replace(SMALL, seed=2) == planning.terms_of(await place.do(planning.access_simulation, second))
