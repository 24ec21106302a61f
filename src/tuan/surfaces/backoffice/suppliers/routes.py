"""Those who want to supply: who waits, what they showed, and deciding about each licence and the whole."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import sourcing
from tuan.goods.sourcing.model import APPLICATION, APPLICATION_ID, ApplicationState
from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import day_of
from tuan.people import accounts
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.suppliers.context import ApplicationPage, ApplicationsPage
from tuan.surfaces.backoffice.tables import Cell, Column, table_page, wanted
from tuan.surfaces.storefront.supplying import words
from tuan.surfaces.storefront.supplying.routes import own_licences
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = "/office/suppliers"
PLACE = Place(name="suppliers", label="Suppliers", url=HERE, permission="suppliers.see", icon="truck")
COLUMNS = (
    Column("sent", "Sent in", sort="new"),
    Column("name", "Name of the supplier"),
    Column("contact", "Whom to ask"),
    Column("state", "State"),
    Column("supplier", "Supplier"),
)
A = ApplicationState


class CheckForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    """verdict: `approve` or `refuse`."""

    key: str
    verdict: str
    reason: str


def read_verdict(text: str) -> bool:
    """Whether it is approved; raises Refused(FieldInvalid) for what is neither."""
    if text not in ("approve", "refuse"):
        raise Refused(FieldInvalid(field="verdict"))
    return text == "approve"


@get(HERE, opt=staff("suppliers.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Applications, the newest first; and how much else waits for a look."""
    state = visit.query.get("state", "")
    async with visit.reading() as work:
        states = (state,) if state in APPLICATION.moves else ()
        rows = await sourcing.search_applications(work, wanted(visit, COLUMNS), states=states)
        waiting = await sourcing.count_waiting(work)
    named = words.states(visit)
    page = ApplicationsPage(
        table=table_page(visit, PLACE, COLUMNS, (), rows, lambda row: _cells(row, named)),
        states=saying.chips(visit, "state", [(one, named[one]) for one in APPLICATION.moves]),
        licences=waiting["licences"],
        proposals=waiting["proposals"],
    )
    return visit.page("backoffice/suppliers/list.html", page, place=PLACE.name)


def _cells(row: Any, named: dict[str, str]) -> list[Cell]:
    return [
        Cell(at=row["submitted_at"], url=f"{HERE}/{APPLICATION_ID.show(row['id'])}"),
        Cell(text=row["name"] or "—"),
        Cell(text=row["contact"]),
        Cell(text=named[row["state"]], tone=words.TONES.get(row["state"], "stone")),
        Cell(text=SUPPLIER.show(row["supplier_id"]) if row["supplier_id"] else ""),
    ]


@get(f"{HERE}/{{applicant:str}}", opt=staff("suppliers.see"))
async def show(visit: NamedDependency[Visit], applicant: FromPath[str]) -> Response[Any]:
    """What somebody says of himself, and what he shows for it."""
    found = read_id(APPLICATION_ID, applicant)
    async with visit.reading() as work:
        row = await sourcing.access_application(work, found)
        licences = await sourcing.licence_rows(work, application=found, supplier=row["supplier_id"])
        names = await accounts.names(work, [row["person_id"]])
        log = await audit.about(work, applicant)
        by = await accounts.names(work, {one["actor_id"] for one in log})
        today = day_of(work.now, work.market.time_zone)
    may = visit.may("suppliers.check")
    acts = {A.SUBMITTED: ["take_up"], A.IN_CHECK: ["decide"]}.get(row["state"], [])
    page = ApplicationPage(
        application=applicant,
        name=row["name"],
        contact=row["contact"],
        promise=row["promise"],
        person=names.get(row["person_id"], ""),
        state=row["state"],
        words=words.states(visit)[row["state"]],
        tone=words.TONES.get(row["state"], "stone"),
        submitted_at=row["submitted_at"],
        reason=row["reason"],
        licences=own_licences(visit, licences, today),
        can=acts if may else [],
        log=saying.acts(log, by),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/suppliers/page.html", page, place=PLACE.name, blocks=("main",))


@post(f"{HERE}/{{applicant:str}}/check", opt=staff("suppliers.check"))
async def take_up(visit: NamedDependency[Visit], applicant: FromPath[str]) -> Response[Any]:
    """Begin to check it; from now on it cannot be withdrawn."""
    found, form = read_id(APPLICATION_ID, applicant), await visit.form(CheckForm)

    async def act(work: Work) -> Refusal | None:
        return await sourcing.take_up(work, found, reason=form.reason.strip())

    return await acted(
        visit, "office.take_up", form.key, form.reason, applicant, act, f"{HERE}/{applicant}"
    )  # fmt: skip


@post(f"{HERE}/{{applicant:str}}/decision", opt=staff("suppliers.check", fresh=True))
async def decide(visit: NamedDependency[Visit], applicant: FromPath[str]) -> Response[Any]:
    """He is a supplier from now on, or reads why not."""
    found, form = read_id(APPLICATION_ID, applicant), await visit.form(DecisionForm)
    approve = read_verdict(form.verdict)

    async def act(work: Work) -> Refusal | None:
        return await sourcing.decide_application(work, found, approve=approve, reason=form.reason.strip())

    subject = f"{applicant} {form.verdict}"
    return await acted(
        visit, "office.decide_application", form.key, form.reason, subject, act, f"{HERE}/{applicant}"
    )  # fmt: skip


HANDLERS = (show_all, show, take_up, decide)
