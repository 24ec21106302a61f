"""Points in the office: what is out, by which rules, and one person's wallet with giving and taking."""

import re
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.money import Money
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts
from tuan.people.accounts.model import PERSON, masked_name
from tuan.platform.work import Work
from tuan.play import loyalty
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import Act, acted, read_amount, read_whole, written_amount
from tuan.surfaces.backoffice.points.context import PointsPage, TermsForm, WalletPage
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, Tone, table_page, wanted
from tuan.surfaces.storefront.points.words import entry_words, order_of
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import points
from tuan.value.points.model import Terms

PLACE = Place(name="points", label="Points", url="/office/points", permission="points.see", icon="star")
COLUMNS = (
    Column("at", "When", sort="newest"),
    Column("kind", "What"),
    Column("change", "Points", is_number=True),
    Column("order", "Order"),
    Column("reason", "Reason"),
)
NO_FILTERS: tuple[Filter, ...] = ()
PERCENT = 100
REWARDS = re.compile(r"[\d ,]{0,200}", re.ASCII)


class RulesForm(TermsForm, frozen=True, kw_only=True):
    key: str
    reason: str


class LadderForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    rewards: str


class UnitsForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    units: str


@get("/office/points", opt=staff("points.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        out, terms, rewards = await points.out(work), await points.load_terms(work), await loyalty.ladder(work)
    page = PointsPage(
        spendable=out["spendable"],
        pending=out["pending"],
        debt=out["debt"],
        persons=out["persons"],
        terms=_written(visit, terms),
        rewards=" ".join(map(str, rewards)),
        can_rule=visit.may("points.rules"),
        terms_key=visit.fresh_key(),
        ladder_key=visit.fresh_key(),
    )
    return visit.page("backoffice/points/page.html", page, place=PLACE.name)


def _written(visit: Visit, terms: Terms) -> TermsForm:
    currency = visit.market.currency
    return TermsForm(
        earn_points=str(terms.earn_points),
        earn_per=written_amount(Money(terms.earn_per_minor, currency)),
        earn_order_max=str(terms.earn_order_max),
        event_day_max=str(terms.event_day_max),
        valid_days=str(terms.valid_days),
        hundred=written_amount(Money(terms.hundred_minor, currency)),
        spend_percent=str(terms.spend_permyriad // PERCENT),
        spend_min=str(terms.spend_min),
        owes="yes" if terms.owes_reversed else "no",
    )


def _read(visit: Visit, form: TermsForm) -> Terms:
    """Raises Refused(FieldInvalid) for what cannot be read; what is out of bounds the verb refuses."""
    if form.owes not in ("yes", "no"):
        raise Refused(FieldInvalid(field="owes"))
    return Terms(
        earn_points=read_whole(form.earn_points, "earn_points"),
        earn_per_minor=read_amount(visit, form.earn_per, "earn_per"),
        earn_order_max=read_whole(form.earn_order_max, "earn_order_max"),
        event_day_max=read_whole(form.event_day_max, "event_day_max"),
        valid_days=read_whole(form.valid_days, "valid_days"),
        hundred_minor=read_amount(visit, form.hundred, "hundred"),
        spend_permyriad=read_whole(form.spend_percent, "spend_percent") * PERCENT,
        spend_min=read_whole(form.spend_min, "spend_min"),
        owes_reversed=form.owes == "yes",
    )


@post("/office/points/rules", opt=staff("points.rules", fresh=True))
async def set_rules(visit: NamedDependency[Visit]) -> Response[Any]:
    """From now on; what was given keeps its time."""
    form = await visit.form(RulesForm)
    terms = _read(visit, form)

    async def act(work: Work) -> Refusal | None:
        return await points.set_terms(work, terms, reason=form.reason)

    return await acted(visit, "office.points_rules", form.key, form.reason, repr(terms), act, PLACE.url)


@post("/office/points/ladder", opt=staff("points.rules", fresh=True))
async def set_ladder(visit: NamedDependency[Visit]) -> Response[Any]:
    """Numbers of points with spaces or commas between; none closes checking in."""
    form = await visit.form(LadderForm)
    if not REWARDS.fullmatch(form.rewards):
        raise Refused(FieldInvalid(field="rewards"))
    rewards = [read_whole(one, "rewards") for one in form.rewards.replace(",", " ").split()]

    async def act(work: Work) -> Refusal | None:
        return await loyalty.set_ladder(work, rewards, reason=form.reason)

    return await acted(visit, "office.points_ladder", form.key, form.reason, form.rewards, act, PLACE.url)


@get("/office/points/{person:str}", opt=staff("points.see"))
async def show_wallet(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    found = read_id(PERSON, person)
    async with visit.reading() as work:
        row = await accounts.access_person(work, found)
        has = await points.balance(work, found)
        rows = await points.entries(work, found, wanted(visit, COLUMNS))
    place = Place(name="wallet", label=PLACE.label, url=visit.path, permission=PLACE.permission)
    page = WalletPage(
        name=masked_name(row["name"]),
        person_url=saying.person_url(found) if visit.may("people.see") else "",
        url=f"/office/points/{person}",
        spendable=has.spendable,
        held=has.held,
        pending=has.pending,
        debt=has.debt,
        table=table_page(visit, place, COLUMNS, NO_FILTERS, rows, lambda row: _cells(visit, row)),
        can_give=visit.may("points.give"),
        grant_key=visit.fresh_key(),
        deduct_key=visit.fresh_key(),
    )
    return visit.page("backoffice/points/wallet.html", page, place=PLACE.name)


def _cells(visit: Visit, row: Any) -> list[Cell]:
    change = row["change"]
    tone: Tone = "leaf" if change > 0 else "ripe" if change < 0 else "stone"
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return [
        Cell(at=row["at"]),
        Cell(text=entry_words(visit, row), tone=tone),
        Cell(text=f"{sign}{row['units']}", is_number=True),
        saying.order_cell(visit, order_of(row)),
        Cell(text=row["reason"]),
    ]


@post("/office/points/{person:str}/grants", opt=staff("points.give", fresh=True))
async def grant(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    found, form = read_id(PERSON, person), await visit.form(UnitsForm)
    units = read_whole(form.units, "units")

    async def act(work: Work) -> Refusal | None:
        return await points.grant(work, [found], units, reason=form.reason)

    return await _acted(visit, "office.points_grant", form, person, units, act)


@post("/office/points/{person:str}/deductions", opt=staff("points.give", fresh=True))
async def deduct(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    found, form = read_id(PERSON, person), await visit.form(UnitsForm)
    units = read_whole(form.units, "units")

    async def act(work: Work) -> Refusal | None:
        return await points.deduct(work, found, units, reason=form.reason)

    return await _acted(visit, "office.points_deduct", form, person, units, act)


async def _acted(visit: Visit, name: str, form: UnitsForm, person: str, units: int, act: Act) -> Response[Any]:
    return await acted(visit, name, form.key, form.reason, f"{person} {units}", act, f"/office/points/{person}")


HANDLERS = (show, set_rules, set_ladder, show_wallet, grant, deduct)
