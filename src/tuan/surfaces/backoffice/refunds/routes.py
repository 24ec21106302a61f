"""Refunds in the office: money on its way back, asking again, and giving an order back."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.people import staff as members
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.refunds import giving, owed
from tuan.surfaces.backoffice.refunds.context import Back, GivingBackPage, RefundsPage, Stuck
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, csv_of, table_page, wanted
from tuan.surfaces.storefront.showing import provider_name
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_amount, read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID, number_of
from tuan.trade.payments.model import REFUND_ID

PLACE = Place(name="refunds", label="Refunds", url="/office/refunds", permission="refunds.see", icon="money-back")
COLUMNS = (
    Column("asked", "Asked for", sort="newest"),
    Column("order", "Order"),
    Column("amount", "Amount", sort="amount", is_number=True),
    Column("state", "State", sort="state"),
    Column("reason", "Reason"),
    Column("way", "Way"),
    Column("tries", "Tries", is_number=True),
    Column("done", "Arrived"),
)
NO_FILTERS: Sequence[Filter] = ()


class RetryForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class GiveBackForm(msgspec.Struct, frozen=True, kw_only=True):
    """shown_minor: what the preview said would come back."""

    key: str
    order: str
    shown_minor: str
    reason: str


@get("/office/refunds", opt=staff("refunds.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    states = saying.refund_states(visit)
    async with visit.reading() as work:
        rows = await _fetch(visit, work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
        stuck = await payments.refunds(work, states=["stuck"]) if visit.may("refunds.give") else None
    table = table_page(
        visit, PLACE, COLUMNS, NO_FILTERS, rows, _cells(visit), views, csv_path="/office/refunds.csv", opens_beside=True
    )
    page = RefundsPage(
        table=table,
        states=saying.chips(visit, "state", states.items()),
        stuck=[_stuck(visit, row) for row in stuck.items] if stuck else [],
    )
    return visit.page("backoffice/refunds/page.html", page, place=PLACE.name)


@get("/office/refunds.csv", opt=staff("refunds.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    return await csv_of(visit, "refunds", COLUMNS, partial(_fetch, visit), _cells(visit))


async def _fetch(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    state = visit.query.get("state", "")
    return await payments.refunds(work, page, states=[state] if state in saying.REFUND_TONES else ())


def _cells(visit: Visit) -> Any:
    states, reasons = saying.refund_states(visit), saying.refund_reasons(visit)

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(at=row["asked_at"]),
            saying.order_cell(visit, row["order_id"]),
            Cell(amount=saying.money(visit, row["amount_minor"])),
            Cell(text=states[row["state"]], tone=saying.REFUND_TONES[row["state"]]),
            Cell(text=reasons.get(row["reason"], row["reason"])),
            Cell(text=provider_name(visit, row["provider"])),
            Cell(text=str(row["tries"]), is_number=True),
            Cell(at=row["done_at"]),
        ]

    return cells


def _stuck(visit: Visit, row: Any) -> Stuck:
    words = number_of(row["order_id"]) if row["order_id"] else visit.gettext("Came too much")
    return Stuck(
        id=REFUND_ID.show(row["id"]),
        words=words,
        amount=saying.money(visit, row["amount_minor"]),
        tries=row["tries"],
        key=visit.fresh_key(),
    )


@post("/office/refunds/{refund:str}/retry", opt=staff("refunds.give", fresh=True))
async def retry(visit: NamedDependency[Visit], refund: FromPath[str]) -> Response[Any]:
    found = read_id(REFUND_ID, refund)
    form = await visit.form(RetryForm)
    back = Step(label=visit.gettext("Back to the refunds"), url=PLACE.url)
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, back)

    async def act(work: Work) -> Refusal | None:
        return await payments.retry_refund(work, found, reason=form.reason.strip())

    outcome = await once(visit, "office.retry_refund", form.key, refund, act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


# ── giving back ──
@get("/office/refunds/new", opt=staff("refunds.give", fresh=True))
async def preview(visit: NamedDependency[Visit]) -> Response[Any]:
    """What would come back, to which payment, and what else it does."""
    order = read_id(ORDER_ID, visit.query.get("order", ""))
    async with visit.reading() as work:
        row = await orders.access_any_order(work, order)
        foreseen = await giving.foresee(work, row)
    refused = isinstance(foreseen, Refusal)
    backs = [] if isinstance(foreseen, Refusal) else foreseen
    page = GivingBackPage(
        order=ORDER_ID.show(order),
        number=number_of(order),
        order_url=saying.order_url(order),
        state_words=saying.order_states(visit)[row["state"]],
        tone=saying.ORDER_TONES.get(row["state"], "stone"),
        backs=[_back(visit, capture, minor) for capture, minor in backs],
        total=saying.money(visit, sum(minor for _, minor in backs)),
        frees_stock=giving.frees_stock(row),
        leaves_team=giving.waits_in_team(row),
        refused=visit.words.told(foreseen, visit.market.currency).happened if refused else "",  # type: ignore[arg-type]
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/refunds/giving_back.html", page, place=PLACE.name)


def _back(visit: Visit, capture: Any, minor: int) -> Back:
    return Back(
        way=provider_name(visit, capture["provider"]),
        transaction=capture["transaction"],
        amount=saying.money(visit, minor),
    )


@post("/office/refunds", opt=staff("refunds.give", fresh=True))
async def give_back(visit: NamedDependency[Visit]) -> Response[Any]:
    """Give the order back whole, if what would come back is still what the page showed."""
    form = await visit.form(GiveBackForm)
    order = read_id(ORDER_ID, form.order)
    shown = read_amount(form.shown_minor)
    back = Step(label=visit.gettext("Back to the order"), url=saying.order_url(order))
    if refusal := (FieldInvalid(field="shown_minor") if shown is None else saying.why_not(form.reason)):
        return refuse(visit, refusal, back)

    async def act(work: Work) -> Refusal | None:
        return await giving.give_back(work, order, shown or 0, form.reason.strip())

    outcome = await once(visit, "office.give_back", form.key, f"{form.order} {shown}", act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


HANDLERS = (show, export, preview, give_back, retry, *owed.HANDLERS)
