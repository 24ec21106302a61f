"""Reads of presales: the only ways in for a face."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.play.presale import store, tables
from tuan.play.presale.model import Booking, Offer

NEWEST = Wanted()

RUNNING_SQL = (
    "SELECT id, product_id FROM presale.offers WHERE market_id = $1 AND state = 'running' AND starts_at <= $3 AND ends_at > $3 "
    "AND product_id = ANY($2::uuid[])"
)
COUNTS_SQL = (
    "SELECT b.offer_id, count(*) FILTER (WHERE o.state = 'deposited') AS waiting, count(*) FILTER (WHERE o.state "
    "NOT IN ('placed', 'deposited', 'closed', 'forfeited', 'cancelled')) AS bought, count(*) FILTER (WHERE o.state = 'forfeited') "
    "AS forfeited FROM presale.bookings b JOIN orders.orders o ON o.market_id = b.market_id AND o.id = b.order_id "
    "WHERE b.market_id = $1 AND b.offer_id = ANY($2::uuid[]) GROUP BY b.offer_id"
)
OWED_SQL = (
    "SELECT b.order_id, b.person_id, b.owed_minor, b.owed_at, o.currency FROM presale.bookings b JOIN orders.orders o "
    "ON o.market_id = b.market_id AND o.id = b.order_id WHERE b.market_id = $1 AND b.owed_minor > 0 "
    "AND b.owed_done_at IS NULL ORDER BY b.owed_at, b.order_id LIMIT $2"
)
OWED_SHOWN_MAX = 200
HISTORY_SQL = (
    "SELECT order_id, kind, deposit_minor, balance_minor, kept_minor, balance_from, balance_until, ships_by, owed_minor, "
    "owed_at, owed_done_at FROM presale.bookings WHERE market_id = $1 AND person_id = $2 ORDER BY order_id"
)

AGREED_SQL = invariant(
    "I52a",
    "an order placed in a presale is worth what was agreed: deposit and balance; of a forfeited one exactly the earnest money is kept",
    "SELECT 'order ' || coalesce(b.order_id, o.id) FROM (SELECT * FROM presale.bookings WHERE market_id = $1) b FULL JOIN "
    "(SELECT * FROM orders.orders WHERE market_id = $1 AND balance_id IS NOT NULL) o ON o.id = b.order_id "
    "WHERE b.order_id IS NULL OR o.id IS NULL OR o.person_id <> b.person_id "
    "OR o.total_minor + o.later_minor <> b.deposit_minor + b.balance_minor "
    "OR o.later_minor NOT IN (0, b.balance_minor) "
    "OR o.state = 'forfeited' AND (o.total_minor - o.refunded_minor <> b.kept_minor OR b.is_open) "
    "OR o.state = 'deposited' AND NOT b.is_open",
)
OWED_BOOKED_SQL = invariant(
    "I52b",
    "what is owed to buyers beside their money is exactly what suppliers were charged with and nobody has paid out",
    "SELECT 'buyers are owed ' || coalesce(b.owed, 0) || ', booked ' || coalesce(a.balance, 0) FROM "
    "(SELECT sum(owed_minor) AS owed FROM presale.bookings WHERE market_id = $1 AND owed_done_at IS NULL) b "
    "CROSS JOIN (SELECT sum(balance) AS balance FROM ledger.accounts WHERE market_id = $1 AND code = 'buyers:compensation') a "
    "WHERE coalesce(b.owed, 0) <> coalesce(a.balance, 0)",
)
LATE_SQL = invariant(
    "I52c",
    "no balance is waited for more than ten minutes past its time, unless a payment of it is under way",
    "SELECT 'order ' || b.order_id FROM presale.bookings b JOIN platform.markets m ON m.id = b.market_id "
    "JOIN orders.orders o ON o.market_id = b.market_id AND o.id = b.order_id WHERE b.market_id = $1 AND o.state = 'deposited' "
    "AND b.balance_until < clock_timestamp() + m.clock_offset - interval '10 minutes' AND NOT EXISTS (SELECT FROM "
    "payments.attempts a WHERE a.market_id = o.market_id AND a.payable_id = o.balance_id AND a.state = 'pending')",
)
ASKED_SQL = invariant(
    "I52d",
    "nobody loses earnest money for a balance that he had no time to pay, because his deposit was heard of too late",
    "SELECT 'order ' || b.order_id FROM presale.bookings b JOIN orders.orders o ON o.market_id = b.market_id "
    "AND o.id = b.order_id JOIN payments.captures c ON c.market_id = o.market_id AND c.payable_id = o.payable_id "
    "AND c.applied_minor > 0 WHERE b.market_id = $1 AND o.state = 'forfeited' GROUP BY b.order_id, b.balance_until "
    "HAVING min(c.received_at) > b.balance_until - interval '15 minutes'",
)


async def offers_of(work: Work, products: Collection[UUID]) -> dict[UUID, Offer]:
    """The presale that takes deposits for each of these products now, by product."""
    rows = await work.fetch(RUNNING_SQL, list(products), work.now)
    found = await store.load_offers(work, [row["id"] for row in rows]) if rows else {}
    return {offer.product_id: offer for offer in found.values()}


async def access_offer(work: Work, offer: UUID) -> Offer:
    """Raises Refused(NotFound)."""
    found = await store.load_offers(work, [offer])
    if offer not in found:
        raise Refused(NotFound())
    return found[offer]


async def bookings_of(work: Work, orders: Collection[UUID]) -> dict[UUID, Booking]:
    """What was agreed of these orders, where they were placed in a presale."""
    return await store.load_bookings(work, orders)


async def search_offers(work: Work, wanted: Wanted = NEWEST, *, states: Collection[str] = ()) -> Page[Any]:
    """Presales of the market, newest first, with their times."""
    o = tables.offers
    query = sa.select(
        o.c.id, o.c.product_id, o.c.state, o.c.kind, o.c.starts_at, o.c.ends_at, o.c.balance_from, o.c.balance_until, o.c.ships_by,
    ).where(o.c.market_id == work.market.id)  # fmt: skip
    if states:
        query = query.where(o.c.state.in_(states))
    return await list_rows(work, query, wanted, sorts={"newest": o.c.id}, key=o.c.id)


async def counts_of(work: Work, offers: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of waiting, bought, forfeited: how many orders of each of these presales stand so."""
    return {row["offer_id"]: row for row in await work.fetch(COUNTS_SQL, list(offers))}


async def owed(work: Work) -> list[Any]:
    """Rows of order_id, person_id, owed_minor, owed_at, currency: who is owed something beside his money, longest first."""
    return await work.fetch(OWED_SQL, OWED_SHOWN_MAX)


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: the terms of his presales."""
    return [dict(row) for row in await work.fetch(HISTORY_SQL, person)]
