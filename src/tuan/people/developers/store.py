"""All SQL that writes keys, endpoints, the feed and deliveries."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.people.developers import tables
from tuan.platform import bulk

INSERT_KEYS = bulk.insert(tables.keys, "id", "owner_id", "name", "hash", "scopes", "made_at", "expires_at")
INSERT_ENDPOINTS = bulk.insert(tables.endpoints, "id", "url", "kinds", "made_at")
INSERT_EVENTS = bulk.insert(tables.events, "position", "fact_id")
INSERT_DELIVERIES = bulk.insert(tables.deliveries, "id", "endpoint_id", "fact_id", "next_attempt_at", "made_at")
INSERT_TRIES = bulk.insert(tables.tries, "id", "delivery_id", "at", "answer", "milliseconds")
END_DELIVERIES = bulk.move(tables.deliveries, key=["id"], columns=["next_attempt_at"])

REVOKE_KEY_SQL = (
    "UPDATE developers.keys SET revoked_at = $3 WHERE market_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING name"
)
FORGET_KEYS_SQL = (
    "UPDATE developers.keys SET name = '', revoked_at = coalesce(revoked_at, $3) WHERE market_id = $1 AND owner_id = $2"
)
TOUCH_KEY_SQL = (
    "UPDATE developers.keys SET used_at = $3 WHERE market_id = $1 AND id = $2 "
    "AND (used_at IS NULL OR used_at < $3::timestamptz - interval '1 minute')"
)
LOCK_MARKET_SQL = "SELECT id FROM platform.markets WHERE id = $1 FOR NO KEY UPDATE"
"""Endpoints are counted by one at a time: a lock on those that are there would not see the one being added."""
COUNT_ENDPOINTS_SQL = "SELECT count(*) FROM developers.endpoints WHERE market_id = $1 AND removed_at IS NULL"
WAITING_ENDPOINTS_SQL = (
    "SELECT id, kinds FROM developers.endpoints WHERE market_id = $1 AND removed_at IS NULL ORDER BY id FOR SHARE"
)
"""Shared, so that one that is being removed either has these events parked with the rest or is owed none of them."""
REMOVE_ENDPOINT_SQL = "UPDATE developers.endpoints SET removed_at = $3 WHERE market_id = $1 AND id = $2 AND removed_at IS NULL RETURNING url"
PARK_OF_ENDPOINT_SQL = (
    "UPDATE developers.deliveries SET state = 'parked', next_attempt_at = NULL "
    "WHERE market_id = $1 AND endpoint_id = $2 AND state = 'due'"
)
ROTATE_SQL = (
    "UPDATE developers.endpoints SET secret_version = secret_version + 1, previous_until = $3 "
    "WHERE market_id = $1 AND id = $2 AND removed_at IS NULL RETURNING secret_version"
)
TAKE_POSITIONS_SQL = (
    "INSERT INTO developers.feeds AS f (market_id, position) VALUES ($1, $2) "
    "ON CONFLICT (market_id) DO UPDATE SET position = f.position + $2 RETURNING f.position"
)
"""Locks the market's one row of the feed until this transaction ends, so that positions become visible in their order."""
FACTS_SQL = "SELECT id, name FROM outbox.facts WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id"
CLAIM_SQL = (
    "UPDATE developers.deliveries AS d SET tries = d.tries + 1, next_attempt_at = $2::timestamptz + interval '1 second' * "
    "($4::int[])[least(d.tries + 1, cardinality($4::int[]))] WHERE d.market_id = $1 AND d.id = ANY(ARRAY("
    "SELECT q.id FROM developers.deliveries q WHERE q.market_id = $1 AND q.state = 'due' AND q.next_attempt_at <= $2 "
    "ORDER BY q.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)) RETURNING d.id, d.tries"
)
"""A claim that nobody comes back from falls due again by itself."""
CLAIMED_SQL = (
    "SELECT d.id, d.endpoint_id, d.fact_id, d.tries, e.url, e.secret_version, e.previous_until, f.name, "
    "f.body::text AS body, f.told_at, f.trace FROM developers.deliveries d "
    "JOIN developers.endpoints e ON e.market_id = d.market_id AND e.id = d.endpoint_id "
    "JOIN outbox.facts f ON f.market_id = d.market_id AND f.id = d.fact_id "
    "WHERE d.market_id = $1 AND d.id = ANY($2::uuid[])"
)
LOCK_DUE_SQL = (
    "SELECT id, tries FROM developers.deliveries WHERE market_id = $1 AND id = ANY($2::uuid[]) AND state = 'due' "
    "ORDER BY id FOR UPDATE"
)
OLD_DELIVERIES_SQL = (
    "SELECT id FROM developers.deliveries WHERE market_id = $1 AND state <> 'due' AND made_at < $2 ORDER BY id LIMIT $3 "
    "FOR UPDATE SKIP LOCKED"
)
FORGET_TRIES_SQL = "DELETE FROM developers.tries WHERE market_id = $1 AND delivery_id = ANY($2::uuid[])"
FORGET_DELIVERIES_SQL = "DELETE FROM developers.deliveries WHERE market_id = $1 AND id = ANY($2::uuid[])"
SEND_AGAIN_SQL = (
    "UPDATE developers.deliveries AS d SET state = 'due', tries = 0, next_attempt_at = $3 WHERE d.market_id = $1 "
    "AND d.id = $2 AND d.state <> 'due' AND EXISTS (SELECT FROM developers.endpoints e WHERE e.market_id = $1 "
    "AND e.id = d.endpoint_id AND e.removed_at IS NULL)"
)


@dataclass(slots=True)
class KeyRow:
    id: UUID
    owner_id: UUID
    name: str
    hash: bytes
    scopes: list[str]
    made_at: Any
    expires_at: Any


@dataclass(slots=True)
class EndpointRow:
    id: UUID
    url: str
    kinds: list[str]
    made_at: Any


@dataclass(slots=True)
class EventRow:
    position: int
    fact_id: UUID


@dataclass(slots=True)
class DeliveryRow:
    id: UUID
    endpoint_id: UUID
    fact_id: UUID
    next_attempt_at: Any
    made_at: Any


@dataclass(slots=True)
class EndRow:
    id: UUID
    before: str
    state: str
    next_attempt_at: Any = None


@dataclass(slots=True)
class TryRow:
    id: UUID
    delivery_id: UUID
    at: Any
    answer: str
    milliseconds: int
