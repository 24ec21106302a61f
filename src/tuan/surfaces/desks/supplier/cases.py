"""After-sales at the supplier's desk: what waits for him, the one that is due first on top, and answering it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.storefront.cases.context import CasesPage
from tuan.surfaces.storefront.cases.filing import read_number, read_pictures
from tuan.surfaces.storefront.cases.viewing import case_card, case_page
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER, TAKES_FILE
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_amount, read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales
from tuan.trade.aftersales.model import CaseState, Saying, Side
from tuan.trade.orders.model import ORDER_ID

S = CaseState
SUPPLIERS_ACTS: dict[str, tuple[str, ...]] = {
    S.ASKED: ("agree", "refuse", "say"),
    S.REFUSED: ("agree", "say"),
    S.TO_RETURN: ("say",),
    S.RETURNING: ("receive", "refuse", "say"),
    S.TO_SEND: ("send", "say"),
    S.SENT: ("say",),
    S.ARBITRATION: ("agree", "say"),
}
LIST = "/desk/cases"


class DeskLogForm(msgspec.Struct, frozen=True, kw_only=True):
    """answer: say, agree, refuse, receive or send. restock: `yes` where what came back goes into the stock again."""

    key: str
    answer: str
    text: str = ""
    carrier: str = ""
    tracking: str = ""
    restock: str = ""
    shown_minor: str = ""
    picture: str = ""


@get("/desk/cases", opt=SUPPLIER)
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    assert visit.supplier is not None
    async with visit.reading() as work:
        card = (await parties.supplier_cards(work, [visit.supplier]))[visit.supplier]
        wanted = Wanted("deadline", is_descending=False, after=visit.query.get("page"))
        found = await aftersales.search_cases(work, wanted, supplier=visit.supplier)
        lines = await aftersales.lines_of(work, [row["order_id"] for row in found.items])
    page = CasesPage(
        supplier=card["name"],
        cases=[
            case_card(visit, row, lines.get((row["order_id"], row["number"]), ()), _url(row["order_id"], row["number"]))
            for row in found.items
        ],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("desks/supplier/cases.html", page, blocks=("list",))


@get("/desk/cases/{order:str}/{number:str}", opt=SUPPLIER)
async def show(visit: NamedDependency[Visit], order: FromPath[str], number: FromPath[str]) -> Response[Any]:
    found, of = read_id(ORDER_ID, order), read_number(number)
    async with visit.reading() as work:
        row = await aftersales.access_case(work, found, of, supplier=visit.supplier)
        url = _url(found, of)
        page = await case_page(work, visit, row, acts=SUPPLIERS_ACTS.get(row["state"], ()), urls=(url, url, LIST))
    return visit.page("desks/supplier/case.html", page)


@post("/desk/cases/{order:str}/{number:str}/log", opt=SUPPLIER | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def answer(visit: NamedDependency[Visit], order: FromPath[str], number: FromPath[str]) -> Response[Any]:
    """A line in the log: a word, or an act of the supplier's."""
    found, of = read_id(ORDER_ID, order), read_number(number)
    form = await visit.form(DeskLogForm)
    shown = read_amount(form.shown_minor)
    async with visit.reading() as work:
        await aftersales.access_case(work, found, of, supplier=visit.supplier)
    url = _url(found, of)
    back = Step(label=visit.gettext("See the case"), url=url)
    async with read_pictures(visit, (form.picture,)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return refuse(visit, pictures.refused, back)

        async def act(work: Work) -> Refusal | None:
            assert visit.supplier is not None
            saying = Saying(form.text.strip(), tuple(pictures.names))
            refusal = await _act(work, visit.supplier, found, of, form, saying, shown)
            pictures.are_used = refusal is None
            return refusal

        subject = " ".join((order, number, form.answer, form.text, form.carrier, form.tracking, form.restock))
        outcome = await once(visit, "desk.answer_case", form.key, subject, act)
    return visit.go_on(url) if outcome is None else refuse(visit, outcome, back)


async def _act(
    work: Work, supplier: UUID, order: UUID, number: int, form: DeskLogForm, saying: Saying, shown: int | None
) -> Refusal | None:
    where = (work, order, number, supplier)
    if form.answer == "say":
        return await aftersales.say(work, order, number, Side.SUPPLIER, supplier, saying)
    if form.answer == "agree":
        return await aftersales.agree(*where, saying, shown_minor=shown)
    if form.answer == "refuse":
        return await aftersales.refuse(*where, saying)
    if form.answer == "receive":
        return await aftersales.receive(*where, saying, restock=form.restock == "yes")
    if form.answer == "send":
        return await aftersales.send(
            *where, carrier=form.carrier.strip(), tracking=form.tracking.strip(), saying=saying
        )
    return FieldInvalid(field="answer")


def _url(order: UUID, number: int) -> str:
    return f"{LIST}/{ORDER_ID.show(order)}/{number}"


HANDLERS = (show_all, show, answer)
