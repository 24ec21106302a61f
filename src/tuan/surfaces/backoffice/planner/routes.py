"""The planner: what would come of a campaign or a plan, played by the worker, told as quantiles."""

import asyncio
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.money import Money
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts
from tuan.people import staff as members
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import VersionState
from tuan.surfaces.backoffice.commissions.words import plan_url
from tuan.surfaces.backoffice.insight.drawing import Bar, bars
from tuan.surfaces.backoffice.planner.context import FigureRow, PlannerPage, SimulationPage, Typed
from tuan.surfaces.backoffice.planner.reading import FIELD_OF, read_terms, typed_of, written_version
from tuan.surfaces.backoffice.planner.words import FIELDS, FIGURES, GRAPHS, KINDS, PROFILES, RULES, is_said
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, table_page, wanted
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.voice import planning
from tuan.voice.planning.model import QUANTILES, SIMULATION, JobState, Measure, MixOf, Terms, measures

URL = "/office/planner"
PLACE = Place(name="planner", label="Planner", url=URL, permission="planner.see", icon="formed")
SAID_MAX = 200
"""Letters of a field that an address brings."""
COLUMNS = (
    Column("name", "Name of the simulation"),
    Column("made_by", "Asked by"),
    Column("made_at", "Asked at"),
    Column("state", "State"),
    Column("runs", "Runs", is_number=True),
)


class SimulationForm(Typed, frozen=True, kw_only=True):
    key: str


