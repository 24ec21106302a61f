"""The two proofs that somebody is who he says: a password (argon2id) and a code of the hour (TOTP, RFC 6238).

The key of the second factor is not stored: it is made from the installation's secret and the member's salt, so that
whoever copies the database has neither factor.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tuan.kit.time import Instant
from tuan.people.staff.model import CODE_SECONDS, CODE_STEPS_AROUND, Enrolment

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's second choice: 19 MiB, two passes; some 30 ms, on a thread of its own."""

NOBODYS_HASH = HASHER.hash("nobody's")
"""What is compared when there is no such member, so that it takes as long."""
NOBODYS_SALT = bytes(16)
KEY_BYTES = 20
PASSWORD_BYTES = 15


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(HASHER.hash, password)


async def is_password(password_hash: str, password: str) -> bool:
    def verify() -> bool:
        try:
            return HASHER.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.to_thread(verify)


def code_key(secret: bytes, salt: bytes) -> str:
    """The second factor's key as an authenticator takes it, in base32."""
    return base64.b32encode(hmac.digest(secret, b"office code " + salt, hashlib.sha256)[:KEY_BYTES]).decode()


def step_of(code: str, key: str, now: Instant, last_step: int) -> int | None:
    """The time step whose code this is; None for a wrong one, and for a step that was used or is before one that was."""
    this_step = int(now.timestamp()) // CODE_SECONDS
    known = pyotp.HOTP(key)
    found = None
    for step in (this_step + around for around in CODE_STEPS_AROUND):
        if hmac.compare_digest(known.at(step).encode(), code.encode()) and step > last_step:
            found = step
    return found


def fresh_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


def fresh_salt() -> bytes:
    return secrets.token_bytes(16)


def enrolment(person: UUID, name: str, issuer: str, password: str, key: str) -> Enrolment:
    uri = pyotp.TOTP(key).provisioning_uri(name=name, issuer_name=issuer)
    return Enrolment(person, password, key, uri)
