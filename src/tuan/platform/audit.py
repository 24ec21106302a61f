"""The audit trail: who changed what and why, written in the transaction; a sealer chains the rows afterwards.

Chaining inside the transaction would make every act of a market wait for the one before it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from tuan.kit.ids import new_uuid
from tuan.kit.pages import Page
from tuan.kit.refusals import Invalid, Refusal
from tuan.platform import bulk, tables
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

SEALS_MAX = 1000
REASON_LENGTHS = range(3, 201)

INSERT_ENTRIES = bulk.insert(tables.entries, "id", "actor_id", "action", "subject", "reason", "before", "after", "at")
INSERT_UNSEALED = bulk.insert(tables.unsealed, "entry_id")
INSERT_SEALS = bulk.insert(tables.seals, "position", "entry_id", "hash", "sealed_at")
SEAL_DUE_SQL = "SELECT DISTINCT market_id FROM audit.unsealed"
LOCK_MARKET_SQL = "SELECT id FROM platform.markets WHERE id = $1 FOR UPDATE"
LAST_SEAL_SQL = "SELECT position, hash FROM audit.seals WHERE market_id = $1 ORDER BY position DESC LIMIT 1"
UNSEALED_SQL = (
    "SELECT e.* FROM audit.unsealed u JOIN audit.entries e ON e.market_id = u.market_id AND e.id = u.entry_id "
    "WHERE u.market_id = $1 ORDER BY u.entry_id LIMIT $2"
)
SEALED_SQL = "DELETE FROM audit.unsealed WHERE market_id = $1 AND entry_id = ANY($2::uuid[])"
STATE_SQL = (
    "SELECT (SELECT count(*) FROM audit.seals s WHERE s.market_id = $1) AS sealed, "
    "(SELECT count(*) FROM audit.unsealed u WHERE u.market_id = $1) AS waiting"
)
CHAIN_SQL = (
    "SELECT s.position, s.hash AS seal, e.* FROM audit.seals s "
    "LEFT JOIN audit.entries e ON e.market_id = s.market_id AND e.id = s.entry_id "
    "WHERE s.market_id = $1 AND s.position > $2 ORDER BY s.position LIMIT $3"
)

ABOUT_SQL = (
    "SELECT actor_id, action, reason, before, after, at FROM audit.entries WHERE market_id = $1 AND subject = $2 "
    "ORDER BY id DESC LIMIT $3"
)
ABOUT_MAX = 50


@dataclass(slots=True)
class _Entry:
    id: Any
    actor_id: Any
    action: str
    subject: str
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    at: Any


@dataclass(slots=True)
class _Unsealed:
    entry_id: Any


@dataclass(slots=True)
class _Seal:
    position: int
    entry_id: Any
    hash: bytes
    sealed_at: Any


class ReasonMissing(Invalid):
    """Somebody will ask why; a word or two must answer him."""

    code = "audit.reason_missing"


def why_not_reason(reason: str) -> Refusal | None:
    """A reason is three to two hundred letters long."""
    return None if len(reason.strip()) in REASON_LENGTHS else ReasonMissing(longest=REASON_LENGTHS.stop - 1)


async def record(
    work: Work, action: str, subject: str, *, reason: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """One act of staff or of a seller; `before` and `after` hold only what changed."""
    entry = _Entry(new_uuid(), work.actor, action, subject, reason, before, after, work.now)
    await work.write(INSERT_ENTRIES, [entry])
    await work.write(INSERT_UNSEALED, [_Unsealed(entry.id)])


async def about(work: Work, subject: str) -> list[Any]:
    """The newest acts on this: rows of actor_id, action, reason, before, after, at."""
    return await work.fetch(ABOUT_SQL, subject, ABOUT_MAX)


def link(previous: bytes, row: Any) -> bytes:
    """The hash of a row chained to the one before it."""
    body = [str(row["id"]), str(row["actor_id"]), row["action"], row["subject"], row["reason"],
            row["before"], row["after"], row["at"].isoformat()]  # fmt: skip
    return hashlib.sha256(previous + msgspec.json.encode(body, order="deterministic")).digest()


async def seal(work: Work) -> int:
    """Chain the rows that have no seal yet. The market's row is the lock, so two workers never fork the chain."""
    await work.fetch(LOCK_MARKET_SQL)
    last = await work.fetch_one(LAST_SEAL_SQL)
    position, previous = (last["position"], last["hash"]) if last else (0, b"")
    seals = []
    for row in await work.fetch(UNSEALED_SQL, SEALS_MAX):
        position, previous = position + 1, link(previous, row)
        seals.append(_Seal(position, row["id"], previous, work.now))
    await work.write(INSERT_SEALS, seals)
    await work.execute(SEALED_SQL, [seal.entry_id for seal in seals])
    return len(seals)


async def broken_links(work: Work) -> list[int]:
    """Positions whose hash does not follow from the row and the seal before it; empty when the chain is whole."""
    broken, position, previous = [], 0, b""
    while rows := await work.fetch(CHAIN_SQL, position, SEALS_MAX):
        for row in rows:
            position += 1
            if row["position"] != position or row["id"] is None or link(previous, row) != row["seal"]:
                broken.append(row["position"])
            position, previous = row["position"], row["seal"]
    return broken


@dataclass(frozen=True, slots=True)
class Chain:
    """How the trail stands: rows sealed, rows that wait for their seal, positions where the chain is broken."""

    sealed: int
    waiting: int
    broken: list[int]


async def chain(work: Work) -> Chain:
    """Compute the whole chain anew; as long as the trail is, so long it takes."""
    row = await work.fetch_one(STATE_SQL)
    assert row is not None
    return Chain(row["sealed"], row["waiting"], await broken_links(work))


async def trail(
    work: Work, wanted: Wanted, *, action: str = "", subject: str = "", actor: UUID | None = None
) -> Page[Any]:
    """Rows of id, actor_id, action, subject, reason, before, after, at: of this subject, of this actor, of acts whose name
    begins so. Sorted by `at`: ids are made in that order."""
    e = tables.entries
    query = sa.select(e).where(e.c.market_id == work.market.id)
    if action:
        query = query.where(e.c.action.startswith(action, autoescape=True))
    if subject:
        query = query.where(e.c.subject == subject)
    if actor is not None:
        query = query.where(e.c.actor_id == actor)
    return await list_rows(work, query, wanted, sorts={"at": e.c.id}, key=e.c.id)
