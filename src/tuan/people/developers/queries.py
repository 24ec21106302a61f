"""Reads of developers: who calls, what has happened, what was posted."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.people.developers import tables
from tuan.people.developers.model import Caller, hash_of
from tuan.platform.invariants import invariant
from tuan.platform.work import Work

KEY_SQL = (
    "SELECT k.id, k.owner_id, k.scopes FROM developers.keys k JOIN accounts.persons p ON p.market_id = k.market_id "
    "AND p.id = k.owner_id WHERE k.market_id = $1 AND k.hash = $2 AND k.revoked_at IS NULL "
    "AND (k.expires_at IS NULL OR k.expires_at > $3) AND p.blocked_at IS NULL AND p.erased_at IS NULL"
)
KEYS_SQL = (
    "SELECT id, owner_id, name, scopes, made_at, expires_at, revoked_at, used_at FROM developers.keys "
    "WHERE market_id = $1 ORDER BY id DESC LIMIT 200"
)
KEYS_OF_SQL = (
    "SELECT id, name, scopes, made_at, expires_at, revoked_at, used_at FROM developers.keys "
    "WHERE market_id = $1 AND owner_id = $2 ORDER BY id"
)
ENDPOINTS_SQL = (
    "SELECT id, url, kinds, secret_version, previous_until, made_at FROM developers.endpoints "
    "WHERE market_id = $1 AND removed_at IS NULL ORDER BY id"
)
ENDPOINT_SQL = (
    "SELECT id, url, kinds, secret_version, previous_until, made_at FROM developers.endpoints "
    "WHERE market_id = $1 AND id = $2 AND removed_at IS NULL"
)
ENDPOINT_OF_SQL = "SELECT endpoint_id FROM developers.deliveries WHERE market_id = $1 AND id = $2"
EVENTS_SQL = (
    "SELECT e.position, f.id, f.name, f.body::text AS body, f.told_at FROM developers.events e "
    "JOIN outbox.facts f ON f.market_id = e.market_id AND f.id = e.fact_id "
    "WHERE e.market_id = $1 AND e.position > $2 ORDER BY e.position LIMIT $3"
)
TRIES_SQL = (
    "SELECT delivery_id, at, answer, milliseconds FROM developers.tries "
    "WHERE market_id = $1 AND delivery_id = ANY($2::uuid[]) ORDER BY id"
)

FEED_SQL = invariant(
    "I24",
    "the positions of the feed are one to its last without a gap",
    "SELECT 'feed at ' || f.position FROM developers.feeds f LEFT JOIN (SELECT count(*) AS events, "
    "coalesce(max(position), 0) AS last FROM developers.events WHERE market_id = $1) e ON true "
    "WHERE f.market_id = $1 AND (f.position <> e.events OR f.position <> e.last)",
)


async def caller_of(work: Work, text: str) -> Caller | None:
    """Whose key this is; None for one that is unknown in this market, revoked, expired, or of a person who is
    blocked or erased."""
    row = await work.fetch_one(KEY_SQL, hash_of(text), work.now)
    return None if row is None else Caller(row["id"], row["owner_id"], frozenset(row["scopes"]))


async def list_keys(work: Work) -> list[Any]:
    """The newest two hundred keys with their use, never with their text."""
    return await work.fetch(KEYS_SQL)


async def keys_of(work: Work, person: UUID) -> list[Any]:
    """Every key that acts or acted as this person."""
    return await work.fetch(KEYS_OF_SQL, person)


async def list_endpoints(work: Work) -> list[Any]:
    """Where events are posted to now, the oldest first."""
    return await work.fetch(ENDPOINTS_SQL)


async def access_endpoint(work: Work, endpoint: UUID) -> Any:
    """One of the market's endpoints; raises Refused(NotFound)."""
    row = await work.fetch_one(ENDPOINT_SQL, endpoint)
    if row is None:
        raise Refused(NotFound())
    return row


async def events_after(work: Work, position: int, *, size: int) -> list[Any]:
    """Events behind this position in the order of the feed: rows of position, id, name, body, told_at."""
    return await work.fetch(EVENTS_SQL, position, size)


async def deliveries_of(work: Work, endpoint: UUID, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """What was and is owed to an endpoint, the newest first."""
    d, f = (
        tables.deliveries,
        sa.table("facts", sa.column("market_id"), sa.column("id"), sa.column("name"), schema="outbox"),
    )
    query = (
        sa.select(d.c.id, d.c.fact_id, d.c.state, d.c.tries, d.c.next_attempt_at, d.c.made_at, f.c.name)
        .join(f, sa.and_(f.c.market_id == d.c.market_id, f.c.id == d.c.fact_id))
        .where(d.c.market_id == work.market.id, d.c.endpoint_id == endpoint)
        .order_by(d.c.id.desc())
        .limit(size + 1)
    )
    if key := decode_key(after, tuple[UUID]):
        query = query.where(d.c.id < key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))


async def endpoint_of(work: Work, delivery: UUID) -> UUID | None:
    """The endpoint to which a delivery is owed."""
    found: UUID | None = await work.fetch_value(ENDPOINT_OF_SQL, delivery)
    return found


async def tries_of(work: Work, deliveries: Collection[UUID]) -> dict[UUID, list[Any]]:
    """The log by delivery: rows of at, answer, milliseconds, the first try first."""
    found: dict[UUID, list[Any]] = {delivery: [] for delivery in deliveries}
    for row in await work.fetch(TRIES_SQL, list(deliveries)):
        found[row["delivery_id"]].append(row)
    return found
