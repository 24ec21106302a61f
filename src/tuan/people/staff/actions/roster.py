"""Admitting members, and who may what. Each act has a reason and stands in the audit."""

from collections.abc import Sequence
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.people.staff import store
from tuan.people.staff.actions import proofs
from tuan.people.staff.errors import AlreadyMember
from tuan.people.staff.model import STANDARD_ROLES, Enrolment, MemberState, Roster
from tuan.platform import audit
from tuan.platform.work import Work

NO_TOKEN = b""


async def admit_member(
    work: Work,
    person: UUID,
    secret: bytes,
    *,
    roles: Sequence[str],
    reason: str,
    issuer: str,
    known: tuple[str, bytes] | None = None,
) -> Enrolment | Refusal:
    """Make this person a member with these roles; how he gets in is told here and nowhere again.

    His first password has to be changed, unless it is `known` (password, salt): a demo's, told at every start. A market's first
    member brings the standard roles with him. `issuer` is what his authenticator calls the market.
    """
    if refusal := audit.why_not_reason(reason):
        return refusal
    name = (await accounts.names(work, [person])).get(person)
    if name is None:
        return NotFound()
    roster = await store.load_roster(work)
    if person in roster.members:
        return AlreadyMember()
    roster = await _with_standard_roles(work, roster)
    roster.members[person] = MemberState.ACTIVE
    if refusal := next((no for role in roles if (no := roster.why_not_give(work.actor, person, role))), None):
        return refusal
    password, salt = known or (proofs.fresh_password(), proofs.fresh_salt())
    hashed = await proofs.hash_password(password)
    row = store.MemberRow(person, MemberState.ACTIVE, hashed, known is None, salt, work.now)
    await work.write(store.INSERT_MEMBERS, [row])
    await work.send()  # a role is given to a row that is there
    await work.write(store.INSERT_GIVEN, [store.GivenRow(person, role) for role in roles])
    await audit.record(work, "staff.admit_member", PERSON.show(person), reason=reason, before={},
                       after={"roles": sorted(roles)})  # fmt: skip
    return proofs.enrolment(person, name, issuer, password, proofs.code_key(secret, salt))


async def _with_standard_roles(work: Work, roster: Roster) -> Roster:
    if roster.roles:
        return roster
    rows = [store.RoleRow(name, sorted(allowed), work.now) for name, allowed in STANDARD_ROLES.items()]
    await work.write(store.INSERT_ROLES, rows)
    await work.send()
    return Roster(STANDARD_ROLES, roster.members, roster.given)


async def renew_member(work: Work, person: UUID, secret: bytes, *, reason: str, issuer: str) -> Enrolment | Refusal:
    """A new first password and a new second factor for who lost his; his sessions end."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    roster = await store.load_roster(work)
    if refusal := roster.why_not_unblock(work.actor, person):
        return refusal
    name = (await accounts.names(work, [person]))[person]
    password, salt = proofs.fresh_password(), proofs.fresh_salt()
    await work.execute(store.RENEW_MEMBER_SQL, person, await proofs.hash_password(password), salt)
    await work.execute(store.END_SESSIONS_OF_SQL, person, NO_TOKEN)
    await audit.record(work, "staff.renew_member", PERSON.show(person), reason=reason, before={}, after={})
    return proofs.enrolment(person, name, issuer, password, proofs.code_key(secret, salt))


async def set_role(work: Work, name: str, permissions: Sequence[str], *, reason: str) -> Refusal | None:
    """Make a role, or say anew what it allows; whoever has it may that at once."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    roster = await store.load_roster(work)
    if refusal := roster.why_not_set_role(work.actor, name, permissions):
        return refusal
    before, after = sorted(roster.roles.get(name, ())), sorted(set(permissions))
    if before == after:
        return None
    await work.write(store.INSERT_ROLES, [store.RoleRow(name, after, work.now)])
    await audit.record(work, "staff.set_role", f"role {name}", reason=reason, before={"permissions": before},
                       after={"permissions": after})  # fmt: skip
    return None


async def give_role(work: Work, person: UUID, role: str, *, reason: str) -> Refusal | None:
    """Let a member do what the role allows; giving it twice is giving it once."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    roster = await store.load_roster(work)
    if refusal := roster.why_not_give(work.actor, person, role):
        return refusal
    before = roster.roles_of(person)
    if role in before:
        return None
    await work.write(store.INSERT_GIVEN, [store.GivenRow(person, role)])
    await _record_roles(work, "staff.give_role", person, reason, before, sorted([*before, role]))
    return None


async def take_role(work: Work, person: UUID, role: str, *, reason: str) -> Refusal | None:
    """He may no more what only this role allowed him; the last active owner keeps his."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    roster = await store.load_roster(work)
    if refusal := roster.why_not_take(work.actor, person, role):
        return refusal
    before = roster.roles_of(person)
    await work.execute(store.TAKE_ROLE_SQL, person, role)
    await _record_roles(work, "staff.take_role", person, reason, before, [r for r in before if r != role])
    return None


async def _record_roles(work: Work, act: str, person: UUID, reason: str, before: list[str], after: list[str]) -> None:
    subject = PERSON.show(person)
    await audit.record(work, act, subject, reason=reason, before={"roles": before}, after={"roles": after})


async def block_member(work: Work, person: UUID, *, reason: str) -> Refusal | None:
    """He gets in no more, and is out at once: his sessions end with this."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    roster = await store.load_roster(work)
    if refusal := roster.why_not_block(work.actor, person):
        return refusal
    await work.execute(store.END_SESSIONS_OF_SQL, person, NO_TOKEN)
    await _move(work, roster, person, MemberState.BLOCKED, "staff.block_member", reason)
    return None


async def unblock_member(work: Work, person: UUID, *, reason: str) -> Refusal | None:
    """He may sign in again, with the password and the roles he had."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    roster = await store.load_roster(work)
    if refusal := roster.why_not_unblock(work.actor, person):
        return refusal
    await _move(work, roster, person, MemberState.ACTIVE, "staff.unblock_member", reason)
    return None


async def why_not_block_person(work: Work, person: UUID) -> Refusal | None:
    """Blocking a person shuts the office to him too, so of who works there it is asked what blocking the member asks."""
    roster = await store.load_roster(work)
    return roster.why_not_block(work.actor, person) if person in roster.members else None


async def why_not_unblock_person(work: Work, person: UUID) -> Refusal | None:
    """The same for letting him in again."""
    roster = await store.load_roster(work)
    return roster.why_not_unblock(work.actor, person) if person in roster.members else None


async def _move(work: Work, roster: Roster, person: UUID, state: MemberState, act: str, reason: str) -> None:
    before = roster.members[person]
    if before == state:
        return
    await work.write(store.MOVE_MEMBERS, [store.MemberMove(person, before, state)])
    await audit.record(work, act, PERSON.show(person), reason=reason, before={"state": before},
                       after={"state": state})  # fmt: skip
