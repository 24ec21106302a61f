"""Reads of shipping."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.work import Work
from tuan.trade.shipping import tables

OF_ORDERS_SQL = (
    "SELECT id, order_id, carrier, tracking, label, status, status_at, made_at, why FROM shipping.parcels "
    "WHERE market_id = $1 AND order_id = ANY($2::uuid[]) AND label <> 'failed' ORDER BY id"
)
FAILED_SQL = (
    "SELECT DISTINCT ON (order_id) order_id, carrier, why FROM shipping.parcels WHERE market_id = $1 "
    "AND order_id = ANY($2::uuid[]) AND label = 'failed' ORDER BY order_id, id DESC"
)
SCANS_SQL = (
    "SELECT parcel_id, number, status, at, place, words FROM shipping.scans WHERE market_id = $1 "
    "AND parcel_id = ANY($2::uuid[]) ORDER BY at DESC, number DESC"
)
PARCEL_SQL = (
    "SELECT id, order_id, supplier_id, carrier, tracking, label, status, status_at, made_at, why FROM shipping.parcels "
    "WHERE market_id = $1 AND id = $2"
)

STATUS_SQL = invariant(
    "I71",
    "where a parcel is, is what its carrier said last of it, and it is of its order's supplier",
    "SELECT 'parcel ' || p.id FROM shipping.parcels p JOIN orders.orders o ON o.market_id = p.market_id AND o.id = p.order_id "
    "LEFT JOIN (SELECT parcel_id, max(at) AS at FROM shipping.scans WHERE market_id = $1 GROUP BY parcel_id) s "
    "ON s.parcel_id = p.id WHERE p.market_id = $1 AND (p.status_at IS DISTINCT FROM s.at OR p.supplier_id <> o.supplier_id "
    "OR p.status <> 'waiting' AND NOT EXISTS (SELECT FROM shipping.scans x WHERE x.market_id = $1 AND x.parcel_id = p.id "
    "AND x.at = s.at AND x.status = p.status))",
)
SENT_SQL = invariant(
    "I71a",
    "an order that a carrier carries has left its supplier, and says the same number",
    "SELECT 'parcel ' || p.id FROM shipping.parcels p JOIN orders.orders o ON o.market_id = p.market_id AND o.id = p.order_id "
    "WHERE p.market_id = $1 AND p.label IN ('written', 'made') AND (o.shipped_at IS NOT NULL AND p.label = 'written' "
    "AND o.tracking IS DISTINCT FROM p.tracking OR p.status NOT IN ('waiting') AND o.state = 'to_ship')",
)


async def of_orders(work: Work, orders: Collection[UUID]) -> dict[UUID, Any]:
    """The parcel of each of these orders that has one: id, carrier, tracking, label, status, status_at, made_at."""
    return {row["order_id"]: row for row in await work.fetch(OF_ORDERS_SQL, list(orders))}


async def refused_of(work: Work, orders: Collection[UUID]) -> dict[UUID, Any]:
    """By order: carrier and why of the last label that its carrier would not make."""
    return {row["order_id"]: row for row in await work.fetch(FAILED_SQL, list(orders))}


async def scans_of(work: Work, parcels: Collection[UUID]) -> dict[UUID, list[Any]]:
    """What the carriers said of these parcels, the latest first: number, status, at, place, words."""
    found: dict[UUID, list[Any]] = {parcel: [] for parcel in parcels}
    for row in await work.fetch(SCANS_SQL, list(parcels)):
        found[row["parcel_id"]].append(row)
    return found


async def access_parcel(work: Work, parcel: UUID, supplier: UUID) -> Any:
    """The supplier's own parcel; raises Refused(NotFound)."""
    row = await work.fetch_one(PARCEL_SQL, parcel)
    if row is None or row["supplier_id"] != supplier:
        raise Refused(NotFound())
    return row


async def of_supplier(work: Work, supplier: UUID, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """A supplier's parcels, newest first: id, order_id, carrier, tracking, label, status, status_at, made_at, why."""
    p = tables.parcels
    query = (
        sa.select(
            p.c.id, p.c.order_id, p.c.carrier, p.c.tracking, p.c.label, p.c.status, p.c.status_at, p.c.made_at, p.c.why
        )
        .where(p.c.market_id == work.market.id, p.c.supplier_id == supplier)
        .order_by(p.c.id.desc())
        .limit(size + 1)
    )
    if key := decode_key(after, tuple[UUID]):
        query = query.where(p.c.id < key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))
