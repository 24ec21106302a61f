"""Tables of the platform itself. `markets` and `sessions.market_id = 0` rows are the listed exceptions to the market rule."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from tuan.kit.hosts import HOST_LETTERS_MAX, HOST_NAME
from tuan.platform.schema import (
    BIGINT,
    BYTES,
    INSTANT,
    INT,
    INTERVAL,
    JSONB,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    metadata,
    one_of,
    references,
    unique,
)

MARKET_KINDS = ("live", "test", "replay")


def _point(name: str) -> str:
    """A name as a point on a line: its hash. PostgreSQL has an index of stretches that keeps rows apart, and none of texts."""
    place = f"hashtextextended({name}, 0)::numeric"
    return f"numrange({place}, {place}, '[]')"


markets = sa.Table(
    "markets",
    metadata,
    sa.Column("id", BIGINT, sa.Identity(always=True), primary_key=True),
    column("name", TEXT),
    column("host", TEXT),
    column("kind", TEXT),
    column("currency", TEXT),
    column("time_zone", TEXT),
    column("clock_offset", INTERVAL, default="'0'"),
    column("created_at", INSTANT),
    column("link_host", TEXT, null=True),
    sa.UniqueConstraint("host"),
    sa.UniqueConstraint("link_host"),
    pg.ExcludeConstraint(
        (sa.literal_column(f"nummultirange({_point('host')}, {_point('coalesce(link_host, host)')})"), "&&"),
        name="markets_hosts_apart_excl",
    ),
    check("link_host_named", f"length(link_host) <= {HOST_LETTERS_MAX} AND link_host ~ '^{HOST_NAME}$'"),
    check("link_host_another", "link_host <> host"),
    one_of("kind", MARKET_KINDS),
    check("clock_true_when_live", "kind <> 'live' OR clock_offset = '0'"),
    schema="platform",
    info={"market": False, "append_only": False, "relay": ("id, clock_offset", "true")},
)

idempotency = market_table(
    "platform",
    "idempotency",
    column("actor_id", UUID),
    column("verb", TEXT),
    column("key", TEXT),
    column("input_hash", BYTES),
    column("outcome", JSONB, null=True),
    column("at", INSTANT),
    check("key_short", "length(key) <= 255"),
    key=("actor_id", "verb", "key"),
    fill_percent=50,
)

sessions = market_table(
    "platform",
    "sessions",
    column("token_hash", BYTES),
    column("person_id", UUID, null=True),
    column("data", JSONB),
    column("expires_at", INSTANT),
    index("sessions_expires_at_idx", "expires_at"),
    index("sessions_person_idx", "person_id", where="person_id IS NOT NULL"),
    key=("token_hash",),
)

limits = market_table(
    "platform",
    "limits",
    column("bucket", TEXT),
    column("window_start", INSTANT),
    column("count", INT),
    check("count_positive", "count > 0"),
    key=("bucket", "window_start"),
)

facts = market_table(
    "outbox",
    "facts",
    column("id", UUID),
    column("name", TEXT),
    column("body", JSONB),
    column("trace", TEXT),
    column("told_at", INSTANT),
    key=("id",),
    append_only=True,
)

pending = market_table(
    "outbox",
    "pending",
    column("consumer", TEXT),
    column("fact_id", UUID),
    column("tries", INT, default="0"),
    column("due_at", INSTANT),
    column("parked_at", INSTANT, null=True),
    key=("consumer", "fact_id"),
    relay=("market_id, consumer, fact_id, due_at, parked_at", "parked_at IS NULL"),
)

entries = market_table(
    "audit",
    "entries",
    column("id", UUID),
    column("actor_id", UUID),
    column("action", TEXT),
    column("subject", TEXT),
    column("reason", TEXT),
    column("before", JSONB),
    column("after", JSONB),
    column("at", INSTANT),
    index("entries_subject_idx", "subject", "id"),
    key=("id",),
    append_only=True,
)

unsealed = market_table(
    "audit",
    "unsealed",
    column("entry_id", UUID),
    references(entries, "entry_id"),
    key=("entry_id",),
    relay=("market_id, entry_id", "true"),
)

seals = market_table(
    "audit",
    "seals",
    column("position", BIGINT),
    column("entry_id", UUID),
    column("hash", BYTES),
    column("sealed_at", INSTANT),
    unique("entry_id"),
    key=("position",),
    append_only=True,
)
