"""The list of one's orders."""

from typing import Any, Literal
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.goods import catalog
from tuan.kit.refusals import Refused
from tuan.people import parties
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.orders.context import NextStep, OrderCard, OrderFilter, OrdersPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, OrderState
from tuan.trade.payments.model import PAYABLE

S = OrderState
Filter = Literal["all", "to_pay", "gathering", "on_the_way", "done"]
FILTERS: dict[Filter, tuple[str, ...]] = {
    "all": (),
    "to_pay": (S.PLACED, S.DEPOSITED),
    "gathering": (S.PAID, S.GATHERING),
    "on_the_way": (S.TO_SHIP, S.SHIPPED),
    "done": (S.RECEIVED, S.COMPLETED, S.CANCELLED, S.CLOSED, S.FORFEITED),
}
WHOLE = (S.PLACED, S.DEPOSITED)
"""States in which what is owed later still counts to what the order costs."""
ORDERS_PER_PAGE = 10


@get("/orders", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    chosen = visit.query.get("filter", "all")
    if chosen not in FILTERS:
        raise Refused(FieldInvalid(field="filter"))
    async with visit.reading() as work:
        page = await _page(work, visit, chosen)
    return visit.page("storefront/orders/page.html", page, place="teams", blocks=("list",))


async def _page(work: Work, visit: Visit, chosen: Filter) -> OrdersPage:
    found = await orders.orders_of(
        work, visit.person, states=FILTERS[chosen], after=visit.query.get("page"), size=ORDERS_PER_PAGE
    )
    ids = [row["id"] for row in found.items]
    lines = await orders.lines_of(work, ids)
    skus = {line["sku_id"] for of in lines.values() for line in of}
    offers = await catalog.load_offers(work, skus)
    product_of: dict[UUID, UUID] = {sku: offers.get(sku).product_id for sku in skus}
    suppliers = await parties.supplier_cards(work, {row["supplier_id"] for row in found.items})
    gathering = [row["id"] for row in found.items if row["state"] in (S.PAID, S.GATHERING)]
    seats = await groupbuy.teams_of_orders(work, gathering) if gathering else {}
    teams = await groupbuy.teams_by_id(work, {seat["team_id"] for seat in seats.values()}) if seats else {}
    cards = []
    for row in found.items:
        team = teams.get(seats[row["id"]]["team_id"]) if row["id"] in seats else None
        shown = showing.goods_lines(visit, lines[row["id"]], product_of)
        cards.append(_card(visit, row, suppliers[row["supplier_id"]]["name"], shown, team))
    return OrdersPage(
        filters=[
            OrderFilter(filter=name, url=visit.url_with(filter=name, page=None), is_chosen=name == chosen)
            for name in FILTERS
        ],
        orders=cards,
        next_page=found.next_key,
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )


def _card(visit: Visit, row: Any, supplier: str, lines: list[Any], team: Any | None) -> OrderCard:
    step, url = next_step(row, team["id"] if team else None)
    return OrderCard(
        order=ORDER_ID.show(row["id"]),
        url=f"/orders/{ORDER_ID.show(row['id'])}",
        state=row["state"],
        supplier_name=supplier,
        lines=lines,
        total=showing.amount(visit, row["total_minor"] + row["later_minor"] * (row["state"] in WHOLE)),
        placed_at=row["placed_at"],
        next_step=step,
        next_url=url,
        deadline=row["pay_by"] if row["state"] == S.PLACED else team["deadline"] if team else None,
        needed=team["size"] - team["taken"] if team and row["state"] == S.GATHERING else None,
        refunded=showing.amount(visit, row["refunded_minor"]) if row["refunded_minor"] else None,
    )


def next_step(row: Any, team: UUID | None) -> tuple[NextStep, str | None]:
    """What the buyer can do now, and where."""
    if row["state"] == S.PLACED:
        return "pay", f"/pay/{PAYABLE.show(row['payable_id'])}"
    if row["state"] == S.GATHERING and team is not None:
        return "invite", f"/t/{TEAM_ID.show(team)}"
    if row["state"] == S.SHIPPED:
        return "receive", f"/orders/{ORDER_ID.show(row['id'])}"
    return "none", None


HANDLERS = (show,)
