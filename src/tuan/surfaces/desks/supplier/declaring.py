"""For whom a supplier declares an order to customs: read on purpose, one order at a time, and written down."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people.identities.model import Identity
from tuan.surfaces.desks.supplier.context import DeclarationPage, Line
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, number_of

TEMPLATE = "desks/supplier/declaration.html"


class ReadingForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token: reading twice is written down twice."""


@get("/desk/orders/{order:str}/declaration", opt=SUPPLIER)
async def show(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    return await _page(visit, order, None)


@post("/desk/orders/{order:str}/declaration", opt=SUPPLIER)
async def read(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    """The name and the number, in the answer itself and nowhere else."""
    await visit.form(ReadingForm)
    outcome = await read_for(visit, order)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("To ship"), url="/desk/orders"))
    return await _page(visit, order, outcome)


async def read_for(visit: Visit, order: str) -> Identity | Refusal:
    """For whom the caller's own order is declared. Raises Refused."""
    assert visit.supplier is not None
    async with visit.writing() as work:
        return await orders.read_declaration(
            work, read_id(ORDER_ID, order), visit.supplier, visit.front.house.settings.secret
        )


async def _page(visit: Visit, order: str, told: Identity | None) -> Response[Any]:
    assert visit.supplier is not None
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        await orders.access_declaration(work, found, visit.supplier)
        rows = (await orders.lines_of(work, [found]))[found]
    page = DeclarationPage(
        order=order,
        number_of_order=number_of(found),
        url=f"/desk/orders/{order}/declaration",
        lines=[
            Line(
                name=f"{row['title']} {row['options']}".strip(),
                units=row["units"],
                amount=amount(visit, row["amount_minor"]),
                tax=amount(visit, row["tax_minor"]),
            )
            for row in rows
        ],
        name=told.name if told else "",
        number=told.number if told else "",
    )
    answer = visit.page(TEMPLATE, page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


HANDLERS = (show, read)
