"""All SQL that writes accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.people.accounts import tables
from tuan.people.accounts.model import Address, Addresses, AddressRow
from tuan.platform import bulk
from tuan.platform.work import Work

INSERT_PERSONS = bulk.insert(
    tables.persons, "id", "phone", "name", "locale", "created_at", on_conflict="ON CONFLICT DO NOTHING"
)
INSERT_ADDRESSES = bulk.insert(
    tables.addresses, "id", "person_id", "recipient", "phone", "region", "street", "created_at"
)
ADDRESSES_SQL = (
    "SELECT id, person_id, recipient, phone, region, street, false AS is_blocked, false AS is_bound FROM accounts.addresses "
    "WHERE market_id = $1 AND removed_at IS NULL AND id = ANY($2::uuid[]) UNION ALL "
    "SELECT NULL, id, '', '', '', '', blocked_at IS NOT NULL, is_bound FROM accounts.persons "
    "WHERE market_id = $1 AND id = ANY($3::uuid[]) AND (blocked_at IS NOT NULL OR is_bound)"
)
LOCK_PERSON_SQL = "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
EQUAL_ADDRESS_SQL = (
    "SELECT id FROM accounts.addresses WHERE market_id = $1 AND person_id = $2 AND removed_at IS NULL "
    "AND recipient = $3 AND phone = $4 AND region = $5 AND street = $6 ORDER BY id LIMIT 1"
)
CHANGE_ADDRESS_SQL = (
    "UPDATE accounts.addresses SET recipient = $4, phone = $5, region = $6, street = $7 "
    "WHERE market_id = $1 AND person_id = $2 AND id = $3 AND removed_at IS NULL"
)
PREFER_ADDRESS_SQL = (
    "UPDATE accounts.addresses SET preferred_at = $4 "
    "WHERE market_id = $1 AND person_id = $2 AND id = $3 AND removed_at IS NULL"
)
REMOVE_ADDRESS_SQL = (
    "UPDATE accounts.addresses SET removed_at = $4 "
    "WHERE market_id = $1 AND person_id = $2 AND id = $3 AND removed_at IS NULL"
)
PHONE_SQL = "SELECT phone FROM accounts.persons WHERE market_id = $1 AND id = $2"
IS_BLOCKED_SQL = "SELECT blocked_at IS NOT NULL FROM accounts.persons WHERE market_id = $1 AND id = $2 FOR SHARE"
"""Locked, so that a block that comes meanwhile waits for the session that is about to begin, and ends it."""
LOCK_WHOLE_PERSON_SQL = (
    "SELECT id, phone, blocked_at, erased_at FROM accounts.persons WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
)
SET_BLOCKED_SQL = "UPDATE accounts.persons SET blocked_at = $3 WHERE market_id = $1 AND id = $2"
ERASE_PERSON_SQL = (
    "UPDATE accounts.persons SET phone = NULL, name = '', erased_at = $3, blocked_at = coalesce(blocked_at, $3) "
    "WHERE market_id = $1 AND id = $2"
)
ERASE_ADDRESSES_SQL = "DELETE FROM accounts.addresses WHERE market_id = $1 AND person_id = $2"
ERASE_CODES_SQL = "DELETE FROM accounts.sign_in_codes WHERE market_id = $1 AND phone = $2"
RENAME_SQL = "UPDATE accounts.persons SET name = $3 WHERE market_id = $1 AND id = $2"
CHANGE_PHONE_SQL = (
    "UPDATE accounts.persons SET phone = $3 WHERE market_id = $1 AND id = $2 AND NOT EXISTS ("
    "SELECT FROM accounts.persons WHERE market_id = $1 AND phone = $3 AND id <> $2)"
)
SEND_CODE_SQL = (
    "INSERT INTO accounts.sign_in_codes AS c (market_id, phone, code_hash, tries_left, expires_at, sent_at, purpose, "
    "request) VALUES ($1, $2, $3, $4, $5, $6, $8, $9) ON CONFLICT (market_id, phone) DO UPDATE SET code_hash = $3, "
    "tries_left = $4, expires_at = $5, sent_at = $6, used = false, purpose = $8, request = $9 "
    "WHERE c.sent_at <= $7 RETURNING phone"
)
TRY_CODE_SQL = (
    "UPDATE accounts.sign_in_codes SET tries_left = tries_left - 1 WHERE market_id = $1 AND phone = $2 "
    "AND tries_left > 0 AND NOT used AND expires_at > $3 AND purpose = $4 AND request = $5 RETURNING code_hash"
)
"""A try from elsewhere, or for something else, finds no code, and so uses up none of its tries."""
NOTE_DEVICE_SQL = "INSERT INTO accounts.devices (market_id, person_id, device, first_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
ERASE_DEVICES_SQL = "DELETE FROM accounts.devices WHERE market_id = $1 AND person_id = $2"
NOTE_BOUND_SQL = "UPDATE accounts.persons SET is_bound = $3 WHERE market_id = $1 AND id = $2 AND is_bound <> $3"
USE_CODE_SQL = "UPDATE accounts.sign_in_codes SET used = true WHERE market_id = $1 AND phone = $2 AND NOT used"


@dataclass(slots=True)
class PersonRow:
    id: UUID
    phone: str | None
    name: str
    locale: str
    created_at: Any


@dataclass(slots=True)
class NewAddress:
    id: UUID
    person_id: UUID
    recipient: str
    phone: str
    region: str
    street: str
    created_at: Any


async def load_addresses(work: Work, addresses: Collection[UUID | None], buyers: Collection[UUID]) -> Addresses:
    """The addresses that are there, of whomever (`why_not_use` asks whose they are), and who of the buyers is blocked or some shop's."""
    wanted = list({a for a in addresses if a is not None})
    rows = await work.fetch(ADDRESSES_SQL, wanted, list(set(buyers))) if buyers else []
    kept = (
        AddressRow(r["id"], r["person_id"], Address(r["recipient"], r["phone"], r["region"], r["street"]))
        for r in rows
        if r["id"] is not None
    )
    blocked = (r["person_id"] for r in rows if r["is_blocked"])
    return Addresses(kept, blocked, (r["person_id"] for r in rows if r["is_bound"]))


async def note_bound(work: Work, person: UUID, *, is_bound: bool) -> None:
    """Whether he is a shop's customer, so that nobody has to ask of all others; who calls has locked him."""
    await work.execute(NOTE_BOUND_SQL, person, is_bound)


async def note_device(work: Work, person: UUID, device: bytes) -> None:
    """He has signed in on this device; its hash is kept once."""
    await work.execute(NOTE_DEVICE_SQL, person, device, work.now)
