"""All SQL that writes staff, and the roster with its lock."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.people.staff import tables
from tuan.people.staff.model import MemberState, Roster
from tuan.platform import bulk
from tuan.platform.work import Work

INSERT_MEMBERS = bulk.insert(
    tables.members, "person_id", "state", "password_hash", "has_first_password", "code_salt", "admitted_at"
)
INSERT_ROLES = bulk.insert(
    tables.roles, "name", "permissions", "changed_at",
    on_conflict="ON CONFLICT (market_id, name) DO UPDATE SET permissions = excluded.permissions, "
    "changed_at = excluded.changed_at",
)  # fmt: skip
INSERT_GIVEN = bulk.insert(tables.given, "person_id", "role")
TAKE_ROLE_SQL = "DELETE FROM staff.given WHERE market_id = $1 AND person_id = $2 AND role = $3"
MOVE_MEMBERS = bulk.move(tables.members, key=("person_id",))
RENEW_MEMBER_SQL = (
    "UPDATE staff.members SET password_hash = $3, code_salt = $4, code_step = 0, has_first_password = true "
    "WHERE market_id = $1 AND person_id = $2"
)
SET_PASSWORD_SQL = (
    "UPDATE staff.members SET password_hash = $3, has_first_password = false WHERE market_id = $1 AND person_id = $2"
)

LOCK_MARKET_SQL = "SELECT id FROM platform.markets WHERE id = $1 FOR NO KEY UPDATE"
ROLES_SQL = "SELECT name, permissions FROM staff.roles WHERE market_id = $1 ORDER BY name"
MEMBERS_SQL = "SELECT person_id, state FROM staff.members WHERE market_id = $1 ORDER BY person_id"
GIVEN_SQL = "SELECT person_id, role FROM staff.given WHERE market_id = $1 ORDER BY person_id, role"

SECRETS_SQL = (
    "SELECT m.password_hash, m.code_salt, m.code_step, m.state, p.blocked_at IS NOT NULL AS is_blocked "
    "FROM staff.members m JOIN accounts.persons p ON p.market_id = m.market_id AND p.id = m.person_id "
    "WHERE m.market_id = $1 AND m.person_id = $2"
)
USE_STEP_SQL = (
    "UPDATE staff.members SET code_step = $3 WHERE market_id = $1 AND person_id = $2 AND code_step < $3 "
    "AND state = 'active'"
)

BEGIN_SESSION_SQL = (
    "INSERT INTO staff.sessions (market_id, token_hash, person_id, seen_at, ends_at, confirmed_at) "
    "VALUES ($1, $2, $3, $4, $5, $4)"
)
SESSION_SQL = (
    "SELECT s.person_id, s.seen_at, s.confirmed_at, m.has_first_password, (SELECT coalesce(jsonb_agg(jsonb_build_object("
    "'name', r.name, 'permissions', r.permissions)), '[]') FROM staff.given g JOIN staff.roles r "
    "ON r.market_id = g.market_id AND r.name = g.role WHERE g.market_id = s.market_id AND g.person_id = s.person_id) "
    "AS roles FROM staff.sessions s JOIN staff.members m ON m.market_id = s.market_id AND m.person_id = s.person_id "
    "JOIN accounts.persons p ON p.market_id = s.market_id AND p.id = s.person_id WHERE s.market_id = $1 "
    "AND s.token_hash = $2 AND s.ends_at > $3 AND s.seen_at > $4 AND m.state = 'active' AND p.blocked_at IS NULL"
)
ROLES_OF_SQL = (
    "SELECT r.name, r.permissions FROM staff.members m JOIN accounts.persons p ON p.market_id = m.market_id "
    "AND p.id = m.person_id JOIN staff.given g ON g.market_id = m.market_id AND g.person_id = m.person_id "
    "JOIN staff.roles r ON r.market_id = g.market_id AND r.name = g.role "
    "WHERE m.market_id = $1 AND m.person_id = $2 AND m.state = 'active' AND p.blocked_at IS NULL"
)
CONFIRM_SESSION_SQL = (
    "UPDATE staff.sessions SET confirmed_at = $3, seen_at = $3 WHERE market_id = $1 AND token_hash = $2"
)
SEEN_SQL = "UPDATE staff.sessions SET seen_at = $3 WHERE market_id = $1 AND token_hash = $2"
END_SESSION_SQL = "DELETE FROM staff.sessions WHERE market_id = $1 AND token_hash = $2"
END_SESSIONS_OF_SQL = "DELETE FROM staff.sessions WHERE market_id = $1 AND person_id = $2 AND token_hash <> $3"
FORGET_SESSIONS_SQL = "DELETE FROM staff.sessions WHERE market_id = $1 AND ends_at < $2"

KEEP_VIEW_SQL = (
    "INSERT INTO staff.views (market_id, person_id, place, name, query, kept_at) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (market_id, person_id, place, name) DO UPDATE SET query = $5, kept_at = $6"
)
DROP_VIEW_SQL = "DELETE FROM staff.views WHERE market_id = $1 AND person_id = $2 AND place = $3 AND name = $4"


@dataclass(slots=True)
class MemberRow:
    person_id: UUID
    state: str
    password_hash: str
    has_first_password: bool
    code_salt: bytes
    admitted_at: Any


@dataclass(slots=True)
class RoleRow:
    name: str
    permissions: list[str]
    changed_at: Any


@dataclass(slots=True)
class GivenRow:
    person_id: UUID
    role: str


@dataclass(slots=True)
class MemberMove:
    person_id: UUID
    before: str
    state: str


async def load_roster(work: Work) -> Roster:
    """Everything there is about who may what. It changes rarely: whoever changes it waits for the one before."""
    await work.lock("staff", LOCK_MARKET_SQL)
    roles = {row["name"]: row["permissions"] for row in await work.fetch(ROLES_SQL)}
    members = {row["person_id"]: MemberState(row["state"]) for row in await work.fetch(MEMBERS_SQL)}
    given = [(row["person_id"], row["role"]) for row in await work.fetch(GIVEN_SQL)]
    return Roster(roles, members, given)
