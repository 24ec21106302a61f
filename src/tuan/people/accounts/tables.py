"""Persons, their addresses and the codes by which they sign in."""

from tuan.platform.schema import (
    BOOL,
    BYTES,
    INSTANT,
    INT,
    TEXT,
    UUID,
    by_beginning,
    check,
    column,
    index,
    market_table,
    references,
    unique,
)

persons = market_table(
    "accounts",
    "persons",
    column("id", UUID),
    column("phone", TEXT, null=True),
    column("name", TEXT),
    column("locale", TEXT),
    column("created_at", INSTANT),
    column("blocked_at", INSTANT, null=True),
    column("erased_at", INSTANT, null=True),
    column("is_bound", BOOL, default="false"),
    check("erased_is_empty", "erased_at IS NULL OR phone IS NULL AND name = '' AND blocked_at IS NOT NULL"),
    unique("phone", name="persons_phone_key"),
    index("persons_blocked_idx", "id", where="blocked_at IS NOT NULL"),
    index("persons_by_name_idx", "name", "id"),
    by_beginning("persons_name_idx", "name"),
    by_beginning("persons_phone_end_idx", "reverse(phone)"),
    key=("id",),
)

addresses = market_table(
    "accounts",
    "addresses",
    column("id", UUID),
    column("person_id", UUID),
    column("recipient", TEXT),
    column("phone", TEXT),
    column("region", TEXT),
    column("street", TEXT),
    column("created_at", INSTANT),
    column("removed_at", INSTANT, null=True),
    column("preferred_at", INSTANT, null=True),
    index("addresses_person_idx", "person_id", "id"),
    references(persons, "person_id"),
    key=("id",),
)

devices = market_table(
    "accounts",
    "devices",
    column("person_id", UUID),
    column("device", BYTES),
    column("first_at", INSTANT),
    index("devices_device_idx", "device"),
    references(persons, "person_id"),
    key=("person_id", "device"),
)
"""On which devices somebody has signed in: a hash of a random mark that the browser keeps, of use to tell two people on one
device and for nothing else."""

sign_in_codes = market_table(
    "accounts",
    "sign_in_codes",
    column("phone", TEXT),
    column("code_hash", BYTES),
    column("tries_left", INT),
    column("expires_at", INSTANT),
    column("sent_at", INSTANT),
    column("used", BOOL, default="false"),
    column("purpose", TEXT, default="'sign_in'"),
    column("request", BYTES, default="''"),
    check("tries_left_not_negative", "tries_left >= 0"),
    key=("phone",),
)
