"""Sign-offs: two persons answer by name for what a profile leaves to a signature, for one plan, for a while."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.compliance.errors import SecondPersonNeeded, SignOffInvalid, SignOffOver
from tuan.people.compliance.model.words import Plan, Rule

SignOffId = NewType("SignOffId", UUID)
SIGN_OFF: ids.IdKind[SignOffId] = ids.IdKind("sign")

SIGNED_RULES = (Rule.LEVEL_NOT_SIGNED,)
"""What a signature can allow at all; whether it does, the profile says (`Profile.signable`)."""
SIGNED_LEVEL = 2
LONGEST = timedelta(days=366)
"""Somebody looks again at least once a year."""
ROLE_LENGTHS = range(2, 41)
DOCUMENT_LENGTHS = range(3, 201)
HASH_LETTERS = 64


class SignState(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REVOKED = "revoked"


S = SignState
SIGNING = states.table({S.ASKED: {S.GIVEN, S.REVOKED}, S.GIVEN: {S.REVOKED}, S.REVOKED: ()}, start=S.ASKED)
"""A sign-off that runs out stays given; its time says that it is over."""


@dataclass(frozen=True, slots=True)
class AskSignOff:
    """rule: what is signed for. fingerprint: of the plan. document: where the paper is; document_hash: its SHA-256 in hexadecimal.
    role: as what the person who asks answers for it."""

    rule: str
    fingerprint: str
    document: str
    document_hash: str
    role: str
    from_at: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class SignOff:
    """What two persons have signed, or one so far."""

    id: SignOffId
    profile: str
    rule: str
    fingerprint: str
    document: str
    document_hash: str
    from_at: Instant
    until: Instant
    state: str
    asked_by: UUID
    asked_role: str
    given_by: UUID | None
    given_role: str
    given_at: Instant | None
    revoked_by: UUID | None

    def counts_at(self, now: Instant) -> bool:
        return self.state == SignState.GIVEN and self.from_at <= now < self.until


def fingerprint_of(plan: Plan) -> str:
    """What a signature is for: 64 hexadecimal digits of everything the plan says, but for who has signed."""
    said = {name: getattr(plan, name) for name in plan.__dataclass_fields__ if name != "signed_levels"}
    said["channels"] = sorted(plan.channels)
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


def signed(plan: Plan, signatures: frozenset[int]) -> Plan:
    """The plan with the levels that are signed for, whatever it said of them itself."""
    return replace(plan, signed_levels=signatures)


def is_hash(text: str) -> bool:
    return len(text) == HASH_LETTERS and set("0123456789abcdef").issuperset(text)


def why_not_ask(new: AskSignOff, now: Instant) -> Refusal | None:
    wrong = {
        "rule": new.rule not in SIGNED_RULES,
        "fingerprint": not is_hash(new.fingerprint),
        "document": len(new.document.strip()) not in DOCUMENT_LENGTHS,
        "document_hash": not is_hash(new.document_hash),
        "role": len(new.role.strip()) not in ROLE_LENGTHS,
        "until": not (new.from_at < new.until <= new.from_at + LONGEST and now < new.until),
    }
    field = next((name for name, is_bad in wrong.items() if is_bad), None)
    return SignOffInvalid(field=field) if field else None


def why_not_give(asked: SignOff, actor: UUID, role: str, now: Instant) -> Refusal | None:
    """Somebody else than whoever asked, in time, with the role in which he answers."""
    if asked.state != SignState.ASKED or now >= asked.until:
        return SignOffOver()
    if actor == asked.asked_by:
        return SecondPersonNeeded()
    return SignOffInvalid(field="role") if len(role.strip()) not in ROLE_LENGTHS else None
