"""Keys of programs, the feed of events, and what is owed to endpoints."""

from tuan.people.accounts.tables import persons
from tuan.people.developers.model import DeliveryState
from tuan.platform.schema import (
    BIGINT,
    BYTES,
    INSTANT,
    INT,
    JSONB,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
    unique,
)
from tuan.platform.tables import facts

keys = market_table(
    "developers",
    "keys",
    column("id", UUID),
    column("owner_id", UUID),
    column("name", TEXT),
    column("hash", BYTES),
    column("scopes", JSONB),
    column("made_at", INSTANT),
    column("expires_at", INSTANT, null=True),
    column("revoked_at", INSTANT, null=True),
    column("used_at", INSTANT, null=True),
    unique("hash"),
    references(persons, "owner_id"),
    key=("id",),
)

endpoints = market_table(
    "developers",
    "endpoints",
    column("id", UUID),
    column("url", TEXT),
    column("kinds", JSONB),
    column("secret_version", INT, default="1"),
    column("previous_until", INSTANT, null=True),
    column("made_at", INSTANT),
    column("removed_at", INSTANT, null=True),
    check("secret_counted", "secret_version > 0"),
    key=("id",),
)

feeds = market_table("developers", "feeds", column("position", BIGINT), key=())

events = market_table(
    "developers",
    "events",
    column("position", BIGINT),
    column("fact_id", UUID),
    unique("fact_id"),
    references(facts, "fact_id"),
    key=("position",),
    append_only=True,
)

deliveries = market_table(
    "developers",
    "deliveries",
    column("id", UUID),
    column("endpoint_id", UUID),
    column("fact_id", UUID),
    column("state", TEXT, default="'due'"),
    column("tries", INT, default="0"),
    column("next_attempt_at", INSTANT, null=True),
    column("made_at", INSTANT),
    one_of("state", tuple(DeliveryState)),
    check("due_has_time", "(state = 'due') = (next_attempt_at IS NOT NULL)"),
    unique("endpoint_id", "fact_id"),
    index("deliveries_due_idx", "next_attempt_at", where="state = 'due'"),
    references(endpoints, "endpoint_id"),
    references(facts, "fact_id"),
    key=("id",),
    relay=("market_id, state, next_attempt_at", "state = 'due'"),
)

tries = market_table(
    "developers",
    "tries",
    column("id", UUID),
    column("delivery_id", UUID),
    column("at", INSTANT),
    column("answer", TEXT),
    column("milliseconds", INT),
    index("tries_delivery_idx", "delivery_id", "id"),
    references(deliveries, "delivery_id"),
    key=("id",),
)
