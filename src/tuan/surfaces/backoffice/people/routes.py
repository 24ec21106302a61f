"""People in the office: found, looked at with a reason, blocked, told what is kept about them, forgotten."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people import staff as members
from tuan.people.accounts.model import PERSON, masked_name, masked_phone
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.people.context import PeoplePage, PersonPage, Whole, WholeAddress
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, table_page, wanted
from tuan.surfaces.web.i18n import LANGUAGES
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders

PLACE = Place(name="people", label="People", url="/office/people", permission="people.see", icon="me")
ORDERS_SHOWN = 10
COLUMNS = (
    Column("name", "Name", sort="name"),
    Column("phone", "Phone"),
    Column("language", "Language"),
    Column("state", "State"),
    Column("since", "Here since", sort="newest"),
)
NO_FILTERS: Sequence[Filter] = ()


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    reason: str


class ActForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get("/office/people", opt=staff("people.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """Masked: whoever needs the whole of somebody says why on his page."""
    text, only_blocked = visit.query.get("q", "")[:100], visit.query.get("state") == "blocked"
    async with visit.reading() as work:
        rows = await accounts.search_persons(work, text, wanted(visit, COLUMNS), only_blocked=only_blocked)
        views = await members.views(work, visit.person, PLACE.name)
    page = PeoplePage(
        table=table_page(
            visit, PLACE, COLUMNS, NO_FILTERS, rows, lambda row: _cells(visit, row), views, opens_beside=True
        ),
        states=saying.chips(visit, "state", [("blocked", visit.gettext("Blocked"))]),
        q=text,
    )
    return visit.page("backoffice/people/page.html", page, place=PLACE.name)


def _cells(visit: Visit, row: Any) -> list[Cell]:
    words, tone = visit.gettext("Active"), "leaf"
    if row["erased_at"]:
        words, tone = visit.gettext("Erased"), "stone"
    elif row["blocked_at"]:
        words, tone = visit.gettext("Blocked"), "ripe"
    return [
        Cell(text=masked_name(row["name"]), url=saying.person_url(row["id"])),
        Cell(text=masked_phone(row["phone"] or "")),
        Cell(text=LANGUAGES.get(row["locale"], row["locale"])),
        Cell(text=words, tone=tone),  # type: ignore[arg-type]
        Cell(at=row["created_at"]),
    ]


@get("/office/people/{person:str}", opt=staff("people.see"))
async def show_one(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    found = read_id(PERSON, person)
    async with visit.reading() as work:
        page = await _page(work, visit, found)
    return visit.page("backoffice/people/person.html", page, place=PLACE.name, blocks=("main",))


async def _page(work: Work, visit: Visit, person: UUID, whole: Whole | None = None) -> PersonPage:
    """Raises Refused(NotFound)."""
    row = await accounts.access_whole_person(work, person)
    acts = await audit.about(work, PERSON.show(person))
    names = await accounts.names(work, {act["actor_id"] for act in acts})
    bought = await orders.search_orders(work, orders.OrderFilter(persons=[person]), Wanted(size=ORDERS_SHOWN))
    is_living = row["erased_at"] is None
    return PersonPage(
        person=PERSON.show(person),
        url=saying.person_url(person),
        points_url=f"/office/points/{PERSON.show(person)}" if visit.may("points.see") else "",
        name=masked_name(row["name"]),
        phone=masked_phone(row["phone"] or ""),
        language=LANGUAGES.get(row["locale"], row["locale"]),
        since=row["created_at"],
        is_blocked=row["blocked_at"] is not None,
        is_erased=not is_living,
        whole=whole,
        orders=_orders(visit, bought.items) if visit.may("orders.see") else [],
        acts=saying.acts(acts, names),
        can_block=is_living and visit.may("people.block"),
        can_export=is_living and visit.may("people.export"),
        can_erase=is_living and visit.may("people.erase"),
        keys=[visit.fresh_key() for _ in range(2)],
    )


def _orders(visit: Visit, rows: Sequence[Any]) -> list[list[Cell]]:
    states = saying.order_states(visit)
    return [
        [
            saying.order_cell(visit, row["id"]),
            Cell(text=states[row["state"]], tone=saying.ORDER_TONES.get(row["state"], "stone")),
            Cell(amount=saying.money(visit, row["total_minor"])),
            Cell(at=row["placed_at"]),
        ]
        for row in rows
    ]


def _back(visit: Visit, person: UUID) -> Step:
    return Step(label=visit.gettext("Back to the person"), url=saying.person_url(person))


@post("/office/people/{person:str}/whole", opt=staff("people.see", fresh=True), status_code=200)
async def unmask(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    """The same page with nothing masked, this once; who looked and why stands in the audit."""
    found = read_id(PERSON, person)
    form = await visit.form(ReasonForm)
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, _back(visit, found))
    async with visit.writing() as work:
        row = await accounts.unmask(work, found, reason=form.reason.strip())
        if isinstance(row, Refusal):
            return refuse(visit, row, _back(visit, found))
        addresses = [
            WholeAddress(name=one["recipient"], phone=one["phone"], region=one["region"], street=one["street"])
            for one in await accounts.addresses_of(work, found)
        ]
        whole = Whole(name=row["name"], phone=row["phone"] or "", addresses=addresses)
        page = await _page(work, visit, found, whole)
    return visit.page("backoffice/people/person.html", page, place=PLACE.name)


@post("/office/people/{person:str}/block", opt=staff("people.block"))
async def block(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    async def verb(work: Work, found: UUID, *, reason: str) -> Refusal | None:
        return await members.why_not_block_person(work, found) or await accounts.block(work, found, reason=reason)

    return await _act(visit, person, "office.block", verb)


@post("/office/people/{person:str}/unblock", opt=staff("people.block"))
async def unblock(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    async def verb(work: Work, found: UUID, *, reason: str) -> Refusal | None:
        return await members.why_not_unblock_person(work, found) or await accounts.unblock(work, found, reason=reason)

    return await _act(visit, person, "office.unblock", verb)


@post("/office/people/{person:str}/erasure", opt=staff("people.erase", fresh=True))
async def erase(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    return await _act(visit, person, "office.erase", accounts.erase_person)


async def _act(visit: Visit, person: str, name: str, verb: Any) -> Response[Any]:
    found = read_id(PERSON, person)
    form = await visit.form(ActForm)
    back = _back(visit, found)
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, back)

    async def act(work: Work) -> Refusal | None:
        refused: Refusal | None = await verb(work, found, reason=form.reason.strip())
        return refused

    outcome = await once(visit, name, form.key, person, act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


@post("/office/people/{person:str}/export", opt=staff("people.export", fresh=True), status_code=200)
async def export(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    """All that is kept about him, as a JSON file."""
    found = read_id(PERSON, person)
    form = await visit.form(ReasonForm)
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, _back(visit, found))
    async with visit.writing() as work:
        told = await accounts.export_person(work, found, reason=form.reason.strip())
    if isinstance(told, Refusal):
        return refuse(visit, told, _back(visit, found))
    headers = {"Content-Disposition": f'attachment; filename="{PERSON.show(found)}.json"'}
    return Response(
        content=msgspec.json.format(msgspec.json.encode(told, enc_hook=str), indent=2),
        media_type="application/json",
        headers=headers,
    )


HANDLERS = (show, show_one, unmask, block, unblock, erase, export)
