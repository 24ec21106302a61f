"""All SQL that writes sharing."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.people.sharing import tables
from tuan.platform import bulk

INSERT_LINKS = bulk.insert(
    tables.links, "code", "kind", "object_id", "sharer_id", "shop_id", "channel", "campaign", "made_at", "expires_at",
    on_conflict="ON CONFLICT DO NOTHING",
)  # fmt: skip
INSERT_VISITORS = bulk.insert(
    tables.visitors, "day", "code", "visitor", on_conflict="ON CONFLICT DO NOTHING RETURNING code, day"
)
ADD_VISITS = bulk.insert(
    tables.visits, "code", "day", "visits", "visitors", "bots",
    on_conflict="ON CONFLICT (market_id, code, day) DO UPDATE SET visits = visits.visits + excluded.visits, "
    "visitors = visits.visitors + excluded.visitors, bots = visits.bots + excluded.bots",
)  # fmt: skip
INSERT_CHANGES = bulk.insert(tables.changes, "id", "person_id", "from_shop_id", "to_shop_id", "why", "code", "at")
KEEP_BINDINGS = bulk.insert(
    tables.bindings, "person_id", "shop_id", "since", "protected_until", "until",
    on_conflict="ON CONFLICT (market_id, person_id) DO UPDATE SET shop_id = excluded.shop_id, "
    "since = excluded.since, protected_until = excluded.protected_until, until = excluded.until",
)  # fmt: skip
FOLLOW = bulk.insert(tables.follows, "person_id", "shop_id", "since", on_conflict="ON CONFLICT DO NOTHING")

KEPT_LINK_SQL = (
    "SELECT code FROM sharing.links WHERE market_id = $1 AND sharer_id = $2 AND kind = $3 AND object_id = $4 "
    "AND channel = $5 AND campaign = $6 AND revoked_at IS NULL AND expires_at IS NULL"
)
KEPT_ENDING_LINK_SQL = (
    "SELECT code FROM sharing.links WHERE market_id = $1 AND sharer_id = $2 AND kind = $3 AND object_id = $4 "
    "AND channel = $5 AND campaign = $6 AND revoked_at IS NULL AND expires_at = $7"
)
"""Two texts, since each finds its link by an index of its own."""
GIVE_LINKS_SQL = (
    "UPDATE sharing.links SET shop_id = $3 WHERE market_id = $1 AND sharer_id = $2 AND shop_id IS NULL AND revoked_at IS NULL "
    "AND (expires_at IS NULL OR expires_at > $4) RETURNING code"
)
NEW_SHOPS_SQL = (
    "SELECT s.id, s.owner_id FROM parties.shops s JOIN accounts.persons p ON p.market_id = s.market_id "
    "AND p.id = s.owner_id WHERE s.market_id = $1 AND p.erased_at IS NULL AND NOT EXISTS (SELECT FROM sharing.links l "
    "WHERE l.market_id = $1 AND l.sharer_id = s.owner_id AND l.kind = 'shop' AND l.object_id = s.id AND l.channel = 'page') "
    "ORDER BY s.id LIMIT $2"
)
SHOP_OF_SQL = "SELECT id FROM parties.shops WHERE market_id = $1 AND owner_id = $2 ORDER BY id LIMIT 1"
REVOKE_SQL = (
    "UPDATE sharing.links SET revoked_at = $3 WHERE market_id = $1 AND code = ANY($2::text[]) AND revoked_at IS NULL "
    "AND ($4::uuid IS NULL OR sharer_id = $4) RETURNING code"
)
KNOWN_CODES_SQL = "SELECT code FROM sharing.links WHERE market_id = $1 AND code = ANY($2::text[])"
LOCK_PERSON_SQL = (
    "SELECT p.id, p.created_at FROM accounts.persons p WHERE p.market_id = $1 AND p.id = $2 FOR NO KEY UPDATE"
)
"""A person's row stands for his binding, which may not be there yet."""
LOCK_RUN_OUT_SQL = (
    "SELECT p.id FROM sharing.bindings b JOIN accounts.persons p ON p.market_id = b.market_id AND p.id = b.person_id "
    "WHERE b.market_id = $1 AND b.until <= $2 ORDER BY p.id LIMIT $3 FOR NO KEY UPDATE OF p"
)
END_BINDING_SQL = "DELETE FROM sharing.bindings WHERE market_id = $1 AND person_id = $2"
SET_RULE_SQL = (
    "INSERT INTO sharing.rules AS r (market_id, rule, valid_days, protected_days, set_at) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (market_id) DO UPDATE SET rule = $2, valid_days = $3, protected_days = $4, set_at = $5"
)
UNFOLLOW_SQL = (
    "DELETE FROM sharing.follows WHERE market_id = $1 AND person_id = $2 AND ($3::uuid IS NULL OR shop_id = $3)"
)
FORGET_VISITORS_SQL = (
    "DELETE FROM sharing.visitors WHERE market_id = $1 AND (day, code, visitor) = ANY(ARRAY(SELECT (v.day, v.code, "
    "v.visitor) FROM sharing.visitors v WHERE v.market_id = $1 AND v.day < $2 LIMIT $3))"
)
FORGET_LINKS_SQL = "UPDATE sharing.links SET sharer_id = NULL, is_forgotten = true, revoked_at = coalesce(revoked_at, $3) WHERE market_id = $1 AND sharer_id = $2"


@dataclass(slots=True)
class LinkRow:
    code: str
    kind: str
    object_id: UUID
    sharer_id: UUID | None
    shop_id: UUID | None
    channel: str
    campaign: str
    made_at: Any
    expires_at: Any


@dataclass(slots=True)
class VisitorRow:
    day: date
    code: str
    visitor: bytes


@dataclass(slots=True)
class VisitRow:
    code: str
    day: date
    visits: int
    visitors: int
    bots: int


@dataclass(slots=True)
class ChangeRow:
    id: UUID
    person_id: UUID
    from_shop_id: UUID | None
    to_shop_id: UUID | None
    why: str
    code: str | None
    at: Any


@dataclass(slots=True)
class FollowRow:
    person_id: UUID
    shop_id: UUID
    since: Any
