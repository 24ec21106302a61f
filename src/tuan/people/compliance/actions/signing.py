"""Choosing the law that counts, and signing by two for what it leaves to a signature."""

from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.people.compliance import queries, store
from tuan.people.compliance.errors import ProfileUnknown, SignOffOver
from tuan.people.compliance.facts import SignOffRevoked
from tuan.people.compliance.model import (
    PROFILES,
    SIGN_OFF,
    SIGNING,
    AskSignOff,
    SignOff,
    SignOffId,
    SignState,
    why_not_ask,
    why_not_give,
)
from tuan.platform import audit
from tuan.platform.work import Work


async def choose_profile(work: Work, code: str, *, reason: str) -> Refusal | None:
    """From now on this law counts in the market: the nightly check asks every plan anew under it. Audited."""
    if code not in PROFILES:
        return ProfileUnknown()
    before = await queries.profile_of(work)
    await work.execute(store.CHOOSE_PROFILE_SQL, code, work.now)
    await audit.record(work, "compliance.choose_profile", "profile", reason=reason, before={"profile": before.code},
                       after={"profile": code})  # fmt: skip
    return None


async def ask_sign_off(work: Work, new: AskSignOff, *, reason: str) -> SignOffId | Refusal:
    """One person puts his name under it; it counts when a second one has, too. Audited."""
    if refusal := why_not_ask(new, work.now):
        return refusal
    profile = await queries.profile_of(work)
    row = store.SignOffRow(
        SIGN_OFF.new(), profile.code, new.rule, new.fingerprint, new.document.strip(), new.document_hash, new.from_at,
        new.until, SignState.ASKED, work.actor, new.role.strip(), work.now,
    )  # fmt: skip
    await work.write(store.INSERT_SIGN_OFFS, [row])
    await audit.record(work, "compliance.ask_sign_off", SIGN_OFF.show(row.id), reason=reason, before={},
                       after={"rule": row.rule, "fingerprint": row.fingerprint, "document": row.document})  # fmt: skip
    return SignOffId(row.id)


async def give_sign_off(work: Work, sign_off: UUID, role: str, *, reason: str) -> Refusal | None:
    """The second person: from its first day on it counts. Audited."""
    asked = await _locked(work, sign_off)
    if asked is None:
        return NotFound()
    if refusal := why_not_give(asked, work.actor, role, work.now):
        return refusal
    move = store.SignOffMove(
        asked.id, asked.state, SignState.GIVEN, work.actor, role.strip(), work.now, None, None
    )  # fmt: skip
    await _move(work, move, "compliance.give_sign_off", reason)
    return None


async def revoke_sign_off(work: Work, sign_off: UUID, *, reason: str) -> Refusal | None:
    """Anyone who may sign takes it back alone; what rests on it is refused from now on. Audited."""
    held = await _locked(work, sign_off)
    if held is None:
        return NotFound()
    if held.state == SignState.REVOKED:
        return SignOffOver()
    move = store.SignOffMove(
        held.id, held.state, SignState.REVOKED, held.given_by, held.given_role, held.given_at, work.actor, work.now
    )  # fmt: skip
    await _move(work, move, "compliance.revoke_sign_off", reason)
    work.tell(SignOffRevoked(held.id, held.fingerprint))
    return None


async def _locked(work: Work, sign_off: UUID) -> SignOff | None:
    rows = await work.lock("sign_offs", store.LOCK_SIGN_OFF_SQL, sign_off)
    return SignOff(*rows[0].values()) if rows else None


async def _move(work: Work, move: store.SignOffMove, act: str, reason: str) -> None:
    SIGNING.check(move.before, move.state)
    await work.write(store.MOVE_SIGN_OFFS, [move])
    await audit.record(work, act, SIGN_OFF.show(move.id), reason=reason, before={"state": move.before},
                       after={"state": move.state})  # fmt: skip
