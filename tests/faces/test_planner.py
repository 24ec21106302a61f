"""The planner's pages and operations: asked for, seen moving, told as quantiles, and refused where a plan may not be."""

import re
from html import unescape
from typing import Any

import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs
from tests.given import goods as given
from tests.given import houses, office
from tests.given.houses import Place
from tests.given.planning import SMALL, asked, drafted, friends, played, sold
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.platform.lists import Wanted
from tuan.play import groupbuy
from tuan.play.distribution.model import PLAN_ID, Rate, Scope
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.voice import planning
from tuan.voice.planning.model import SIMULATION, What, made_graph, measures, simulate

URL, PLANS = "/office/planner", "/office/commissions/plans"
FEW = {"people": "100", "opened": "20", "runs": "7"}


def chosen(page: str, name: str) -> str:
    """What a choice of the form says."""
    found = re.search(rf'<select [^>]*name="{name}">.*?<option value="([^"]*)" selected', page)
    assert found is not None, name
    return found[1]


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


async def test_a_drafted_plan_leads_to_the_planner_with_its_own_terms(place: Place, clerks: Clerks) -> None:
    await sold(place)
    plan = PLAN_ID.show(await drafted(place, Rate(Scope.MARKET, None, 1, rate_bp=500), hold_days=20))
    clerk = await clerks()
    door = re.search(r'href="(/office/planner[^"]+)">Simulate before switching on', await clerk.read(f"{PLANS}/{plan}"))
    assert door is not None
    planner = await clerk.read(unescape(door[1]))
    told = {name: chosen(planner, name) for name in ("simulate", "paid_by")}
    assert told == {"simulate": "plan", "paid_by": f"{plan}.1"}
    url = (await clerk.send(form_to(planner, URL), **FEW, **told)).headers["location"]
    await place.quiet()
    for language in ("zh-CN", "es", "en"):
        clerk.http.cookies.set("lang", language)
        page = await clerk.read(url)
    assert "秋季 · Version 1" in page and "2 kinds of goods, each as often as it was bought" in page
    assert "finds nothing against it" in page and "Commissions of the selling shops" in page
    assert "Team size" not in page and "Selling shop, percent" not in page, "what meant nothing is not said"
    (row,) = (await place.do(planning.simulations, Wanted())).items
    terms = planning.terms_of(await place.do(planning.access_simulation, row["id"]))
    assert [piece.pays for piece in terms.mix] == [(99, 0), (35, 0)] and terms.hold_days == 20
    assert chosen(await clerk.read(f"{URL}?again={SIMULATION.show(row['id'])}"), "paid_by") == f"{plan}.1"
    assert "Simulate before" not in await (await clerks("money")).read(f"{PLANS}/{plan}")


async def test_a_campaign_leads_to_the_planner_with_its_own_terms(place: Place, clerks: Clerks) -> None:
    """Before it is launched, from the page that shows its effect, and after that from its own."""
    of = await given.goods(place, price_minor=1990)
    clerk = await clerks()
    new = (
        f"/office/campaigns/new?product={PRODUCT.show(of.product)}&look=1&size=3&leader_off=1&{SKU.show(of.sku)}=12.50"
    )
    of = await given.campaign(place, of, price_minor=1250, size=3)
    running = f"/office/campaigns/{CAMPAIGN_ID.show(of.campaign)}"
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") is None
    for page, words, off in ((new, "Simulate before launching", "1.00"), (running, "Simulate these terms", "0.00")):
        door = re.search(rf'href="(/office/planner[^"]+)">{words}', await clerk.read(page))
        assert door is not None, page
        planner = await clerk.read(unescape(door[1]))
        said = form_to(planner, URL).fields
        assert chosen(planner, "simulate") == "campaign"
        assert {name: said[name] for name in ("size", "price", "single", "off")} == {
            "size": "3", "price": "12.50", "single": "19.90", "off": off,
        }  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["x", "plan_x.1", f"{PLAN_ID.show(PLAN_ID.new())}.0", f"{PLAN_ID.show(PLAN_ID.new())}"]
)
async def test_a_plan_that_is_none_is_no_plan(place: Place, clerks: Clerks, typed: str) -> None:
    assert (await sent(await clerks(), simulate="plan", paid_by=typed)).status_code == 422
    assert (await place.do(planning.simulations, Wanted())).items == []


async def test_a_program_simulates_a_plans_version(place: Place, programs: Programs) -> None:
    await sold(place)
    plan = PLAN_ID.show(await drafted(place))
    program = await programs((await office.clerk(place)).person, "planner.read", "planner.write")
    asks = {"people": 100, "opened": 20, "runs": 7, "what": "plan", "plan": plan}
    simulation = (await program.ask_simulation(**asks, version=1, key="k")).simulation
    await place.quiet()
    found = await program.show_simulation(simulation=simulation)
    assert {one.name for one in found.figures} >= {"joined", "kept", "first", "cost"} and found.breaches == []
    assert (await refused(program.ask_simulation(**asks, key="l"))).code == "planning.terms_invalid"
    assert (await refused(program.ask_simulation(**asks, version=2, key="m"))).code == "not_found"


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
