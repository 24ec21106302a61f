"""All SQL that writes membership."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.platform import bulk
from tuan.value.membership import tables

KEEP_MEMBERS = bulk.insert(
    tables.members, "organisation_id", "person_id", "state", "via", "since",
    on_conflict="ON CONFLICT (market_id, organisation_id, person_id) DO UPDATE SET state = excluded.state, "
    "via = excluded.via, since = excluded.since",
)  # fmt: skip
INVITE = bulk.insert(
    tables.members, "organisation_id", "person_id", "state", "via", "since",
    on_conflict="ON CONFLICT (market_id, organisation_id, person_id) DO NOTHING",
)  # fmt: skip
KEEP_WAITING = bulk.insert(
    tables.waiting, "organisation_id", "phone", "since",
    on_conflict="ON CONFLICT (market_id, organisation_id, phone) DO NOTHING",
)  # fmt: skip
INSERT_GRADES = bulk.insert(
    tables.grades, "organisation_id", "least_members", "off_minor", "off_permyriad", "cap_minor", "threshold_minor"
)
INSERT_MONTHS = bulk.insert(
    tables.months, "organisation_id", "month", "members", "least_members", "template_id", "counted_at"
)

MEMBER_SQL = "SELECT state FROM membership.members WHERE market_id = $1 AND organisation_id = $2 AND person_id = $3"
DROP_GRADES_SQL = "DELETE FROM membership.grades WHERE market_id = $1 AND organisation_id = $2"
KEEP_CODE_SQL = (
    "INSERT INTO membership.codes (market_id, organisation_id, code, made_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (market_id, organisation_id) DO UPDATE SET code = $3, made_at = $4"
)
STOP_WAITING_SQL = (
    "DELETE FROM membership.waiting WHERE market_id = $1 AND organisation_id = $2 AND phone = (SELECT phone FROM "
    "accounts.persons WHERE market_id = $1 AND id = $3)"
)
STOP_ALL_WAITING_SQL = (
    "DELETE FROM membership.waiting WHERE market_id = $1 AND phone = (SELECT phone FROM accounts.persons "
    "WHERE market_id = $1 AND id = $2)"
)
FORGET_WAITING_SQL = (
    "DELETE FROM membership.waiting WHERE market_id = $1 AND (organisation_id, phone) IN (SELECT organisation_id, phone "
    "FROM membership.waiting WHERE market_id = $1 AND since < $2 ORDER BY since LIMIT $3)"
)
MARK_GRANTED_SQL = (
    "UPDATE membership.members SET granted_month = $3 WHERE market_id = $1 AND organisation_id = $2 "
    "AND person_id = ANY($4::uuid[])"
)
LEAVE_ALL_SQL = (
    "UPDATE membership.members SET state = 'left' WHERE market_id = $1 AND person_id = $2 AND state <> 'left'"
)


@dataclass(slots=True)
class MemberRow:
    organisation_id: UUID
    person_id: UUID
    state: str
    via: str
    since: Any


@dataclass(slots=True)
class WaitingRow:
    organisation_id: UUID
    phone: str
    since: Any


@dataclass(slots=True)
class GradeRow:
    organisation_id: UUID
    least_members: int
    off_minor: int
    off_permyriad: int
    cap_minor: int | None
    threshold_minor: int


@dataclass(slots=True)
class MonthRow:
    organisation_id: UUID
    month: date
    members: int
    least_members: int | None
    template_id: UUID | None
    counted_at: Any
