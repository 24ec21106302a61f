"""Campaigns and commission plans, simulated before they are switched on."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play.distribution.model import PLAN_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, PageQuery, PlanId, SimulationId
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.voice import planning
from tuan.voice.planning.model import BOUNDS, QUANTILES, SIMULATION, JobState, Terms, What, World, measures


def _number(name: str, example: int, words: str = "") -> Any:
    least, most = BOUNDS[name]
    return Annotated[int, Meta(ge=least, le=most, description=words or None, examples=[example])]


class NewSimulation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be simulated; rates, shares and appeal in ten-thousandths. What is left out is as the planner's page has it."""

    name: Annotated[str, Meta(max_length=80, examples=["autumn"])] = ""
    what: Literal["campaign", "plan"] = "campaign"
    world: Literal["watts_strogatz", "kleinberg", "own"] = "watts_strogatz"
    people: _number("people", 200) = 2_000  # type: ignore[valid-type]
    friends: _number("friends", 10) = 10  # type: ignore[valid-type]
    rewired: _number("rewired", 1_000) = 1_000  # type: ignore[valid-type]
    opened: _number("opened", 20, "Teams that are opened, or links that shops share.") = 200  # type: ignore[valid-type]
    size: _number("size", 2) = 2  # type: ignore[valid-type]
    price_minor: _number("price_minor", 990) = 990  # type: ignore[valid-type]
    single_minor: _number("single_minor", 1_990) = 1_990  # type: ignore[valid-type]
    leader_off_minor: _number("leader_off_minor", 0) = 0  # type: ignore[valid-type]
    appeal: _number("appeal", 10_000, "10,000 is as in real launches.") = 10_000  # type: ignore[valid-type]
    passed_on: _number("passed_on", 1) = 1  # type: ignore[valid-type]
    plan: PlanId | None = None
    version: _number("version", 0, "Of the plan, whose rates count, not the two below.") = 0  # type: ignore[valid-type]
    shops: _number("shops", 500) = 500  # type: ignore[valid-type]
    rate_one: _number("rate_one", 1_000, "Of the shop that sold.") = 0  # type: ignore[valid-type]
    rate_two: _number("rate_two", 0, "Of whoever invited that shop.") = 0  # type: ignore[valid-type]
    profile: Literal["CN", "EU", "US"] = "CN"
    is_signed: bool = False
    hold_days: _number("hold_days", 15) = 15  # type: ignore[valid-type]
    runs: _number("runs", 10) = 100  # type: ignore[valid-type]
    seed: _number("seed", 1) = 1  # type: ignore[valid-type]


class AskedSimulation(Struct, frozen=True, kw_only=True):
    simulation: SimulationId


class SimulationCard(Struct, frozen=True, kw_only=True):
    """A simulation, and how far it is."""

    simulation: SimulationId
    name: Annotated[str, Meta(examples=["autumn"])]
    state: Literal["due", "done"]
    done: Annotated[int, Meta(examples=[4])]
    runs: Annotated[int, Meta(examples=[10])]
    made_at: datetime
    ended_at: datetime | None


class SimulatedFigure(Struct, frozen=True, kw_only=True):
    """One figure over all runs: counts, minor units, or ten-thousandths."""

    name: Annotated[str, Meta(examples=["formed"])]
    kind: Literal["count", "money", "share"]
    quantiles: Annotated[list[int], Meta(description=f"At {', '.join(map(str, QUANTILES))} of a hundred runs.")]
    mean: int


class PlanBreach(Struct, frozen=True, kw_only=True):
    """A rule that the plan breaks, and the article that says so."""

    rule: Annotated[str, Meta(examples=["level_not_signed"])]
    article: Annotated[str, Meta(examples=["禁止传销条例 art. 7 (3)"])]


class Simulation(SimulationCard, frozen=True, kw_only=True):
    """One with its figures, which it has when it is `done`. The chain of shops by the legal count."""

    currency: Annotated[str, Meta(examples=["CNY"])]
    figures: list[SimulatedFigure]
    breaches: list[PlanBreach]
    longest_chain: int
    shops_under_one: int
    runs_with_too_little_retail: int


def _card(row: Any) -> dict[str, Any]:
    return {
        "simulation": SIMULATION.show(row["id"]), "name": row["name"], "state": row["state"], "done": row["done"],
        "runs": row["wanted"], "made_at": row["made_at"], "ended_at": row["ended_at"],
    }  # fmt: skip


@operation("POST", "/simulations", scope="planner.write", status=201)
async def ask_simulation(visit: Visit, data: NewSimulation, key: str) -> AskedSimulation | Refusal:
    """Have a campaign or a plan simulated; nothing else in the market changes."""
    said = {name: value for name, value in msgspec.structs.asdict(data).items() if name != "name"}
    plan = read_id(PLAN_ID, data.plan) if data.plan else None
    terms = Terms(**{**said, "what": What(data.what), "world": World(data.world), "plan": plan})

    async def act(work: Work) -> Refusal | dict[str, Any]:
        outcome = await planning.ask(work, data.name, terms)
        return outcome if isinstance(outcome, Refusal) else {"simulation": SIMULATION.show(outcome)}

    subject = msgspec.json.encode(data).decode()
    outcome = await remembered(visit, "api.ask_simulation", key, subject, act)
    return outcome if isinstance(outcome, Refusal) else AskedSimulation(simulation=outcome["simulation"])


@operation("GET", "/simulations", scope="planner.read")
async def list_simulations(visit: Visit, query: PageQuery) -> Listing[SimulationCard]:
    """Simulations, the newest first."""
    async with visit.reading() as work:
        found = await planning.simulations(work, Wanted(after=query.after, size=query.size))
    return Listing([SimulationCard(**_card(row)) for row in found.items], found.next_key)


@operation("GET", "/simulations/{simulation}", scope="planner.read")
async def show_simulation(visit: Visit, simulation: SimulationId) -> Simulation:
    """One, with its figures once it is done."""
    found = read_id(SIMULATION, simulation)
    async with visit.reading() as work:
        row = await planning.access_simulation(work, found)
        judged = await planning.breaches_of(work, planning.terms_of(row))
    terms, runs = planning.terms_of(row), planning.runs_of(row)
    is_done = row["state"] == JobState.DONE
    law = planning.legality_of(row, judged)
    return Simulation(
        **_card(row),
        currency=visit.market.currency,
        figures=[
            SimulatedFigure(name=one.name, kind=one.kind, quantiles=list(one.quantiles), mean=one.mean)
            for one in (measures(terms, runs) if is_done else ())
        ],
        breaches=[PlanBreach(rule=one.rule, article=one.article) for one in law.breaches],
        longest_chain=law.chain,
        shops_under_one=law.under,
        runs_with_too_little_retail=law.retail_low if is_done else 0,
    )


HANDLERS = (ask_simulation, list_simulations, show_simulation)
