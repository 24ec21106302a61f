"""The port to whoever carries parcels: announcing one, asking where it is, and hearing from him that it has moved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant


class ScanStatus(StrEnum):
    """Where a parcel is, in the words that all carriers share; the order is that of a usual way."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    PROBLEM = "problem"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A parcel to be carried. `parcel` is our key: announcing again with it gives the same number.

    notify_url: where the carrier says that it has moved; empty where he shall not.
    """

    market: int
    parcel: UUID
    carrier: str
    recipient: str
    phone: str
    region: str
    street: str
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """The number under which the carrier knows the parcel; none where he will not carry it, and why."""

    parcel: UUID
    tracking: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waybill:
    market: int
    parcel: UUID
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One thing that happened to a parcel. `number` is the carrier's own of this scan, so that told twice it is one."""

    number: str
    status: ScanStatus
    at: Instant
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """All that is known of a parcel; is_known: whether the carrier has heard of the number at all."""

    carrier: str
    tracking: str
    scans: Sequence[Scan]
    is_known: bool = True


class CarrierGateway(Protocol):
    """A way to one carrier or several. Every call may be repeated. A call that raises has an unknown outcome and is made
    again, and so has what the answer leaves out."""

    name: str

    @property
    def carriers(self) -> Collection[str]:
        """Codes of the carriers that it reaches."""
        ...

    async def announce(self, parcels: Sequence[Announcement]) -> Sequence[Announced]: ...
    async def track(self, waybills: Sequence[Waybill]) -> Sequence[Tracked]: ...

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Tracked | Refusal:
        """What was posted to us, if this carrier said it, said it now, and it can be read; headers in lower case."""
        ...
