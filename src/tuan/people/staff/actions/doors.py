"""Signing in to the office, confirming with the second factor, and the session between the two."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.people.staff import model, store
from tuan.people.staff.actions import proofs
from tuan.people.staff.errors import CodeWrong, SignInWrong
from tuan.people.staff.model import Member, MemberState, allowed_by, why_not_password
from tuan.platform import audit, limits
from tuan.platform.work import Work

TOKEN_BYTES = 32
OWN = "a password of his own"


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def sign_in(work: Work, phone: str, password: str, code: str, secret: bytes, *, client: str) -> str | Refusal:
    """The token of a new session, confirmed, for whoever knows both; `phone` in E.164.

    A wrong try is counted, by number and by network address (`client`), so this refusal's Work is committed too.
    """
    buckets = [f"office sign-in {phone}", f"office sign-in from {client}"]
    if refusal := await _take_tries(work, buckets):
        return refusal
    person = await accounts.person_of(work, phone)
    row = await work.fetch_one(store.SECRETS_SQL, person)
    right = await proofs.is_password(row["password_hash"] if row else proofs.NOBODYS_HASH, password)
    key = proofs.code_key(secret, row["code_salt"] if row else proofs.NOBODYS_SALT)
    step = proofs.step_of(code, key, work.now, row["code_step"] if row else 0)
    if person is None or row is None or not right or step is None or not _may_come(row):
        return SignInWrong()
    if not await work.execute(store.USE_STEP_SQL, person, step):
        return SignInWrong()
    await _give_back(work, buckets)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await work.execute(store.BEGIN_SESSION_SQL, token_hash(token), person, work.now, work.now + model.SESSION_LIFE)
    return token


async def confirm(work: Work, token: str, person: UUID, code: str, secret: bytes) -> Refusal | None:
    """His session is confirmed for the next minutes. A wrong code is counted, so this refusal's Work is committed too."""
    buckets = [f"office code {person}"]
    if refusal := await _take_tries(work, buckets):
        return refusal
    row = await work.fetch_one(store.SECRETS_SQL, person)
    assert row is not None, "a session belongs to a member"
    step = proofs.step_of(code, proofs.code_key(secret, row["code_salt"]), work.now, row["code_step"])
    if step is None or not await work.execute(store.USE_STEP_SQL, person, step):
        return CodeWrong()
    await _give_back(work, buckets)
    await work.execute(store.CONFIRM_SESSION_SQL, token_hash(token), work.now)
    return None


async def set_password(work: Work, token: str, person: UUID, password: str, again: str) -> Refusal | None:
    """His own password, in place of the one he was told; his other sessions end. Audited."""
    if refusal := why_not_password(password, again):
        return refusal
    await work.execute(store.SET_PASSWORD_SQL, person, await proofs.hash_password(password))
    await work.execute(store.END_SESSIONS_OF_SQL, person, token_hash(token))
    await audit.record(work, "staff.set_password", PERSON.show(person), reason=OWN, before={}, after={})
    return None


async def sign_out(work: Work, token: str) -> None:
    """The session ends; a token that is none ends nothing."""
    await work.execute(store.END_SESSION_SQL, token_hash(token))


async def member_of(work: Work, token: str) -> tuple[Member, bool] | None:
    """Whose session this is, and whether that it is in use should be written; None for one that is over."""
    now = work.now
    row = await work.fetch_one(store.SESSION_SQL, token_hash(token), now, now - model.SESSION_IDLE)
    if row is None:
        return None
    person: UUID = row["person_id"]
    permissions = frozenset[str]().union(*(allowed_by(of["name"], of["permissions"]) for of in row["roles"]))
    name = (await accounts.names(work, [person]))[person]
    is_confirmed = row["confirmed_at"] > now - model.CONFIRMED_FOR
    member = Member(person, name, permissions, row["has_first_password"], is_confirmed)
    return member, row["seen_at"] < now - model.SEEN_AGAIN_AFTER


async def be_seen(work: Work, token: str) -> None:
    """The session was used just now, so that it does not end for idleness."""
    await work.execute(store.SEEN_SQL, token_hash(token), work.now)


def _may_come(row: Any) -> bool:
    """Neither the member is blocked nor the person that he is."""
    return row["state"] == MemberState.ACTIVE and not row["is_blocked"]


async def _take_tries(work: Work, buckets: Sequence[str]) -> Refusal | None:
    taken: list[str] = []
    for bucket in buckets:
        if refusal := await limits.take(work, bucket, most=model.TRIES_MAX, window_seconds=model.TRIES_WINDOW_SECONDS):
            await _give_back(work, taken)
            return refusal
        taken.append(bucket)
    return None


async def _give_back(work: Work, buckets: Sequence[str]) -> None:
    for bucket in buckets:
        await limits.give_back(work, bucket, window_seconds=model.TRIES_WINDOW_SECONDS)
