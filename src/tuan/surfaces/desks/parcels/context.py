"""What the supplier's desk shows of parcels."""

from datetime import datetime

import msgspec

from tuan.surfaces.storefront.order.context import Scan


class SentParcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel. `key` stands where it waits to be handed over; `why`: the carrier would not take it."""

    parcel: str
    number_of_order: str
    carrier: str
    tracking: str
    url: str
    label: str
    status: str
    words: str
    tone: str
    made_at: datetime
    why: str = ""
    key: str = ""
    scans: list[Scan] = []


class ParcelsPage(msgspec.Struct, frozen=True, kw_only=True):
    supplier: str
    parcels: list[SentParcel]
    next_url: str | None = None
