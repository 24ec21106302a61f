"""Parcels: a buyer sees where his is; a supplier asks carriers for numbers and hands over."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, OrderId, PageQuery
from tuan.surfaces.desks.parcels.routes import notify_url
from tuan.surfaces.storefront.order.parcels import carrier_name
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, shipping
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.shipping.model import PARCEL_ID, tracking_url

_LETTERS, _SOME = "[0-9a-hjkmnp-tv-z]{26}", "01kb3v6h2ne5x8q4r7t9w0y1z3"
ParcelId = Annotated[str, Meta(description="A parcel.", pattern=f"^pcl_{_LETTERS}$", examples=[f"pcl_{_SOME}"])]
CarrierCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL, examples=["sandbox_express"])]
Status = Literal[
    "waiting", "picked_up", "in_transit", "out_for_delivery", "problem", "delivered", "returning", "returned"
]  # fmt: skip


class Scan(Struct, frozen=True, kw_only=True):
    """What the carrier said: in a word that all carriers share, and in his own."""

    status: Status
    at: datetime
    place: str
    said: str


class Parcel(Struct, frozen=True, kw_only=True):
    """Where the goods of an order are. `url`: where the carrier shows it himself, empty where he does not."""

    carrier: str
    tracking: str
    url: str
    status: Status
    scans: list[Scan]


class SuppliersParcel(Struct, frozen=True, kw_only=True):
    """A parcel of the supplier's. `label`: its number was written by hand, is due, was made, or refused (`why`)."""

    parcel: ParcelId
    order: OrderId
    carrier: str
    tracking: str
    label: Literal["written", "due", "made", "failed"]
    status: Status
    made_at: datetime
    why: str


class NewLabel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The carrier's code, of one that this house reaches."""

    carrier: CarrierCode


class MadeLabel(Struct, frozen=True, kw_only=True):
    """The carrier is asked at once; its number stands in the list of parcels."""

    parcel: ParcelId


@operation("GET", "/orders/{order}/parcel", scope="orders.read")
async def show_parcel(visit: Visit, order: OrderId) -> Parcel | Refusal:
    """Where the parcel of an order is; not found before it was sent."""
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        row = await orders.access_order(work, found, visit.person)
        parcel = (await shipping.of_orders(work, [found])).get(found)
        if not row["carrier"]:
            return NotFound()
        carried = parcel is not None and parcel["tracking"] == row["tracking"]
        scans = (await shipping.scans_of(work, [parcel["id"]]))[parcel["id"]] if carried and parcel else []
    return Parcel(
        carrier=row["carrier"], tracking=row["tracking"], url=tracking_url(row["carrier"], row["tracking"]),
        status=parcel["status"] if carried and parcel else "waiting",
        scans=[Scan(status=s["status"], at=s["at"], place=s["place"], said=s["words"]) for s in scans],
    )  # fmt: skip


@operation("GET", "/supplier/parcels", scope="shipments.read")
async def list_parcels(visit: Visit, query: PageQuery) -> Listing[SuppliersParcel]:
    """The supplier's parcels, newest first."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = await shipping.of_supplier(work, visit.supplier, after=query.after, size=query.size)
    return Listing([_suppliers(row) for row in found.items], found.next_key)


def _suppliers(row: Any) -> SuppliersParcel:
    return SuppliersParcel(
        parcel=PARCEL_ID.show(row["id"]), order=ORDER_ID.show(row["order_id"]), carrier=carrier_name(row["carrier"]),
        tracking=row["tracking"], label=row["label"], status=row["status"], made_at=row["made_at"], why=row["why"],
    )  # fmt: skip


@operation("POST", "/supplier/orders/{order}/label", scope="shipments.write", status=201)
async def make_label(visit: Visit, order: OrderId, data: NewLabel, key: str) -> MadeLabel | Refusal:
    """Have a carrier give a number for the parcel of an order that waits to be sent."""
    found, supplier = read_id(ORDER_ID, order), visit.supplier

    async def act(work: Work) -> Refusal | dict[str, Any]:
        assert supplier is not None
        outcome = await shipping.announce(
            work, found, supplier, data.carrier, notify_url=notify_url(visit, data.carrier), reason="API"
        )  # fmt: skip
        return outcome if isinstance(outcome, Refusal) else {"parcel": PARCEL_ID.show(outcome)}

    outcome = await remembered(visit, "api.make_label", key, f"{order} {data.carrier}", act)
    return outcome if isinstance(outcome, Refusal) else MadeLabel(**outcome)


@operation("POST", "/supplier/parcels/{parcel}/handing-over", scope="shipments.write", status=204)
async def hand_over(visit: Visit, parcel: ParcelId, key: str) -> Refusal | None:
    """The carrier has it: the order is sent."""
    found, supplier = read_id(PARCEL_ID, parcel), visit.supplier

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await shipping.hand_over(work, found, supplier, reason="API")

    return await once(visit, "api.hand_over", key, parcel, act)


HANDLERS = (show_parcel, list_parcels, make_label, hand_over)
