"""The shop's customers, as they let themselves be seen: cards, tags, notes, orders, and all of it as a table."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import sharing
from tuan.platform.lists import EXPORT_SIZE
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import CONSENT_ID, Customer
from tuan.surfaces.backoffice.statements import csv_stream
from tuan.surfaces.backoffice.tables import Cell, plain
from tuan.surfaces.desks.shop import showing as desk
from tuan.surfaces.desks.shop.context import ChangesPage, CustomerPage, CustomersPage, DeskOrder, OrdersPage
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

CUSTOMERS = "/desk/shop/customers"


class CardForm(msgspec.Struct, frozen=True, kw_only=True):
    """tags: with commas between."""

    key: str
    tags: str = ""
    note: str = ""


@get(CUSTOMERS, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    shop, tag = desk.own_shop(visit), visit.query.get("tag", "").strip()
    async with visit.reading() as work:
        counts = await shops.counts_of(work, shop.id)
        found = await shops.customers_of(work, shop.id, tag=tag, after=visit.query.get("page"))
        changes = await desk.changes(work, visit, shop.id)
    page = CustomersPage(
        frame=desk.frame_of(shop),
        count=counts["customers"],
        seen=counts["seen"],
        customers=[desk.customer_card(one) for one in found.items],
        changes=changes,
        tag=tag,
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("desks/shop/customers.html", page, place="me", blocks=("list",))


@get(f"{CUSTOMERS}.csv", opt=SHOP)
async def export(visit: NamedDependency[Visit]) -> Stream:
    """Everybody who lets himself be seen, with what he shows and what stands about him."""
    shop = desk.own_shop(visit)

    async def read(after: str | None) -> Page[Customer]:
        async with visit.reading() as work:
            return await shops.customers_of(work, shop.id, after=after, size=EXPORT_SIZE)

    head = ("Number", "Name", "Phone", "Birthday", "Since when", "Tags", "Note")
    return csv_stream("customers", [visit.gettext(one) for one in head], read, _row)


def _row(one: Customer) -> list[str]:
    """What a spreadsheet would run is quoted: a name is what its owner typed."""
    said = (CONSENT_ID.show(one.id), one.name, one.phone.removeprefix("+"), one.birthday, one.since.isoformat(),
            " ".join(one.tags), one.note)  # fmt: skip
    return [plain(Cell(text=text)) for text in said]


@get("/desk/shop/customer-orders.csv", opt=SHOP)
async def export_orders(visit: NamedDependency[Visit]) -> Stream:
    """What those customers bought by this shop's recommendation who let their orders be seen, and nobody else's."""
    shop = desk.own_shop(visit)

    async def read(after: str | None) -> Page[list[str]]:
        async with visit.reading() as work:
            found = await shops.orders_of(work, shop.id, only_shown=True, after=after, size=EXPORT_SIZE)
            told = await desk.desk_orders(work, visit, found.items)
        rows = [_order_row(row["customer_id"], one) for row, one in zip(found.items, told, strict=True)]
        return Page(rows, found.next_key)

    head = ("Number", "Name", "Order", "Placed", "State", "Goods", "Total", "Given back", "Currency")
    return csv_stream("customer-orders", [visit.gettext(one) for one in head], read, lambda row: row)


def _order_row(customer: UUID, one: DeskOrder) -> list[str]:
    """Amounts in minor units."""
    back = one.back.amount_minor if one.back else 0
    said = (CONSENT_ID.show(customer), one.name, one.number, one.placed_at.isoformat(), one.state, "; ".join(one.goods))
    return [*(plain(Cell(text=text)) for text in said), str(one.total.amount_minor), str(back), one.total.currency]


@get(f"{CUSTOMERS}/{{customer:str}}", opt=SHOP)
async def show_one(visit: NamedDependency[Visit], customer: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        page = await _page(work, visit, customer, visit.fresh_key())
    return visit.page("desks/shop/customer.html", page, place="me")


async def _page(work: Work, visit: Visit, customer: str, key: str) -> CustomerPage:
    """Raises Refused(NotFound) for who does not let himself be seen, or not by this shop."""
    shop, found = desk.own_shop(visit), read_id(CONSENT_ID, customer)
    one = await shops.customer(work, shop.id, found)
    if one is None:
        raise Refused(NotFound())
    card = desk.customer_card(one)
    rows = (await shops.orders_of(work, shop.id, customer=found)).items if card.shows_orders else []
    return CustomerPage(
        frame=desk.frame_of(shop), customer=card, orders=await desk.desk_orders(work, visit, rows), key=key
    )


@post(f"{CUSTOMERS}/{{customer:str}}/card", opt=SHOP)
async def keep_card(visit: NamedDependency[Visit], customer: FromPath[str]) -> Response[Any]:
    """Tags and a note; with neither the card is gone."""
    shop, found, form = desk.own_shop(visit), read_id(CONSENT_ID, customer), await visit.form(CardForm)
    tags = [tag.strip() for tag in form.tags.replace("，", ",").split(",") if tag.strip()]

    async def act(work: Work) -> Refusal | None:
        return await shops.keep_card(work, shop.id, found, tags, form.note)

    outcome = await once(visit, "web.keep_card", form.key, f"{customer} {form.tags} {form.note}", act)
    if outcome is None:
        return visit.go_on(f"{CUSTOMERS}/{customer}")
    if visit.wants_json or outcome.code != "shops.card_invalid":
        return refuse(visit, outcome, Step(label=visit.gettext("Customers"), url=CUSTOMERS))
    async with visit.reading() as work:
        page = await _page(work, visit, customer, form.key)
    typed = msgspec.structs.replace(page.customer, tags=tags, note=form.note)
    errors = errors_of(visit, outcome, str(outcome.data["field"]))
    page = msgspec.structs.replace(page, customer=typed, errors=errors)
    return visit.page("desks/shop/customer.html", page, place="me", status=outcome.status)


@get("/desk/shop/changes", opt=SHOP)
async def show_changes(visit: NamedDependency[Visit]) -> Response[Any]:
    """Every customer who came or went, and why."""
    shop = desk.own_shop(visit)
    async with visit.reading() as work:
        found = await sharing.changes_of_shop(work, shop.id, after=visit.query.get("page"))
    changes = [desk.change(visit, row, shop.id) for row in found.items]
    next_url = visit.url_with(page=found.next_key) if found.next_key else None
    page = ChangesPage(frame=desk.frame_of(shop), changes=changes, next_url=next_url)
    return visit.page("desks/shop/changes.html", page, place="me", blocks=("list",))


@get("/desk/shop/orders", opt=SHOP)
async def show_orders(visit: NamedDependency[Visit]) -> Response[Any]:
    """What was bought by this shop's recommendation."""
    shop = desk.own_shop(visit)
    async with visit.reading() as work:
        found = await shops.orders_of(work, shop.id, after=visit.query.get("page"))
        listed = await desk.desk_orders(work, visit, found.items)
    next_url = visit.url_with(page=found.next_key) if found.next_key else None
    page = OrdersPage(frame=desk.frame_of(shop), orders=listed, next_url=next_url)
    return visit.page("desks/shop/orders.html", page, place="me", blocks=("list",))


HANDLERS = (show, export, export_orders, show_one, keep_card, show_changes, show_orders)
