"""The supplier's desk: what is to be shipped, and saying that it has been."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.money import Money
from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.desks.parcels.routes import reached
from tuan.surfaces.desks.supplier.context import DeskPage, Parcel
from tuan.surfaces.storefront.order.parcels import carrier_name
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, shipping
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.shipping.model import CARRIERS

TEMPLATE = "desks/supplier/page.html"
LENGTHS = {"carrier": 40, "tracking": 60}
NUMBER_LETTERS = 10


class ShipmentForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    carrier: str
    tracking: str


@get("/desk/orders", opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@post("/desk/orders/{order:str}/shipment", opt=SUPPLIER)
async def ship(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found = read_id(ORDER_ID, order)
    form = await visit.form(ShipmentForm)
    carrier, tracking = form.carrier.strip(), form.tracking.strip()
    typed = {"carrier": carrier, "tracking": tracking}
    wrong = next((name for name, text in typed.items() if not 0 < len(text) <= LENGTHS[name]), None)
    if wrong is not None:
        refusal = FieldInvalid(field=wrong)
        if visit.wants_json:
            return refuse(visit, refusal)
        return await _show(visit, order, errors_of(visit, refusal, wrong), refusal.status)

    async def act(work: Work) -> Refusal | None:
        assert visit.supplier is not None
        return await orders.ship(work, found, visit.supplier, carrier=carrier, tracking=tracking)

    outcome = await once(visit, "web.ship", form.key, f"{order} {carrier} {tracking}", act)
    if outcome is not None:
        return refuse(visit, outcome, Step(label=visit.gettext("To ship"), url="/desk/orders"))
    return visit.go_on("/desk/orders")


async def _show(
    visit: Visit, wrong: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    assert visit.supplier is not None
    async with visit.reading() as work:
        card = (await parties.supplier_cards(work, [visit.supplier]))[visit.supplier]
        found = await orders.to_ship(work, visit.supplier, after=visit.query.get("page"))
        ids = [row["id"] for row in found.items]
        lines = await orders.lines_of(work, ids)
        labels = await shipping.of_orders(work, ids)
        refused = await shipping.refused_of(work, ids)
    page = DeskPage(
        supplier=card["name"],
        parcels=[
            _parcel(visit, row, lines[row["id"]], labels.get(row["id"]), refused.get(row["id"])) for row in found.items
        ],
        carriers=[(code, carrier_name(code)) for code in reached(visit)],
        known=[one.names[0] for one in CARRIERS.values()],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
        wrong=wrong,
        errors=errors or {},
    )
    return visit.page(TEMPLATE, page, blocks=("list",), status=status)


def _parcel(visit: Visit, row: Any, lines: list[Any], label: Any | None, refused: Any | None) -> Parcel:
    order, address = ORDER_ID.show(row["id"]), row["address"] or {}
    return Parcel(
        order=order,
        number=order[-NUMBER_LETTERS:].upper(),
        url=f"/desk/orders/{order}/shipment",
        released_at=row["released_at"],
        total=Money(row["total_minor"], row["currency"]),
        goods=[" ".join((line["title"], line["options"], "×", str(line["units"]))) for line in lines],
        name=address.get("recipient", ""),
        phone=address.get("phone", ""),
        region=address.get("region", ""),
        street=address.get("street", ""),
        remark=row["remark"],
        key=visit.fresh_key(),
        declaration_url=f"/desk/orders/{order}/declaration" if row["declares"] else "",
        label=label["label"] if label else "",
        refused=refused["why"] if refused and not label else "",
    )


HANDLERS = (show, ship)
