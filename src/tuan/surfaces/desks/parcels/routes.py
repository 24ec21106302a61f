"""Parcels at the supplier's desk: numbers that carriers give, handing over, and where each one is."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.desks.parcels.context import ParcelsPage, SentParcel
from tuan.surfaces.storefront.order.context import Scan
from tuan.surfaces.storefront.order.parcels import carrier_name, statuses
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import shipping
from tuan.trade.orders.model import ORDER_ID, number_of
from tuan.trade.shipping.model import CARRIERS, PARCEL_ID, LabelState, Status, tracking_url

URL = "/desk/parcels"
TONES: Mapping[str, Literal["leaf", "ripe", "amber", "stone"]] = {
    Status.WAITING: "stone",
    Status.PROBLEM: "ripe",
    Status.RETURNING: "ripe",
    Status.RETURNED: "ripe",
    Status.DELIVERED: "leaf",
}


class LabelForm(msgspec.Struct, frozen=True, kw_only=True):
    """carrier_code: of a carrier that we reach."""

    key: str
    carrier_code: str


class HandingForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


def reached(visit: Visit) -> list[str]:
    """Codes of the carriers that this house reaches."""
    return [code for one in visit.front.house.carriers.values() for code in one.carriers]


def notify_url(visit: Visit, carrier: str) -> str:
    """Where the carrier tells this process that a parcel has moved."""
    found = CARRIERS.get(carrier)
    return f"{visit.process_origin}/hooks/carriers/{found.gateway}" if found and found.gateway else ""


@get(URL, opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    assert visit.supplier is not None
    async with visit.reading() as work:
        card = (await parties.supplier_cards(work, [visit.supplier]))[visit.supplier]
        found = await shipping.of_supplier(work, visit.supplier, after=visit.query.get("page"))
        scans = await shipping.scans_of(work, [row["id"] for row in found.items])
    named = statuses(visit)
    page = ParcelsPage(
        supplier=card["name"],
        parcels=[sent_parcel(visit, row, scans[row["id"]], named) for row in found.items],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("desks/parcels/page.html", page)


def sent_parcel(visit: Visit, row: Any, scans: list[Any], named: dict[str, str]) -> SentParcel:
    """A row of `shipping.of_supplier` with what its carrier said."""
    labels = {
        LabelState.DUE: visit.gettext("The carrier is being asked"),
        LabelState.FAILED: visit.gettext("The carrier will not take it"),
    }
    is_ready = row["label"] == LabelState.MADE and row["status"] == Status.WAITING
    words = labels.get(row["label"], visit.gettext("Has a number, hand it over") if is_ready else named[row["status"]])
    tone = "ripe" if row["label"] == LabelState.FAILED else TONES.get(row["status"], "amber")
    return SentParcel(
        parcel=PARCEL_ID.show(row["id"]),
        number_of_order=number_of(row["order_id"]),
        carrier=carrier_name(row["carrier"]),
        tracking=row["tracking"],
        url=tracking_url(row["carrier"], row["tracking"]),
        label=row["label"],
        status=row["status"],
        words=words,
        tone=tone,
        made_at=row["made_at"],
        why=row["why"],
        key=visit.fresh_key() if is_ready else "",
        scans=[Scan(status=s["status"], words=named[s["status"]], at=s["at"], place=s["place"], said=s["words"]) for s in scans],
    )  # fmt: skip


@post("/desk/orders/{order:str}/label", opt=SUPPLIER)
async def announce(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    """Have the carrier give a number; he is asked by the worker, at once."""
    found, form, supplier = read_id(ORDER_ID, order), await visit.form(LabelForm), _supplier(visit)

    async def act(work: Work) -> Refusal | None:
        url = notify_url(visit, form.carrier_code)
        outcome = await shipping.announce(work, found, supplier, form.carrier_code, notify_url=url)
        return outcome if isinstance(outcome, Refusal) else None

    return _after(visit, await once(visit, "desk.announce", form.key, f"{order} {form.carrier_code}", act))


@post("/desk/parcels/{parcel:str}/handing-over", opt=SUPPLIER)
async def hand_over(visit: NamedDependency[Visit], parcel: FromPath[str]) -> Response[Any]:
    """The carrier has it: the order is sent."""
    found, form, supplier = read_id(PARCEL_ID, parcel), await visit.form(HandingForm), _supplier(visit)

    async def act(work: Work) -> Refusal | None:
        return await shipping.hand_over(work, found, supplier)

    return _after(visit, await once(visit, "desk.hand_over", form.key, parcel, act))


def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


def _after(visit: Visit, refusal: Refusal | None) -> Response[Any]:
    if refusal is None:
        return visit.go_on(URL)
    return refuse(visit, refusal, Step(label=visit.gettext("Parcels"), url=URL))


HANDLERS = (show, announce, hand_over)
