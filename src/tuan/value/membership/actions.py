"""The verbs of membership: inviting, joining, leaving, and what a month gives."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people import compliance
from tuan.people.compliance.model import ORGANISATION_MEMBER
from tuan.people.parties.model import ORGANISATION
from tuan.platform import audit, limits
from tuan.platform.work import Work
from tuan.value.membership import queries, store
from tuan.value.membership.errors import AlreadyMember, ListInvalid, NotMember
from tuan.value.membership.model import CODE_BYTES, LINES_MAX, MEMBER, Grade, Looked, MemberState, why_not_grades

TRIES_PER_HOUR_MAX = 20
HOUR_SECONDS = 3600
LISTS_PER_DAY_MAX = 50
DAY_SECONDS = 86_400


async def set_grades(work: Work, organisation: UUID, grades: Sequence[Grade], *, reason: str) -> Refusal | None:
    """From the next month that is counted on; none ends the benefit. Audited."""
    if refusal := why_not_grades(grades):
        return refusal
    before = await queries.grades_of(work, organisation)
    await work.execute(store.DROP_GRADES_SQL, organisation)
    rows = [
        store.GradeRow(organisation, g.least_members, g.off_minor, g.off_permyriad, g.cap_minor, g.threshold_minor)
        for g in grades
    ]
    await work.write(store.INSERT_GRADES, rows)
    await audit.record(work, "membership.set_grades", ORGANISATION.show(organisation), reason=reason,
                       before={"grades": _told(before)}, after={"grades": _told(grades)})  # fmt: skip
    return None


def _told(grades: Sequence[Grade]) -> list[str]:
    return [f"{g.least_members}: {g.off_minor or f'{g.off_permyriad} bp'}" for g in grades]


async def renew_code(work: Work, organisation: UUID, *, reason: str) -> str:
    """A code by which members join; the one before works no more. Audited."""
    code = secrets.token_urlsafe(CODE_BYTES)
    await work.execute(store.KEEP_CODE_SQL, organisation, code, work.now)
    await audit.record(
        work, "membership.renew_code", ORGANISATION.show(organisation), reason=reason, before={}, after={}
    )
    return code


async def invite(work: Work, organisation: UUID, said: Mapping[int, str], via: str, *, reason: str) -> Looked | Refusal:
    """The organisation says by their numbers that these are its members: each decides for himself. What became of each line. Audited.

    said: by line what it gives as a number; nothing else of a list comes in. The number of somebody who is not here waits for him.
    """
    if not 0 < len(said) <= LINES_MAX:
        return ListInvalid(most=LINES_MAX)
    # Who brings another list of this organisation at the same moment waits here, and then finds these known.
    bucket = f"membership.invite {organisation}"
    if refusal := await limits.take(work, bucket, most=LISTS_PER_DAY_MAX, window_seconds=DAY_SECONDS):
        return refusal
    looked, persons = await queries.look_at_list(work, organisation, said)
    here = sorted(persons[phone] for phone in looked.new if phone in persons)
    # Whoever has joined by the code since the look is a member already, and his row stays as it is.
    rows = [store.MemberRow(organisation, person, MemberState.INVITED, via, work.now) for person in here]
    waiting = [store.WaitingRow(organisation, phone, work.now) for phone in sorted(looked.new) if phone not in persons]
    if rows:
        await work.execute(store.INVITE.sql, *store.INVITE.arrays(rows))
    if waiting:
        await work.execute(store.KEEP_WAITING.sql, *store.KEEP_WAITING.arrays(waiting))
    await audit.record(work, "membership.invite", ORGANISATION.show(organisation), reason=reason, before={},
                       after={"invited": len(looked.new)})  # fmt: skip
    return looked


async def forget_waiting(work: Work, before: Instant, *, limit: int) -> int:
    """Numbers that have waited since before then are gone."""
    return await work.execute(store.FORGET_WAITING_SQL, before, limit)


async def join(
    work: Work, person: UUID, code: str, *, version: str, language: str, place: str = "web"
) -> UUID | Refusal:
    """He comes by the organisation's code and agrees to be counted; the organisation. A code is tried so often in an hour."""
    bucket = f"membership.join {person}"
    if refusal := await limits.take(work, bucket, most=TRIES_PER_HOUR_MAX, window_seconds=HOUR_SECONDS):
        return refusal
    organisation = await queries.organisation_by(work, code)
    if organisation is None:
        return NotFound()
    return await _become_active(work, organisation, person, "code", version, language, place) or organisation


async def accept(
    work: Work, person: UUID, organisation: UUID, *, version: str, language: str, place: str = "web"
) -> Refusal | None:
    """He was invited and agrees to be counted; who was not invited finds nothing."""
    if not await queries.is_named(work, person, organisation):
        return NotFound()
    return await _become_active(work, organisation, person, "csv", version, language, place)


async def _become_active(
    work: Work, organisation: UUID, person: UUID, via: str, version: str, language: str, place: str
) -> Refusal | None:
    """The consent locks the person, so that of two who act for him the second sees the first."""
    refusal = await compliance.give_consent(
        work, person, ORGANISATION_MEMBER, organisation, version=version, language=language, place=place
    )
    if refusal:
        return refusal
    before = await work.fetch_value(store.MEMBER_SQL, organisation, person)
    if before == MemberState.ACTIVE:
        return AlreadyMember()
    if before is not None:
        MEMBER.check(before, MemberState.ACTIVE)
    await work.write(store.KEEP_MEMBERS, [store.MemberRow(organisation, person, MemberState.ACTIVE, via, work.now)])
    await _stop_waiting(work, person, organisation)
    return None


async def _stop_waiting(work: Work, person: UUID, organisation: UUID) -> int:
    """The invitation that waited for his number has found him. How many there were."""
    return await work.execute(store.STOP_WAITING_SQL, organisation, person)


async def leave(work: Work, person: UUID, organisation: UUID, *, language: str, place: str = "web") -> Refusal | None:
    """He is counted no more from now on; a coupon that he has stays his. Who was invited says no by it."""
    await compliance.withdraw_consent(work, person, ORGANISATION_MEMBER, organisation, language=language, place=place)
    before = await work.fetch_value(store.MEMBER_SQL, organisation, person)
    if await _stop_waiting(work, person, organisation):
        before = before or MemberState.INVITED
    if before in (None, MemberState.LEFT):
        return NotMember()
    MEMBER.check(before, MemberState.LEFT)
    await work.write(store.KEEP_MEMBERS, [store.MemberRow(organisation, person, MemberState.LEFT, "code", work.now)])
    return None


async def record_month(work: Work, organisation: UUID, month: date, members: int, grade: Grade | None,
                       template: UUID | None) -> None:  # fmt: skip
    """What was counted for this month, and the coupon that its grade gives; once and for all."""
    row = store.MonthRow(organisation, month, members, grade.least_members if grade else None, template, work.now)
    await work.write(store.INSERT_MONTHS, [row])


async def mark_granted(work: Work, organisation: UUID, month: date, persons: Collection[UUID]) -> None:
    """These were granted this month's benefit, or could not be."""
    await work.execute(store.MARK_GRANTED_SQL, organisation, month, list(persons))


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """He has left every organisation; that he was one of many stays in its counts."""
    await work.execute(store.STOP_ALL_WAITING_SQL, person)
    return {"memberships": await work.execute(store.LEAVE_ALL_SQL, person)}
