"""All SQL that writes compliance."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.people.compliance import tables
from tuan.platform import bulk

INSERT_SIGN_OFFS = bulk.insert(
    tables.sign_offs, "id", "profile", "rule", "fingerprint", "document", "document_hash", "from_at", "until", "state",
    "asked_by", "asked_role", "asked_at",
)  # fmt: skip
MOVE_SIGN_OFFS = bulk.move(
    tables.sign_offs, key=("id",), columns=("given_by", "given_role", "given_at", "revoked_by", "revoked_at")
)
INSERT_CONSENTS = bulk.insert(
    tables.consents, "id", "person_id", "purpose", "about_id", "is_given", "version", "language", "place", "at", "shows"
)
INSERT_REPORTS = bulk.insert(tables.reports, "id", "from_day", "until_day", "made_by", "made_at", "sha256", "archive")
KEEP_CHAINS = bulk.insert(
    tables.metrics, "day", "profile", "shops", "longest", "widest", "has_both", "chains_at",
    on_conflict="ON CONFLICT (market_id, day) DO UPDATE SET profile = excluded.profile, shops = excluded.shops, "
    "longest = excluded.longest, widest = excluded.widest, has_both = excluded.has_both, chains_at = excluded.chains_at",
)  # fmt: skip
KEEP_PAY = bulk.insert(
    tables.metrics, "day", "profile", "pay_minor", "retail_minor", "recruits_minor", "unlawful_plans", "pay_at",
    on_conflict="ON CONFLICT (market_id, day) DO UPDATE SET profile = excluded.profile, pay_minor = excluded.pay_minor, "
    "retail_minor = excluded.retail_minor, recruits_minor = excluded.recruits_minor, "
    "unlawful_plans = excluded.unlawful_plans, pay_at = excluded.pay_at",
)  # fmt: skip

BEGIN_ALARMS = bulk.insert(
    tables.alarms,
    "id",
    "alarm",
    "article",
    "from_day",
    "began_at",
    on_conflict="ON CONFLICT DO NOTHING RETURNING alarm, article",
)
END_ALARMS_SQL = "UPDATE compliance.alarms SET ended_at = $3 WHERE market_id = $1 AND alarm = ANY($2::text[]) AND ended_at IS NULL RETURNING alarm"

CHOOSE_PROFILE_SQL = (
    "INSERT INTO compliance.profiles AS p (market_id, code, chosen_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (market_id) DO UPDATE SET code = $2, chosen_at = $3"
)
LOCK_SIGN_OFF_SQL = (
    "SELECT id, profile, rule, fingerprint, document, document_hash, from_at, until, state, asked_by, asked_role, given_by, "
    "given_role, given_at, revoked_by FROM compliance.sign_offs WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
LOCK_PERSON_SQL = "SELECT p.id FROM accounts.persons p WHERE p.market_id = $1 AND p.id = $2 FOR NO KEY UPDATE"
"""A person's row stands for what he has agreed to, which may be nothing yet."""


@dataclass(slots=True)
class AlarmRow:
    id: UUID
    alarm: str
    article: str
    from_day: date
    began_at: Any


@dataclass(slots=True)
class SignOffRow:
    id: UUID
    profile: str
    rule: str
    fingerprint: str
    document: str
    document_hash: str
    from_at: Any
    until: Any
    state: str
    asked_by: UUID
    asked_role: str
    asked_at: Any


@dataclass(slots=True)
class SignOffMove:
    id: UUID
    before: str
    state: str
    given_by: UUID | None
    given_role: str
    given_at: Any
    revoked_by: UUID | None
    revoked_at: Any


@dataclass(slots=True)
class ConsentRow:
    id: UUID
    person_id: UUID
    purpose: str
    about_id: UUID
    is_given: bool
    version: str
    language: str
    place: str
    at: Any
    shows: list[str]


@dataclass(slots=True)
class ChainsRow:
    day: date
    profile: str
    shops: int
    longest: int
    widest: int
    has_both: bool
    chains_at: Any


@dataclass(slots=True)
class PayRow:
    day: date
    profile: str
    pay_minor: int
    retail_minor: int
    recruits_minor: int
    unlawful_plans: int
    pay_at: Any


@dataclass(slots=True)
class ReportRow:
    id: UUID
    from_day: date
    until_day: date
    made_by: UUID
    made_at: Any
    sha256: str
    archive: bytes
