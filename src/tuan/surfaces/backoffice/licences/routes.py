"""Licences that suppliers send in after they were admitted: what waits, what ran out, and deciding."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import sourcing
from tuan.goods.sourcing.model import APPLICATION_ID, LICENCE, LICENCE_ID, LicenceState
from tuan.kit.refusals import Refusal
from tuan.kit.time import day_of
from tuan.people import accounts, parties
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.suppliers.context import LicencePage, LicencesPage
from tuan.surfaces.backoffice.suppliers.routes import CheckForm, DecisionForm, read_verdict
from tuan.surfaces.backoffice.tables import Cell, Column, table_page, wanted
from tuan.surfaces.storefront.supplying import words
from tuan.surfaces.storefront.supplying.routes import own_licences
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

URL = "/office/licences"
TABLE = Place(name="licences", label="Licences", url=URL, permission="suppliers.see", icon="kept")
COLUMNS = (
    Column("sent", "Sent in", sort="new"),
    Column("supplier", "Supplier"),
    Column("kind", "Kind of licence"),
    Column("number", "Its number"),
    Column("until", "Valid until"),
    Column("state", "State"),
)
L = LicenceState


@get(URL, opt=staff("suppliers.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    state = visit.query.get("state", "")
    async with visit.reading() as work:
        states = (state,) if state in LICENCE.moves else ()
        rows = await sourcing.search_licences(work, wanted(visit, COLUMNS), states=states)
        cards = await parties.supplier_cards(work, {row["supplier_id"] for row in rows.items})
    named, kinds = words.states(visit), words.kinds(visit)

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(at=row["submitted_at"], url=f"{URL}/{LICENCE_ID.show(row['id'])}"),
            Cell(text=cards[row["supplier_id"]]["name"]),
            Cell(text=kinds[row["kind"]]),
            Cell(text=row["number"]),
            Cell(text=str(row["valid_until"] or "—")),
            Cell(text=named[row["state"]], tone=words.TONES.get(row["state"], "stone")),
        ]

    page = LicencesPage(
        table=table_page(visit, TABLE, COLUMNS, (), rows, cells),
        states=saying.chips(visit, "state", [(one, named[one]) for one in LICENCE.moves]),
    )
    return visit.page("backoffice/licences/list.html", page, place="suppliers")


@get(f"{URL}/{{licence:str}}", opt=staff("suppliers.see"))
async def show(visit: NamedDependency[Visit], licence: FromPath[str]) -> Response[Any]:
    found = read_id(LICENCE_ID, licence)
    async with visit.reading() as work:
        row = await sourcing.access_licence(work, found)
        supplier = row["supplier_id"]
        cards = await parties.supplier_cards(work, [supplier]) if supplier else {}
        log = await audit.about(work, licence)
        by = await accounts.names(work, {one["actor_id"] for one in log})
        (own,) = own_licences(visit, [row], day_of(work.now, work.market.time_zone))
    page = LicencePage(
        licence=own,
        supplier=cards[supplier]["name"] if supplier else "",
        submitted_at=row["submitted_at"],
        can=["take_up"] if visit.may("suppliers.check") and supplier else [],
        log=saying.acts(log, by),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/licences/page.html", page, place="suppliers")


@post(f"{URL}/{{licence:str}}/check", opt=staff("suppliers.check"))
async def take_up(visit: NamedDependency[Visit], licence: FromPath[str]) -> Response[Any]:
    """Begin to check what a supplier has sent in."""
    found, form = read_id(LICENCE_ID, licence), await visit.form(CheckForm)

    async def act(work: Work) -> Refusal | None:
        return await sourcing.take_up_licence(work, found, reason=form.reason.strip())

    return await acted(visit, "office.take_up_licence", form.key, form.reason, licence, act, f"{URL}/{licence}")


@post(f"{URL}/{{licence:str}}/decision", opt=staff("suppliers.check"))
async def decide(visit: NamedDependency[Visit], licence: FromPath[str]) -> Response[Any]:
    """It is right, or its owner reads why not; then back to the application that it belongs to."""
    found, form = read_id(LICENCE_ID, licence), await visit.form(DecisionForm)
    approve = read_verdict(form.verdict)
    async with visit.reading() as work:
        row = await sourcing.access_licence(work, found)
    belongs, is_alone = row["application_id"], row["supplier_id"] is not None

    async def act(work: Work) -> Refusal | None:
        return await sourcing.decide_licence(work, found, approve=approve, reason=form.reason.strip())

    url = f"{URL}/{licence}" if is_alone else f"/office/suppliers/{APPLICATION_ID.show(belongs)}"
    subject = f"{licence} {form.verdict}"
    return await acted(visit, "office.decide_licence", form.key, form.reason, subject, act, url)


HANDLERS = (show_all, show, take_up, decide)
