"""Asking twice is asking once: outcomes that had an effect are stored under their key, refusals are not."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec

from tuan.kit.refusals import Conflict, Invalid, Refusal
from tuan.platform import bulk, tables
from tuan.platform.work import Work

KEY_LENGTH_MAX = 255


class KeyReused(Invalid):
    code = "idempotency.key_reused"


class KeyInvalid(Invalid):
    code = "idempotency.key_invalid"


class StillRunning(Conflict):
    code = "idempotency.still_running"


class Command(Protocol):
    """Whoever asks, with the key that makes asking twice the same as asking once."""

    @property
    def actor(self) -> UUID: ...
    @property
    def key(self) -> str: ...


C = TypeVar("C", bound=Command)

CLAIM = bulk.insert(
    tables.idempotency, "actor_id", "verb", "key", "input_hash", "at",
    on_conflict="ON CONFLICT DO NOTHING RETURNING actor_id, key",
)  # fmt: skip
READ_SQL = (
    "SELECT i.actor_id, i.key, i.input_hash, i.outcome FROM platform.idempotency i "
    "JOIN unnest($3::uuid[], $4::text[]) AS u(actor_id, key) ON i.actor_id = u.actor_id AND i.key = u.key "
    "WHERE i.market_id = $1 AND i.verb = $2 AND i.actor_id = ANY($3) AND i.key = ANY($4)"
)
REMEMBER_SQL = (
    "UPDATE platform.idempotency AS i SET outcome = u.outcome FROM unnest($3::uuid[], $4::text[], $5::jsonb[]) "
    "AS u(actor_id, key, outcome) "
    "WHERE i.market_id = $1 AND i.verb = $2 AND i.actor_id = ANY($3) AND i.key = ANY($4) "
    "AND i.actor_id = u.actor_id AND i.key = u.key"
)
FORGET_SQL = (
    "DELETE FROM platform.idempotency AS i USING unnest($3::uuid[], $4::text[]) AS u(actor_id, key) "
    "WHERE i.market_id = $1 AND i.verb = $2 AND i.actor_id = ANY($3) AND i.key = ANY($4) "
    "AND i.actor_id = u.actor_id AND i.key = u.key"
)


REMEMBER = bulk.Bulk("platform.idempotency", REMEMBER_SQL, ("actor_id", "key", "outcome"), frozenset({"outcome"}))


@dataclass(slots=True)
class _Effect:
    actor_id: UUID
    key: str
    outcome: Any


@dataclass(slots=True)
class _Claim:
    actor_id: UUID
    verb: str
    key: str
    input_hash: bytes
    at: Any


class Claims:
    """The commands of one batch: which are fresh, which were answered before, which are twins of another in the batch."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.fresh: list[Any] = []
        self.answers: dict[int, Any] = {}
        """Outcome by place, for commands that need no decision."""
        self.twin_of: dict[int, int] = {}
        """Place of a repeated command to its place in `fresh`."""


def input_hash(command: Any) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(command), digest_size=16).digest()


async def claim(work: Work, verb: str, commands: Sequence[C], restore: Callable[[Any], Any]) -> Claims:
    """Take the keys of a batch in one order; the first of the locks.

    A key that another transaction holds is waited for. `restore` turns a stored outcome back into what the verb returns.
    """
    claims, rows, place_of = Claims(verb), {}, {}
    for place, command in enumerate(commands):
        who, digest = (command.actor, command.key), input_hash(command)
        if not 0 < len(command.key) <= KEY_LENGTH_MAX:
            claims.answers[place] = KeyInvalid(longest=KEY_LENGTH_MAX)
        elif who not in rows:
            rows[who] = _Claim(command.actor, verb, command.key, digest, work.now)
            place_of[who] = place
        elif rows[who].input_hash == digest:
            claims.twin_of[place] = place_of[who]
        else:
            claims.answers[place] = KeyReused()
    ordered = [rows[who] for who in sorted(rows)]
    taken = {(r["actor_id"], r["key"]) for r in await work.lock("idempotency", CLAIM.sql, *CLAIM.arrays(ordered))}
    known = [who for who in rows if who not in taken]
    if known:
        stored = await work.fetch(READ_SQL, verb, [w[0] for w in known], [w[1] for w in known])
        for row in stored:
            who = (row["actor_id"], row["key"])
            same = row["input_hash"] == rows[who].input_hash
            claims.answers[place_of[who]] = restore(row["outcome"]) if same else KeyReused()
        for who in known:  # seen by the conflict, gone by the read: its owner was refused in between
            claims.answers.setdefault(place_of[who], StillRunning())
    claims.fresh = [(place, command) for place, command in enumerate(commands)
                    if place not in claims.answers and place not in claims.twin_of]  # fmt: skip
    return claims


async def remember(
    work: Work, claims: Claims, outcomes: Sequence[Any], store: Callable[[Any], Any] = lambda outcome: outcome
) -> list[Any]:
    """Store what had an effect, forget what was refused, and give every command its outcome, in the order asked."""
    answers = dict(claims.answers)
    effects: list[_Effect] = []
    refused: list[tuple[UUID, str]] = []
    for (place, command), outcome in zip(claims.fresh, outcomes, strict=True):
        answers[place] = outcome
        if isinstance(outcome, Refusal):
            refused.append((command.actor, command.key))
        else:
            effects.append(_Effect(command.actor, command.key, store(outcome)))
    await work.write(REMEMBER, effects, claims.verb)
    if refused:
        await work.execute(FORGET_SQL, claims.verb, *map(list, zip(*refused, strict=True)))
    for place, original in claims.twin_of.items():
        answers[place] = answers[original]
    return [answers[place] for place in range(len(answers))]
