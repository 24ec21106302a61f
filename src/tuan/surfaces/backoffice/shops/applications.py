"""Who asks for a shop: the list, one application, letting it in or not."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import accounts, parties
from tuan.people.accounts.model import masked_name
from tuan.people.parties.model import SHOP
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import APPLICATION, APPLICATION_ID, ApplicationState
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.shops import words
from tuan.surfaces.backoffice.shops.context import ApplicationPage, ListPage
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = "/office/shops/applications"
PLACE = Place(name="applications", label="Applications", url=HERE, permission="shops.see")
COLUMNS = (
    Column("name", "Shop"),
    Column("person", "Who asks"),
    Column("state", "State"),
    Column("asked", "Asked", sort="newest"),
)
NO_FILTERS: tuple[Filter, ...] = ()


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get(HERE, opt=staff("shops.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    state = visit.query.get("state", "")
    async with visit.reading() as work:
        page = wanted(visit, COLUMNS)
        rows = await shops.search_applications(work, page, state=state if state in APPLICATION.moves else "")
        names = await accounts.names(work, {row["person_id"] for row in rows.items})
        waiting = await shops.waiting_count(work)
    states = words.application_states(visit)

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(text=row["name"] or "—", url=f"{HERE}/{APPLICATION_ID.show(row['id'])}"),
            saying.person_cell(visit, row["person_id"], names.get(row["person_id"], "")),
            Cell(text=states[row["state"]], tone=words.APPLICATION_TONES.get(row["state"], "stone")),
            Cell(at=row["asked_at"]),
        ]

    listed = ListPage(
        table=table_page(visit, PLACE, COLUMNS, NO_FILTERS, rows, cells),
        places=words.places(visit, "applications"),
        states=saying.chips(visit, "state", states.items()),
        waiting=waiting,
    )
    return visit.page("backoffice/shops/list.html", listed, place="shops")


@get(f"{HERE}/{{application:str}}", opt=staff("shops.see"))
async def show(visit: NamedDependency[Visit], application: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        row = await shops.access_application(work, read_id(APPLICATION_ID, application))
        name = (await accounts.names(work, [row["person_id"]])).get(row["person_id"], "")
        inviter = (await parties.shop_cards(work, [row["inviter_id"]])).get(row["inviter_id"])
    page = ApplicationPage(
        url=f"{HERE}/{application}",
        name=row["name"],
        words=row["words"],
        state_words=words.application_states(visit)[row["state"]],
        tone=words.APPLICATION_TONES.get(row["state"], "stone"),
        asked_at=row["asked_at"],
        person=masked_name(name),
        person_url=saying.person_url(row["person_id"]) if visit.may("people.see") else "",
        inviter=inviter.name if inviter else "",
        inviter_url=f"/office/shops/{SHOP.show(inviter.id)}" if inviter else "",
        shop_url=f"/office/shops/{SHOP.show(row['shop_id'])}" if row["shop_id"] else "",
        why=row["why"],
        may_decide=row["state"] == ApplicationState.WAITING and visit.may("shops.admit"),
        keys=[visit.fresh_key(), visit.fresh_key()],
    )
    return visit.page("backoffice/shops/application.html", page, place="shops")


@post(f"{HERE}/{{application:str}}/opening", opt=staff("shops.admit"))
async def approve(visit: NamedDependency[Visit], application: FromPath[str]) -> Response[Any]:
    """Let it open."""
    found, form = read_id(APPLICATION_ID, application), await visit.form(DecisionForm)

    async def act(work: Work) -> Refusal | None:
        outcome = await shops.approve(work, found, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    return await acted(visit, "office.approve_shop", form.key, form.reason, application, act, f"{HERE}/{application}")


@post(f"{HERE}/{{application:str}}/refusal", opt=staff("shops.admit"))
async def refuse_it(visit: NamedDependency[Visit], application: FromPath[str]) -> Response[Any]:
    """Do not; whoever asked reads the reason, and may ask again."""
    found, form = read_id(APPLICATION_ID, application), await visit.form(DecisionForm)

    async def act(work: Work) -> Refusal | None:
        return await shops.refuse_application(work, found, reason=form.reason)

    return await acted(visit, "office.refuse_shop", form.key, form.reason, application, act, f"{HERE}/{application}")


HANDLERS = (show_all, show, approve, refuse_it)
