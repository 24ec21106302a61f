"""A parcel: its label, and where it is by what its carrier has said in whatever order. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids
from tuan.kit.time import Instant

ParcelId = NewType("ParcelId", UUID)
PARCEL_ID: ids.IdKind[ParcelId] = ids.IdKind("pcl")


class LabelState(StrEnum):
    """Where its number comes from: from the supplier's own hand, or from the carrier, who was asked, has answered or will not."""

    WRITTEN = "written"
    DUE = "due"
    MADE = "made"
    FAILED = "failed"


class Status(StrEnum):
    """In the order of a usual way; all but the first are what carriers say (`gateways.carrier.ScanStatus`)."""

    WAITING = "waiting"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    PROBLEM = "problem"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"


STATUSES = tuple(Status)
RANK = {status: rank for rank, status in enumerate(Status)}
OVER = (Status.DELIVERED, Status.RETURNED)
ASKED_EVERY = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=40)
"""So long a carrier is asked what became of a parcel; letters are believed after that, too."""


def status_of(scans: Iterable[tuple[Instant, str]]) -> tuple[Status, Instant] | None:
    """Where it is by its scans as (when, status), and since when; None without any.

    The latest one counts, of several at one instant the one further along: which came first over the wire does not matter,
    nor how often each was told.
    """
    last = max(((at, RANK[Status(status)]) for at, status in scans), default=None)
    if last is None:
        return None
    return STATUSES[last[1]], last[0]


def next_ask(status: str, made_at: Instant, now: Instant) -> Instant | None:
    """When its carrier is asked about it next; never again once it has arrived, or when nobody knows of it any more."""
    if status in OVER or now - made_at > GIVEN_UP_AFTER:
        return None
    return now + ASKED_EVERY
