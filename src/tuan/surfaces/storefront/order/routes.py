"""One order's page, and what its buyer may do with it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.platform.work import Work
from tuan.play import groupbuy, presale
from tuan.surfaces.storefront.order.viewing import order_page
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_amount, read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales, orders
from tuan.trade.orders.model import ORDER_ID, OrderState

REASONS = {"": "unsaid", "changed_mind": "changed_mind", "wrong_order": "wrong_order", "too_slow": "too_slow"}


class CancellationForm(msgspec.Struct, frozen=True, kw_only=True):
    """`back_minor`: of a deposit, what the page said would come back."""

    key: str
    reason: str = ""
    back_minor: str = ""


class ReceiptForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get("/orders/{order:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        page = await order_page(work, visit, found)
    return visit.page("storefront/order/page.html", page, place="teams", blocks=("next",))


@post("/orders/{order:str}/cancellation", opt=SIGNED_IN)
async def cancel(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    """Unpaid: it is closed. Waiting in a team: the buyer leaves it. Waiting for its balance: he steps back. Paid and not shipped: it is given back."""
    found = read_id(ORDER_ID, order)
    form = await visit.form(CancellationForm)
    reason = REASONS.get(form.reason)
    if reason is None:
        raise Refused(FieldInvalid(field="reason"))
    back_minor = read_amount(form.back_minor) or 0

    async def act(work: Work) -> Refusal | None:
        return await cancel_order(work, found, visit.person, reason, back_minor)

    subject = f"{order} {reason} {back_minor}"
    return _after(visit, order, await once(visit, "web.cancel_order", form.key, subject, act))


async def cancel_order(work: Work, order: UUID, person: UUID, reason: str, back_minor: int) -> Refusal | None:
    """End an order of this person in the way that its state allows."""
    try:
        row = await orders.access_order(work, order, person)
    except Refused as refused:
        return refused.refusal
    if row["state"] == OrderState.PLACED:
        return await orders.cancel_unpaid(work, order, person, reason=reason)
    if row["state"] == OrderState.DEPOSITED:
        return await presale.give_up(work, order, person, reason=reason, shown_back_minor=back_minor)
    if row["state"] == OrderState.GATHERING:
        seat = (await groupbuy.teams_of_orders(work, [order])).get(order)
        return await groupbuy.leave_team(work, seat["team_id"], person) if seat else NotFound()
    return await aftersales.cancel(work, order, person, reason=reason)


@post("/orders/{order:str}/receipt", opt=SIGNED_IN)
async def receive(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found = read_id(ORDER_ID, order)
    form = await visit.form(ReceiptForm)

    async def act(work: Work) -> Refusal | None:
        return await orders.confirm_receipt(work, found, visit.person)

    return _after(visit, order, await once(visit, "web.confirm_receipt", form.key, order, act))


def _after(visit: Visit, order: str, refusal: Refusal | None) -> Response[Any]:
    url = f"/orders/{order}"
    if refusal is None:
        return visit.go_on(url)
    return refuse(visit, refusal, Step(label=visit.gettext("See my order"), url=url))


HANDLERS = (show, cancel, receive)