@get(URL, opt=staff("planner.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Simulations, the newest first, and the form of a new one; `again` fills it with the terms of an old one, and any field
    may be in the address: from there a plan or a campaign brings its own."""
    typed = Typed(**{name: visit.query[name][:SAID_MAX] for name in Typed.__struct_fields__ if name in visit.query})
    if again := visit.query.get("again", ""):
        async with visit.reading() as work:
            row = await planning.access_simulation(work, read_id(SIMULATION, again))
        typed = typed_of(visit, row["name"], planning.terms_of(row))
    return await _page(visit, typed)


async def _page(visit: Visit, typed: Typed, refusal: Refusal | None = None) -> Response[Any]:
    async with visit.reading() as work:
        rows = await planning.simulations(work, wanted(visit, COLUMNS))
        names = await accounts.names(work, {row["made_by"] for row in rows.items})
        views = await members.views(work, visit.person, PLACE.name)
        plans = await _plans(visit, work, typed.paid_by)
    table = table_page(visit, PLACE, COLUMNS, (), rows, lambda row: _cells(visit, row, names), views)
    field = str(refusal.data.get("field", "")) if refusal else ""
    page = PlannerPage(
        table=table,
        may_make=visit.may("planner.make"),
        kinds=_choices(visit, KINDS, typed.simulate),
        graphs=_choices(visit, GRAPHS, typed.graph),
        profiles=_choices(visit, PROFILES, typed.profile),
        plans=plans,
        typed=typed,
        errors=errors_of(visit, refusal, FIELD_OF.get(field, field)) if refusal and field else {},
        refused=visit.words.told(refusal, visit.market.currency).happened if refusal else "",
        key=visit.fresh_key(),
    )
    status = refusal.status if refusal else 200
    return visit.page("backoffice/planner/list.html", page, place=PLACE.name, status=status)


def _choices(visit: Visit, named: Any, chosen: str) -> list[Choice]:
    return [
        Choice(value=value, label=visit.gettext(label), is_chosen=value == chosen) for value, label in named.items()
    ]


async def _plans(visit: Visit, work: Work, chosen: str) -> list[Choice]:
    """No plan of the market's, or a version of one that is drafted or on."""
    rows = await distribution.plans(work)
    named = {"": visit.gettext("The two rates below")} | {
        written_version(row["id"], row["number"]): _version(visit, row["name"], row["number"])
        for row in rows if row["state"] != VersionState.OFF
    }  # fmt: skip
    return [Choice(value=value, label=label, is_chosen=value == chosen) for value, label in named.items()]


def _version(visit: Visit, name: str, number: int) -> str:
    return f"{name} · " + visit.gettext("Version %(number)s", number=number)


def _cells(visit: Visit, row: Any, names: Any) -> list[Cell]:
    is_done = row["state"] == JobState.DONE
    return [
        Cell(text=row["name"], url=f"{URL}/{SIMULATION.show(row['id'])}"),
        Cell(text=names.get(row["made_by"], "")),
        Cell(at=row["made_at"]),
        Cell(text=visit.gettext("Done") if is_done else visit.gettext("Being played"), tone="leaf" if is_done else "amber"),
        Cell(text=f"{row['done']} / {row['wanted']}", is_number=True),
    ]  # fmt: skip


@post(URL, opt=staff("planner.make"))
async def make(visit: NamedDependency[Visit]) -> Response[Any]:
    """Have it played; nothing else in the market changes."""
    form = await visit.form(SimulationForm)
    typed = Typed(**{name: getattr(form, name) for name in Typed.__struct_fields__})
    try:
        terms = read_terms(visit, typed)
    except Refused as refused:
        return await _again(visit, typed, refused.refusal)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        outcome = await planning.ask(work, form.name, terms)
        return outcome if isinstance(outcome, Refusal) else {"simulation": SIMULATION.show(outcome)}

    subject = msgspec.json.encode(typed).decode()
    outcome = await remembered(visit, "office.ask_simulation", form.key, subject, act)
    if isinstance(outcome, Refusal):
        return await _again(visit, typed, outcome)
    return visit.go_on(f"{URL}/{outcome['simulation']}", outcome, status=201)


async def _again(visit: Visit, typed: Typed, refusal: Refusal) -> Response[Any]:
    return refuse(visit, refusal) if visit.wants_json else await _page(visit, typed, refusal)


@get(f"{URL}/{{simulation:str}}", opt=staff("planner.see"))
async def show(visit: NamedDependency[Visit], simulation: FromPath[str]) -> Response[Any]:
    found = read_id(SIMULATION, simulation)
    async with visit.reading() as work:
        row = await planning.access_simulation(work, found)
        names = await accounts.names(work, {row["made_by"]})
        judged = await planning.breaches_of(work, planning.terms_of(row))
        plans = await distribution.plan_names(work, {plan} if (plan := planning.terms_of(row).plan) else ())
    terms, runs = planning.terms_of(row), planning.runs_of(row)
    typed = typed_of(visit, row["name"], terms)
    page = SimulationPage(
        name=row["name"],
        what=visit.gettext(KINDS[terms.what]) + " · " + visit.gettext(GRAPHS[terms.world]),
        asked=[(visit.gettext(label), getattr(typed, name)) for name, label in FIELDS.items() if is_said(terms, name)],
        plan=_version(visit, plans[terms.plan], terms.version) if terms.plan else "",
        plan_url=plan_url(terms.plan) if terms.plan and visit.may("commissions.see") else "",
        mix=_mix(visit, terms),
        made_by=names.get(row["made_by"], ""),
        made_at=row["made_at"],
        done=row["done"],
        wanted=row["wanted"],
        again_url=f"{URL}?again={simulation}",
    )
    if row["state"] == JobState.DONE:
        law = await asyncio.to_thread(planning.legality_of, row, judged)
        told = measures(terms, runs)
        page = msgspec.structs.replace(
            page,
            figures=[_figure(visit, one) for one in told],
            quantiles=[visit.gettext("in %(part)s of 100", part=part) for part in QUANTILES],
            drawing=_drawing(visit, told),
            breaches=[(visit.gettext(RULES.get(one.rule, one.rule)), one.article) for one in law.breaches],
            chain=_chain(visit, law) if terms.pays_shops else "",
            retail=_retail(visit, law.retail_low, row["wanted"]),
        )
    return visit.page("backoffice/planner/page.html", page, place=PLACE.name)


def _mix(visit: Visit, terms: Terms) -> str:
    """What was sold in it, in words."""
    if terms.mix_of is None:
        return ""
    count = len(terms.mix)
    if terms.mix_of == MixOf.ORDERS:
        said = visit.words.ngettext(
            "%(num)s kind of goods, as often as it was bought in the last year, at what it cost.",
            "%(num)s kinds of goods, each as often as it was bought in the last year, at what it cost.", count,
        )  # fmt: skip
    else:
        said = visit.words.ngettext(
            "Nobody has bought yet: %(num)s kind of goods from the shelf, at its price.",
            "Nobody has bought yet: %(num)s kinds of goods from the shelf, each as often as any other, at its price.", count,
        )  # fmt: skip
    return said % {"num": count}


def _said(visit: Visit, kind: str, value: int) -> str:
    if kind == "money":
        return visit.words.money_text(Money(value, visit.market.currency))
    return visit.words.percent(value) if kind == "share" else visit.words.count(value)


def _figure(visit: Visit, one: Measure) -> FigureRow:
    words = [_said(visit, one.kind, value) for value in (*one.quantiles, one.mean)]
    return FigureRow(label=visit.gettext(FIGURES[one.name]), words=words)


def _drawing(visit: Visit, told: list[Measure]) -> Any:
    """From few to many: where the middle of the runs lies, and how far they reach."""
    one = next(one for one in told if one.name in ("formed", "joined"))
    return bars([
        Bar(visit.gettext("in %(part)s of 100", part=part), value, visit.words.count(value), tone="leaf" if part == 50 else "stone")
        for part, value in zip(QUANTILES, one.quantiles, strict=True)
    ])  # fmt: skip


def _chain(visit: Visit, law: Any) -> str:
    return visit.gettext(
        "The longest chain of shops has %(chain)s levels, and %(under)s shops stand under one, by the legal count.",
        chain=law.chain, under=law.under,
    )  # fmt: skip


def _retail(visit: Visit, low: int, runs: int) -> str:
    if not low:
        return ""
    return visit.gettext(
        "In %(low)s of %(runs)s runs too little was bought by people without a shop.", low=low, runs=runs
    )


HANDLERS = (show_all, make, show)
