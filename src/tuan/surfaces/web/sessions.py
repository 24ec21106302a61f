"""Sessions: a random token in the visitor's cookie, its hash in the database. Only who signed in has a row.

A visitor who has not signed in may carry a token too: it is known to nobody and stored nowhere, and serves only to
bind the token of his forms to him. Signing in and out give a new one.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NewType
from uuid import UUID

from tuan.kit.ids import IdKind
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.platform.lanes import Fetch
from tuan.platform.work import Work

SessionId = NewType("SessionId", UUID)
SESSION: IdKind[SessionId] = IdKind("session")
"""The first half of the token's hash: enough to name a session, of no use to whoever reads it."""

TOKEN_BYTES = 32
TOKEN_LENGTH = 43
LIFE = timedelta(days=30)
RENEWED_AFTER = timedelta(days=1)
"""A session slides: its end is moved at most this often, so that reading pages hardly ever writes."""

INSERT_SQL = (
    "INSERT INTO platform.sessions (market_id, token_hash, person_id, data, expires_at) VALUES ($1, $2, $3, $4, $5)"
)
READ_SQL = (
    "SELECT s.token_hash, s.person_id, s.language, s.expires_at, m.now FROM ("
    "SELECT set_config('tuan.market', $1::bigint::text, true), clock_timestamp() + clock_offset AS now "
    "FROM platform.markets WHERE id = $1 OFFSET 0) m CROSS JOIN LATERAL ("
    "SELECT token_hash, person_id, data->>'language' AS language, expires_at FROM platform.sessions "
    "WHERE market_id = $1 AND token_hash = ANY($2::bytea[]) AND expires_at > m.now OFFSET 0) s"
)
"""One statement and no more: every signed-in request begins with it. The market is set first, because the sessions are
compared with the time that comes with it (OFFSET keeps the planner from turning that round); if it were not, row-level
security would find nobody."""
RENEW_SQL = "UPDATE platform.sessions SET expires_at = $3 WHERE market_id = $1 AND token_hash = $2"
SET_ASIDE_SQL = (
    "UPDATE platform.sessions SET data = jsonb_set(data, '{aside}', $3::jsonb) WHERE market_id = $1 AND token_hash = $2"
)
ASIDE_SQL = "SELECT data->'aside' AS aside FROM platform.sessions WHERE market_id = $1 AND token_hash = $2"
DROP_ASIDE_SQL = "UPDATE platform.sessions SET data = data - 'aside' WHERE market_id = $1 AND token_hash = $2"
END_SQL = "DELETE FROM platform.sessions WHERE market_id = $1 AND token_hash = $2"
END_ALL_SQL = "DELETE FROM platform.sessions WHERE market_id = $1 AND person_id = $2"
END_OTHERS_SQL = "DELETE FROM platform.sessions WHERE market_id = $1 AND person_id = $2 AND token_hash <> $3"
END_ONE_SQL = (
    "DELETE FROM platform.sessions WHERE market_id = $1 AND person_id = $2 AND substring(token_hash FOR 16) = $3"
)
OF_PERSON_SQL = (
    "SELECT token_hash, data, expires_at FROM platform.sessions "
    "WHERE market_id = $1 AND person_id = $2 AND expires_at > $3 ORDER BY expires_at DESC, token_hash LIMIT 50"
)
CLEAR_SQL = "DELETE FROM platform.sessions WHERE market_id = $1 AND person_id = $2 AND expires_at <= $3"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in and the language he signed in with; `is_due` when its end should be moved."""

    person: UUID
    language: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One of a person's own sessions: its id (no token), the device it was begun on, when, and about when it was used."""

    id: SessionId
    device: str
    begun_at: Instant | None
    used_at: Instant
    is_this: bool


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    return len(text) == TOKEN_LENGTH and text.isascii()


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def form_token(secret: bytes, token: str) -> str:
    """What a form of this visitor carries; another site cannot know it."""
    return hmac.digest(secret, b"form " + hash_of(token), hashlib.sha256).hex()


def is_form_token(secret: bytes, token: str, shown: str) -> bool:
    return hmac.compare_digest(form_token(secret, token).encode(), shown.encode())


async def begin(work: Work, person: UUID, language: str, *, device: str = "") -> str:
    """A new session; its token, which is told to the visitor only. The person's expired ones go."""
    token = new_token()
    await work.execute(CLEAR_SQL, person, work.now)
    data = {"language": language, "device": device, "begun_at": work.now.isoformat()}
    await work.execute(INSERT_SQL, hash_of(token), person, data, work.now + LIFE)
    return token


async def of_person(work: Work, person: UUID, token: str) -> list[Seen]:
    """The person's open sessions, the one used last first; `token` is that of the visit that asks."""
    own = hash_of(token)
    return [
        Seen(
            SessionId(UUID(bytes=row["token_hash"][:16])),
            row["data"].get("device", ""),
            datetime.fromisoformat(begun) if (begun := row["data"].get("begun_at")) else None,
            row["expires_at"] - LIFE,
            row["token_hash"] == own,
        )
        for row in await work.fetch(OF_PERSON_SQL, person, work.now)
    ]


async def begin_alone(work: Work, person: UUID, language: str, *, device: str = "") -> str:
    """A new session in place of all there were: signed out everywhere but where its token is kept."""
    await work.execute(END_ALL_SQL, person)
    return await begin(work, person, language, device=device)


async def end_others(work: Work, person: UUID, token: str) -> None:
    """Signed out everywhere but where this token is kept; "" is kept nowhere."""
    await work.execute(END_OTHERS_SQL, person, hash_of(token))


async def end_one(work: Work, person: UUID, session: UUID) -> Refusal | None:
    """Somebody else's is not found, nor is one that is over."""
    return None if await work.execute(END_ONE_SQL, person, session.bytes) else NotFound()


async def read(fetch: Fetch, tokens: Sequence[str]) -> list[Session | None]:
    """The sessions of these tokens, in their order; None for one that is unknown, signed out or over."""
    hashes = [hash_of(token) for token in tokens]
    found = {
        row["token_hash"]: Session(
            row["person_id"], row["language"] or "", row["expires_at"] < row["now"] + LIFE - RENEWED_AFTER
        )
        for row in await fetch(READ_SQL, hashes)
    }
    return [found.get(one) for one in hashes]


async def renew(work: Work, token: str) -> None:
    await work.execute(RENEW_SQL, hash_of(token), work.now + LIFE)


async def set_aside(work: Work, token: str, form: dict[str, Any]) -> None:
    """Keep a half-filled form with the session, one at a time; it goes when it was sent, and with the session."""
    await work.execute(SET_ASIDE_SQL, hash_of(token), form)


async def aside(work: Work, token: str) -> dict[str, Any] | None:
    """The form that was set aside last, if any."""
    form: dict[str, Any] | None = await work.fetch_value(ASIDE_SQL, hash_of(token))
    return form


async def drop_aside(work: Work, token: str) -> None:
    await work.execute(DROP_ASIDE_SQL, hash_of(token))


async def end(work: Work, token: str) -> None:
    await work.execute(END_SQL, hash_of(token))
