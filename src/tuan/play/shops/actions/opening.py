"""From wanting a shop to having one: asked, decided by the market or by its rule, opened. Nothing is paid for it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people import accounts, parties, sharing, training
from tuan.people.parties.model import ShopId
from tuan.people.training.model import COURSE_ID
from tuan.platform import audit, limits
from tuan.platform.work import Work
from tuan.play.shops import facts, model, queries, store
from tuan.play.shops.errors import AlreadyAsked, HasShop, NotWaiting, TermsInvalid
from tuan.play.shops.model import APPLICATION, APPLICATION_ID, TASK_WORDS_MIN, Applied, Apply, Opening, Terms
from tuan.play.shops.model import ApplicationState as State

APPLICATIONS_PER_DAY_MAX = 5
DAY_SECONDS = 86400
BY_RULE = "the market's rule"
"""The reason in the audit of a shop that nobody decided about."""


async def apply_for_shop(work: Work, asked: Apply) -> Applied | Refusal:
    """Ask for a shop; where the market's rule says so, it opens at once. No fee, no purchase, one shop for one person.

    An inviter that is no open shop of somebody else invites nobody.
    """
    if refusal := model.why_not_apply(asked):
        return refusal
    if await parties.shop_of(work, asked.actor) is not None:
        return HasShop()
    last = await queries.application_of(work, asked.actor)
    if last is not None and last["state"] == State.WAITING:
        return AlreadyAsked()
    if refusal := await limits.take(
        work, f"shops.apply {asked.actor}", most=APPLICATIONS_PER_DAY_MAX, window_seconds=DAY_SECONDS
    ):
        return refusal
    inviter = await _inviter(work, asked)
    row = store.ApplicationRow(
        APPLICATION_ID.new(), asked.actor, inviter, asked.name.strip(), asked.words.strip(), APPLICATION.start, work.now
    )
    if not await work.execute(store.INSERT_APPLICATION.sql, *store.INSERT_APPLICATION.arrays([row])):
        await limits.give_back(work, f"shops.apply {asked.actor}", window_seconds=DAY_SECONDS)
        return AlreadyAsked()
    application = model.ApplicationId(row.id)
    terms, joined_at = await queries.terms(work), (await accounts.access_whole_person(work, asked.actor))["created_at"]
    has_passed = await queries.has_passed(work, terms, asked.actor)
    if not model.opens(terms, row.words, joined_at, work.now, has_passed=has_passed):
        return Applied(application, None)
    return Applied(application, await _open(work, row, reason=BY_RULE))


async def _inviter(work: Work, asked: Apply) -> UUID | None:
    if asked.inviter is None:
        return None
    found = (await parties.shop_cards(work, [asked.inviter])).get(asked.inviter)
    return found.id if found is not None and found.is_open and found.owner_id != asked.actor else None


async def _open(work: Work, row: store.ApplicationRow, *, reason: str) -> ShopId:
    """Of an application that waits and is locked, or was made in this Work. Its page's link is made with it, what its
    keeper shared before is for it, and what was said about it stands on its page."""
    shop = await parties.admit_shop(work, row.name, row.person_id, inviter=row.inviter_id, reason=reason)
    await work.write(store.INSERT_PAGES, [store.PageRow(shop, row.words, work.now)])
    await _decide(work, row, State.OPENED, shop=shop)
    await sharing.begin_shop(work, row.person_id, shop)
    work.tell(facts.ShopOpened(shop=shop))
    return shop


async def _decide(
    work: Work, row: store.ApplicationRow, state: str, *, why: str = "", shop: UUID | None = None
) -> None:
    APPLICATION.check(row.state, state)
    await work.write(store.MOVE_APPLICATIONS, [store.Decision(row.id, row.state, state, work.now, why, shop)])


async def withdraw_application(work: Work, person: UUID) -> Refusal | None:
    """He wants no shop after all."""
    return None if await work.execute(store.WITHDRAW_SQL, person, work.now) else NotWaiting()


async def approve(work: Work, application: UUID, *, reason: str) -> ShopId | Refusal:
    """The market lets it open. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    row = await _lock(work, application)
    return row if isinstance(row, Refusal) else await _open(work, row, reason=reason)


async def refuse_application(work: Work, application: UUID, *, reason: str) -> Refusal | None:
    """The market does not want this shop; the reason is told to who asked. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    row = await _lock(work, application)
    if isinstance(row, Refusal):
        return row
    await _decide(work, row, State.REFUSED, why=reason)
    await audit.record(work, "shops.refuse_application", APPLICATION_ID.show(application), reason=reason,
                       before={"state": State.WAITING}, after={"state": State.REFUSED})  # fmt: skip
    return None


async def _lock(work: Work, application: UUID) -> store.ApplicationRow | Refusal:
    """Two who decide at the same moment follow each other, and the second finds it decided."""
    rows = await work.lock("shops", store.LOCK_APPLICATION_SQL, application)
    if not rows:
        return NotFound()
    row = store.ApplicationRow(*rows[0].values())
    return row if row.state == State.WAITING else NotWaiting()


async def open_ready(work: Work, *, limit: int) -> int:
    """Open the shops whose tasks are done. How many."""
    terms = await queries.terms(work)
    if terms.opening == Opening.APPROVAL:
        return 0
    asked = terms if terms.opening == Opening.TASKS else Terms()
    least = TASK_WORDS_MIN if terms.opening == Opening.TASKS else 0
    joined_by = work.now - timedelta(days=asked.member_days)
    rows = await work.lock("shops", store.LOCK_WAITING_SQL, joined_by, least, asked.course, work.now, limit)
    for row in rows:
        await _open(work, store.ApplicationRow(*row.values()), reason=BY_RULE)
    return len(rows)


async def set_terms(work: Work, terms: Terms, *, reason: str) -> Refusal | None:
    """How shops open from now on; those that wait are opened by the next sweep if the new terms let them. Audited.

    A course is one that is taught; the one named so far may stay when it is taught no more.
    """
    if refusal := audit.why_not_reason(reason) or model.why_not_terms(terms):
        return refusal
    before = await queries.terms(work)
    if terms.course not in (None, before.course) and not await training.is_taught(work, terms.course):
        return TermsInvalid(field="course")
    await work.execute(store.SET_TERMS_SQL, terms.opening, terms.member_days, terms.course, work.now)
    await audit.record(work, "shops.set_terms", "shops", reason=reason, before=_told(before), after=_told(terms))
    return None


def _told(terms: Terms) -> dict[str, Any]:
    course = COURSE_ID.show(terms.course) if terms.course else ""
    return {"opening": terms.opening, "member_days": terms.member_days, "course": course}


async def forget_applications(work: Work, person: UUID, at: Instant) -> int:
    """What somebody wrote when he asked for a shop; who had one is kept, because his shop is."""
    return await work.execute(store.FORGET_APPLICATIONS_SQL, person, at)
