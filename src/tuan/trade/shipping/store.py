"""All SQL that writes parcels."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.shipping import tables

ANNOUNCE_SQL = (
    "INSERT INTO shipping.parcels (market_id, id, order_id, supplier_id, carrier, label, made_at, notify_url, next_attempt_at, "
    "trace) VALUES ($1, $2, $3, $4, $5, 'due', $6, $7, $6, $8) ON CONFLICT DO NOTHING"
)
INSERT_WRITTEN = bulk.insert(
    tables.parcels, "id", "order_id", "supplier_id", "carrier", "tracking", "label", "made_at", "next_attempt_at",
    on_conflict="ON CONFLICT DO NOTHING",
)  # fmt: skip
LOCK_PARCELS_SQL = (
    "SELECT id, order_id, supplier_id, carrier, tracking, label, status, status_at, made_at FROM shipping.parcels "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
NUMBERED_SQL = "SELECT id, carrier, tracking FROM shipping.parcels WHERE market_id = $1 AND tracking = ANY($2::text[]) AND tracking <> ''"
LABELLED_SQL = (
    "UPDATE shipping.parcels AS p SET label = CASE WHEN u.tracking <> '' THEN 'made' ELSE 'failed' END, tracking = u.tracking, "
    "why = u.why, tries = 0, next_attempt_at = CASE WHEN u.tracking <> '' THEN $5::timestamptz END "
    "FROM unnest($2::uuid[], $3::text[], $4::text[]) AS u(id, tracking, why) "
    "WHERE p.market_id = $1 AND p.id = u.id AND p.label = 'due'"
)
CLAIM_LABELS_SQL = (
    "WITH due AS (SELECT p.id FROM shipping.parcels p WHERE p.market_id = $1 AND p.label = 'due' AND p.next_attempt_at <= $2 "
    "ORDER BY p.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) UPDATE shipping.parcels AS p SET tries = p.tries + 1, "
    "next_attempt_at = $2::timestamptz + interval '15 seconds' * (1 << least(p.tries, 8)) FROM due "
    "WHERE p.market_id = $1 AND p.id = due.id RETURNING p.id, p.order_id, p.carrier, p.notify_url, p.trace"
)
CLAIM_QUESTIONS_SQL = (
    "WITH due AS (SELECT p.id FROM shipping.parcels p WHERE p.market_id = $1 AND p.label IN ('written', 'made') "
    "AND p.next_attempt_at <= $2 ORDER BY p.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE shipping.parcels AS p SET tries = p.tries + 1, next_attempt_at = CASE WHEN $2 - p.made_at > $5::interval THEN NULL "
    "ELSE $2::timestamptz + $4::interval END FROM due WHERE p.market_id = $1 AND p.id = due.id "
    "RETURNING p.id, p.carrier, p.tracking, p.trace"
)
INSERT_SCANS = bulk.insert(
    tables.scans, "parcel_id", "number", "status", "at", "place", "words", "heard_at",
    on_conflict="ON CONFLICT DO NOTHING",
)  # fmt: skip
SCANS_SQL = "SELECT parcel_id, at, status FROM shipping.scans WHERE market_id = $1 AND parcel_id = ANY($2::uuid[]) ORDER BY parcel_id"
SAVE_STATUS = bulk.update(tables.parcels, key=["id"], columns=["status", "status_at", "next_attempt_at"])
SHIPPED_SQL = (
    "SELECT o.id, o.supplier_id, o.carrier, o.tracking, o.shipped_at FROM orders.orders o WHERE o.market_id = $1 "
    "AND o.id = ANY($2::uuid[]) AND o.tracking <> '' AND NOT EXISTS (SELECT FROM shipping.parcels p "
    "WHERE p.market_id = o.market_id AND p.order_id = o.id AND p.label <> 'failed') ORDER BY o.id"
)


@dataclass(slots=True)
class WrittenParcel:
    id: UUID
    order_id: UUID
    supplier_id: UUID
    carrier: str
    tracking: str
    made_at: Instant
    next_attempt_at: Instant | None
    label: str = "written"


@dataclass(slots=True)
class ScanRow:
    parcel_id: UUID
    number: str
    status: str
    at: Instant
    place: str
    words: str
    heard_at: Instant


@dataclass(slots=True)
class StatusRow:
    id: UUID
    status: str
    status_at: Instant | None
    next_attempt_at: Instant | None


async def lock_parcels(work: Work, parcels: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of id, order_id, supplier_id, carrier, tracking, label, status, status_at, made_at, by id."""
    return {row["id"]: row for row in await work.lock("parcels", LOCK_PARCELS_SQL, list(set(parcels)))}


async def add_written(work: Work, rows: Collection[WrittenParcel]) -> None:
    """An order that has a parcel already keeps it."""
    if rows:
        await work.execute(INSERT_WRITTEN.sql, *INSERT_WRITTEN.arrays(list(rows)))


async def add_scans(work: Work, rows: Collection[ScanRow]) -> None:
    """What was told before is told once."""
    if rows:
        await work.execute(INSERT_SCANS.sql, *INSERT_SCANS.arrays(list(rows)))
