"""The planner's pages and operations: asked for, seen moving, told as quantiles, and refused where a plan may not be."""

from typing import Any

import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs
from tests.given import houses, office
from tests.given.houses import Place
from tests.given.planning import SMALL, asked, friends, played
from tuan.platform.lists import Wanted
from tuan.voice import planning
from tuan.voice.planning.model import SIMULATION, What, made_graph, measures, simulate

URL = "/office/planner"
FEW = {"people": "100", "opened": "20", "runs": "7"}


async def sent(clerk: Browser, **fields: str) -> Any:
    return await clerk.send(form_to(await clerk.read(URL), URL), **{**FEW, **fields})


async def test_a_clerk_asks_sees_it_move_and_reads_what_came_of_it(place: Place, clerks: Clerks) -> None:
    clerk = await clerks()
    answer = await sent(clerk, name="autumn", rate="10")
    url = answer.headers["location"]
    waiting = await clerk.read(url)
    assert '<progress aria-label="Progress" value="0" max="7">' in waiting and 'http-equiv="refresh"' in waiting
    await place.quiet()
    for language in ("zh-CN", "es", "en"):
        clerk.http.cookies.set("lang", language)
        page = await clerk.read(url)
        await clerk.read(URL)
    assert "refresh" not in page and '<svg class="chart-svg"' in page and "autumn" in page
    assert "finds nothing against it" in page and "This may not be switched on." not in page
    row = (await place.do(planning.simulations, Wanted())).items[0]
    whole = await place.do(planning.access_simulation, row["id"])
    terms = planning.terms_of(whole)
    assert (terms.people, terms.opened, terms.runs, terms.rate_one) == (100, 20, 7, 1_000)
    formed = next(one for one in measures(terms, list(simulate(terms, made_graph(terms)))) if one.name == "formed")
    assert all(f">{value}<" in page for value in formed.quantiles)
    again = form_to(await clerk.read(f"{URL}?again={url.rpartition('/')[2]}"), URL)
    assert {name: again.fields[name] for name in (*FEW, "rate", "name", "price")} == {**FEW, "rate": "10", "name": "autumn", "price": "9.90"}  # fmt: skip


async def test_an_unlawful_plan_is_told_with_its_article(place: Place, clerks: Clerks) -> None:
    row = await played(place, what=What.PLAN, rate_one=1_000, rate_two=300)
    page = await (await clerks()).read(f"{URL}/{SIMULATION.show(row['id'])}")
    assert "This may not be switched on." in page and "禁止传销条例 art. 7 (3)" in page


@pytest.mark.parametrize(
    ("field", "typed"), [("people", "x"), ("runs", "0"), ("price", "1.234"), ("single", "1"), ("rate", "x")]
)
async def test_what_cannot_be_simulated_is_shown_again_with_what_was_typed(
    place: Place, clerks: Clerks, field: str, typed: str
) -> None:
    answer = await sent(await clerks(), **{field: typed})
    assert answer.status_code == 422 and "data-wrong" in answer.text and f'value="{typed}"' in answer.text
    assert (await place.do(planning.simulations, Wanted())).items == []


async def test_only_who_may_plans(place: Place, clerks: Clerks) -> None:
    assert (await (await clerks("orders")).get(URL)).status_code == 403
    assert (await (await clerks()).get(f"{URL}/{SIMULATION.show(SIMULATION.new())}")).status_code == 404
    answer = await sent(await clerks(), graph="own")
    assert answer.status_code == 409 and "is known to know anybody" in answer.text


async def test_a_program_asks_once_and_reads_the_same_figures(place: Place, programs: Programs) -> None:
    program = await programs((await office.clerk(place)).person, "planner.read", "planner.write")
    asks = {"people": 100, "opened": 20, "runs": 7, "rate_one": 1_000, "rate_two": 300}
    first = await program.ask_simulation(**asks, key="k")
    assert (await program.ask_simulation(**asks, key="k")).simulation == first.simulation
    assert (await program.show_simulation(simulation=first.simulation)).figures == []
    await place.quiet()
    found = await program.show_simulation(simulation=first.simulation)
    assert found.state == "done" and [one.rule for one in found.breaches] == ["level_not_signed"]
    row = await place.do(planning.access_simulation, SIMULATION.parse(first.simulation))
    told = measures(planning.terms_of(row), planning.runs_of(row))
    assert [(one.name, tuple(one.quantiles), one.mean) for one in found.figures] == [(one.name, one.quantiles, one.mean) for one in told]  # fmt: skip
    assert [one.simulation for one in (await program.list_simulations()).items] == [first.simulation]
    problem = await refused(program.ask_simulation(**asks, world="own", key="l"))
    assert problem.code == "planning.nobody_known"
    await friends(place)
    await program.ask_simulation(**asks, world="own", key="m")


async def test_another_markets_simulation_is_nobodys_here(place: Place, clerks: Clerks) -> None:
    elsewhere = Place(place.house, place.relay, *await houses.make_market(place.house))
    simulation = await asked(elsewhere, people=SMALL.people)
    assert (await (await clerks()).get(f"{URL}/{SIMULATION.show(simulation)}")).status_code == 404
