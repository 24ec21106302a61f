"""Members of staff, their roles, their office sessions and their saved views."""

from tuan.people.accounts.tables import persons
from tuan.people.staff.model import MEMBER
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    BYTES,
    INSTANT,
    JSONB,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
)

members = market_table(
    "staff",
    "members",
    column("person_id", UUID),
    column("state", TEXT),
    column("password_hash", TEXT),
    column("has_first_password", BOOL),
    column("code_salt", BYTES),
    column("code_step", BIGINT, default="0"),
    column("admitted_at", INSTANT),
    one_of("state", tuple(MEMBER.moves)),
    check("password_is_argon2id", "left(password_hash, 10) = '$argon2id$'"),
    references(persons, "person_id"),
    key=("person_id",),
)

roles = market_table(
    "staff",
    "roles",
    column("name", TEXT),
    column("permissions", JSONB),
    column("changed_at", INSTANT),
    check("permissions_are_a_list", "jsonb_typeof(permissions) = 'array'"),
    key=("name",),
)

given = market_table(
    "staff",
    "given",
    column("person_id", UUID),
    column("role", TEXT),
    references(members, "person_id", to=("person_id",)),
    references(roles, "role", to=("name",)),
    key=("person_id", "role"),
)

sessions = market_table(
    "staff",
    "sessions",
    column("token_hash", BYTES),
    column("person_id", UUID),
    column("seen_at", INSTANT),
    column("ends_at", INSTANT),
    column("confirmed_at", INSTANT),
    index("sessions_person_idx", "person_id"),
    index("sessions_ends_at_idx", "ends_at"),
    references(members, "person_id", to=("person_id",)),
    key=("token_hash",),
)

views = market_table(
    "staff",
    "views",
    column("person_id", UUID),
    column("place", TEXT),
    column("name", TEXT),
    column("query", TEXT),
    column("kept_at", INSTANT),
    references(members, "person_id", to=("person_id",)),
    key=("person_id", "place", "name"),
)
