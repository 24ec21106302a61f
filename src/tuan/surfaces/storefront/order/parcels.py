"""Where an order's parcel is, as buyer and supplier read it."""

from typing import Any
from uuid import UUID

from tuan.platform.work import Work
from tuan.surfaces.storefront.order.context import Parcel, Scan
from tuan.surfaces.web.visits import Visit
from tuan.trade import shipping
from tuan.trade.shipping.model import CARRIERS, tracking_url


def statuses(visit: Visit) -> dict[str, str]:
    """Where a parcel is, in a word."""
    return {
        "waiting": visit.gettext("Nothing heard yet"),
        "picked_up": visit.gettext("Fetched by the carrier"),
        "in_transit": visit.gettext("On its way"),
        "out_for_delivery": visit.gettext("Being delivered today"),
        "problem": visit.gettext("Could not be delivered yet"),
        "delivered": visit.gettext("Delivered"),
        "returning": visit.gettext("On its way back"),
        "returned": visit.gettext("Back with the sender"),
    }


def carrier_name(code: str) -> str:
    """What a carrier is called; one that we do not know is called as the supplier wrote it."""
    return CARRIERS[code].names[0] if code in CARRIERS else code


async def parcels_of(work: Work, visit: Visit, row: Any) -> list[Parcel]:
    """Of a row of `orders.access_order`: none before it was sent."""
    if not row["carrier"]:
        return []
    found = (await shipping.of_orders(work, [row["id"]])).get(row["id"])
    carried = found is not None and found["tracking"] == row["tracking"]
    scans = await scans_of(work, visit, found["id"]) if carried and found is not None else []
    url = tracking_url(row["carrier"], row["tracking"]) or None
    return [Parcel(carrier=row["carrier"], tracking_number=row["tracking"], url=url, scans=scans)]


async def scans_of(work: Work, visit: Visit, parcel: UUID) -> list[Scan]:
    """What the carrier said of a parcel, the latest first."""
    named = statuses(visit)
    return [
        Scan(status=row["status"], words=named[row["status"]], at=row["at"], place=row["place"], said=row["words"])
        for row in (await shipping.scans_of(work, [parcel]))[parcel]
    ]
