"""Orders in the office: the list, one order, shipping it, and the slips that go into parcels."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people import accounts, parties
from tuan.people import staff as members
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.orders.context import OrdersPage
from tuan.surfaces.backoffice.orders.viewing import order_page, slips_page
from tuan.surfaces.backoffice.tables import Cell, Column, csv_of, table_page, wanted
from tuan.surfaces.backoffice.tables import Filter as TableFilter
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, OrderState, end_of_number

PLACE = Place(name="orders", label="Orders", url="/office/orders", permission="orders.see", icon="truck")
LENGTHS = {"carrier": 40, "tracking": 60}
FOUND_PERSONS_MAX = 50
SLIPS_MAX = 50

COLUMNS = (
    Column("number", "Number", sort="newest"),
    Column("state", "State", sort="state"),
    Column("buyer", "Buyer"),
    Column("supplier", "Supplier"),
    Column("total", "Total", is_number=True),
    Column("back", "Given back", is_number=True),
    Column("placed", "Ordered"),
)
NO_FILTERS: Sequence[TableFilter] = ()


class ShipmentForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    carrier: str
    tracking: str
    reason: str


class SlipsForm(msgspec.Struct, frozen=True, kw_only=True):
    """One order, or without one those that have waited longest for a parcel."""

    order: str = ""


@get("/office/orders", opt=staff("orders.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        narrow = await _narrow(work, visit)
        rows = await _rows(work, narrow, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
        waiting = await orders.count_to_ship(work)
    states = saying.order_states(visit)
    table = table_page(
        visit,
        PLACE,
        COLUMNS,
        NO_FILTERS,
        rows,
        _cells(visit, states),
        views,
        csv_path="/office/orders.csv",
        opens_beside=True,
    )
    page = OrdersPage(
        table=table,
        states=saying.chips(visit, "state", states.items()),
        q=visit.query.get("q", ""),
        since=visit.query.get("since", ""),
        until=visit.query.get("until", ""),
        can_print=visit.may("orders.ship"),
        wait_count=waiting,
    )
    return visit.page("backoffice/orders/page.html", page, place=PLACE.name)


@get("/office/orders.csv", opt=staff("orders.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    async with visit.reading() as work:
        narrow = await _narrow(work, visit)

    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        return await _rows(work, narrow, page)

    return await csv_of(visit, "orders", COLUMNS, fetch, _cells(visit, saying.order_states(visit)))


async def _narrow(work: Work, visit: Visit) -> orders.OrderFilter:
    """What the address narrows the list to; what cannot be meant narrows nothing."""
    state, text = visit.query.get("state", ""), visit.query.get("q", "").strip()
    persons, end = None, ""
    if order := ORDER_ID.parse(text):
        end = order.hex[-12:]
    elif not (end := end_of_number(text) or "") and text:
        found = await accounts.search_persons(work, text[:100], Wanted(size=FOUND_PERSONS_MAX))
        persons = [row["id"] for row in found.items]
    return orders.OrderFilter(
        states=[state] if state in tuple(OrderState) else (),
        persons=persons,
        end=end,
        since=_day(visit, "since"),
        until=_day(visit, "until", timedelta(days=1)),
    )


def _day(visit: Visit, field: str, later: timedelta = timedelta(0)) -> Instant | None:
    """A day of the address in the market's time zone; None for what is none."""
    try:
        day = date.fromisoformat(visit.query.get(field, ""))
        return datetime.combine(day + later, time(), visit.market.zone) if 2000 <= day.year <= 2200 else None
    except ValueError:
        return None


async def _rows(work: Work, narrow: orders.OrderFilter, page: Wanted) -> Page[Any]:
    """Rows of orders, each with its buyer's and supplier's name."""
    found = await orders.search_orders(work, narrow, page)
    names = await accounts.names(work, {row["person_id"] for row in found.items})
    cards = await parties.supplier_cards(work, {row["supplier_id"] for row in found.items})
    rows = [
        {**row, "buyer": names.get(row["person_id"], ""), "supplier": cards[row["supplier_id"]]["name"]}
        for row in found.items
    ]
    return Page(rows, found.next_key, found.count)


def _cells(visit: Visit, states: dict[str, str]) -> Any:
    def cells(row: Any) -> list[Cell]:
        return [
            saying.order_cell(visit, row["id"]),
            Cell(text=states[row["state"]], tone=saying.ORDER_TONES.get(row["state"], "stone")),
            saying.person_cell(visit, row["person_id"], row["buyer"]),
            Cell(text=row["supplier"]),
            Cell(amount=saying.money(visit, row["total_minor"])),
            Cell(amount=saying.money(visit, row["refunded_minor"])) if row["refunded_minor"] else Cell(is_number=True),
            Cell(at=row["placed_at"]),
        ]

    return cells


@get("/office/orders/{order:str}", opt=staff("orders.see"))
async def show_one(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        page = await order_page(work, visit, found)
    return visit.page("backoffice/orders/order.html", page, place=PLACE.name, blocks=("main",))


@post("/office/orders/{order:str}/shipment", opt=staff("orders.ship"))
async def ship(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    """The parcel has left; in the name of the supplier, whose order it is."""
    found = read_id(ORDER_ID, order)
    form = await visit.form(ShipmentForm)
    back = Step(label=visit.gettext("Back to the order"), url=f"/office/orders/{order}")
    carrier, tracking = form.carrier.strip(), form.tracking.strip()
    typed = {"carrier": carrier, "tracking": tracking}
    wrong = next((name for name, text in typed.items() if not 0 < len(text) <= LENGTHS[name]), None)
    if refusal := (FieldInvalid(field=wrong) if wrong else saying.why_not(form.reason)):
        return refuse(visit, refusal, back)

    async def act(work: Work) -> Refusal | None:
        supplier = (await orders.access_any_order(work, found))["supplier_id"]
        return await orders.ship(work, found, supplier, carrier=carrier, tracking=tracking, reason=form.reason.strip())

    outcome = await once(visit, "office.ship", form.key, f"{order} {carrier} {tracking}", act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


@post("/office/orders/slips", opt=staff("orders.ship", fresh=True), status_code=200)
async def print_slips(visit: NamedDependency[Visit]) -> Response[Any]:
    """Slips to print, with whole addresses: that they were taken is audited."""
    form = await visit.form(SlipsForm)
    async with visit.writing() as work:
        wanted_orders: list[UUID]
        if form.order:
            wanted_orders = [read_id(ORDER_ID, form.order)]
        else:
            oldest = Wanted(is_descending=False, size=SLIPS_MAX)
            found = await orders.search_orders(work, orders.OrderFilter(states=["to_ship"]), oldest)
            wanted_orders = [row["id"] for row in found.items]
        page = await slips_page(work, wanted_orders)
        await members.record_export(work, "slips", " ".join(slip.number for slip in page.slips))
    return visit.page("backoffice/orders/slips.html", page, place=PLACE.name)


HANDLERS = (show, export, print_slips, show_one, ship)
