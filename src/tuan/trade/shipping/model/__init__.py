"""The pure rules of shipping: carriers as data, where a parcel is by what its carrier said of it."""

from tuan.trade.shipping.model.carriers import CARRIERS, Carrier, carrier_of, tracking_url
from tuan.trade.shipping.model.parcels import (
    ASKED_EVERY,
    GIVEN_UP_AFTER,
    PARCEL_ID,
    STATUSES,
    LabelState,
    ParcelId,
    Status,
    next_ask,
    status_of,
)

__all__ = [
    "ASKED_EVERY",
    "CARRIERS",
    "GIVEN_UP_AFTER",
    "PARCEL_ID",
    "STATUSES",
    "Carrier",
    "LabelState",
    "ParcelId",
    "Status",
    "carrier_of",
    "next_ask",
    "status_of",
    "tracking_url",
]
