"""After-sales in the office: every case, and deciding those that the sides could not."""

from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts, parties
from tuan.people import staff as members
from tuan.people.accounts.model import masked_name
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_amount
from tuan.surfaces.backoffice.cases.context import CasesPage, DecisionPage
from tuan.surfaces.backoffice.tables import Cell, Column, csv_of, table_page, wanted
from tuan.surfaces.storefront.cases import words
from tuan.surfaces.storefront.cases.filing import read_number
from tuan.surfaces.storefront.cases.viewing import case_page
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales
from tuan.trade.aftersales.model import CASE, CaseState, Decision, Side
from tuan.trade.orders.model import ORDER_ID, number_of

PLACE = Place(name="cases", label="After-sales", url="/office/cases", permission="refunds.see", icon="money-back")
COLUMNS = (
    Column("opened", "Asked", sort="newest"),
    Column("order", "Order"),
    Column("kind", "Kind"),
    Column("reason", "Reason"),
    Column("asked", "What is asked for", is_number=True),
    Column("state", "State"),
    Column("deadline", "Deadline", sort="deadline"),
)


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    """decision: give_back, return_first or deny. amount: as people type it, where less than all of it is given back."""

    key: str
    decision: str
    reason: str
    amount: str = ""


@get("/office/cases", opt=staff("refunds.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await _fetch(visit, work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(visit, PLACE, COLUMNS, (), rows, _cells(visit), views, csv_path="/office/cases.csv")
    chips = saying.chips(visit, "state", words.states(visit).items())
    return visit.page("backoffice/cases/list.html", CasesPage(table=table, states=chips), place=PLACE.name)


@get("/office/cases.csv", opt=staff("refunds.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    return await csv_of(visit, "cases", COLUMNS, partial(_fetch, visit), _cells(visit))


async def _fetch(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    state = visit.query.get("state", "")
    return await aftersales.search_cases(work, page, states=[state] if state in CASE.moves else ())


def _cells(visit: Visit) -> Any:
    kinds, states, reasons = words.kinds(visit), words.states(visit), words.reasons(visit)

    def cells(row: Any) -> list[Cell]:
        order = ORDER_ID.show(row["order_id"])
        return [
            Cell(at=row["opened_at"], url=f"/office/cases/{order}/{row['number']}"),
            saying.order_cell(visit, row["order_id"]),
            Cell(text=kinds[row["kind"]]),
            Cell(text=reasons[row["reason"]]),
            Cell(amount=saying.money(visit, row["asked_minor"])),
            Cell(text=states[row["state"]], tone=words.TONES.get(row["state"], "stone")),  # type: ignore[arg-type]
            Cell(at=row["deadline"]),
        ]

    return cells


@get("/office/cases/{order:str}/{number:str}", opt=staff("refunds.see"))
async def show(visit: NamedDependency[Visit], order: FromPath[str], number: FromPath[str]) -> Response[Any]:
    """What both sides said, and the form that decides it."""
    found, of = read_id(ORDER_ID, order), read_number(number)
    async with visit.reading() as work:
        row = await aftersales.access_case(work, found, of)
        url = f"/office/cases/{order}/{number}"
        case = await case_page(work, visit, row, acts=(), urls=(url, saying.order_url(found), PLACE.url))
        names = await accounts.names(work, [row["person_id"]])
        supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]["name"]
        heard = await aftersales.heard(work, found, of)
        over = row["deadline"] is not None and row["deadline"] <= work.now
    silent = [] if over else [words.sides(visit)[side] for side in (Side.BUYER, Side.SUPPLIER) if side not in heard]
    page = DecisionPage(
        case=case,
        buyer=masked_name(names.get(row["person_id"], "")),
        supplier=supplier,
        can_decide=row["state"] == CaseState.ARBITRATION and visit.may("refunds.give"),
        unheard=" ".join(silent) if row["state"] == CaseState.ARBITRATION else "",
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/cases/page.html", page, place=PLACE.name)


@post("/office/cases/{order:str}/{number:str}/decision", opt=staff("refunds.give", fresh=True))
async def decide(visit: NamedDependency[Visit], order: FromPath[str], number: FromPath[str]) -> Response[Any]:
    """Decide; both sides read the reason."""
    found, of = read_id(ORDER_ID, order), read_number(number)
    form = await visit.form(DecisionForm)
    decision = next((one for one in Decision if one == form.decision), None)
    if decision is None:
        raise Refused(FieldInvalid(field="decision"))
    amount = read_amount(visit, form.amount, "amount") if form.amount.strip() else None

    async def act(work: Work) -> Refusal | None:
        return await aftersales.decide(work, found, of, decision, reason=form.reason.strip(), amount_minor=amount)

    subject = f"{number_of(found)} {number} {decision} {amount}"
    return await acted(visit, "office.decide", form.key, form.reason, subject, act, f"/office/cases/{order}/{number}")


HANDLERS = (show_all, export, show, decide)
