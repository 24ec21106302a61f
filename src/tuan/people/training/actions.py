"""The verbs of training: writing and publishing courses, reading them, answering their questions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of
from tuan.people.training import facts, model, store
from tuan.people.training.errors import CourseOver, DraftChanged, TryStale
from tuan.people.training.model import COURSE_ID, Content, CourseId, CourseState, Marked
from tuan.platform import audit
from tuan.platform.work import Work


async def draft_course(work: Work, title: str) -> CourseId | Refusal:
    """A course that only the office sees, with nothing in it yet."""
    content = Content(title.strip())
    if refusal := model.why_not_write(content):
        return refusal
    course = COURSE_ID.new()
    row = store.CourseRow(course, CourseState.DRAFT, content.title, store.plain(content), work.now)
    await work.write(store.INSERT_COURSES, [row])
    return course


async def write_course(work: Work, course: UUID, revision: int, content: Content) -> Refusal | None:
    """The draft from now on; learners see nothing of it. revision: of the draft that was changed."""
    row = await store.lock_course(work, course)
    if row is None:
        return NotFound()
    if row["revision"] != revision:
        return DraftChanged()
    if refusal := model.why_not_write(content):
        return refusal
    await work.execute(store.WRITE_DRAFT_SQL, course, content.title, store.plain(content))
    return None


async def publish_course(work: Work, course: UUID, revision: int, *, reason: str) -> int | Refusal:
    """The draft becomes the next version, which is taught from now on; the number of it. Audited.

    Who has passed an earlier version keeps his pass until its time is over.
    """
    if refusal := audit.why_not_reason(reason):
        return refusal
    row = await store.lock_course(work, course)
    if row is None:
        return NotFound()
    if row["revision"] != revision:
        return DraftChanged()
    content = store.content_of(row["draft"])
    if refusal := model.why_not_publish(content):
        return refusal
    number: int = row["version"] + 1
    version = store.VersionRow(course, number, row["draft"], list(content.rights), work.now)
    await work.write(store.INSERT_VERSIONS, [version])
    await _move(work, row, CourseState.OPEN, number, "training.publish_course", reason)
    return number


async def end_course(work: Work, course: UUID, *, reason: str) -> Refusal | None:
    """It is taught no more; passes stay. Publishing it again opens it again. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    row = await store.lock_course(work, course)
    if row is None:
        return NotFound()
    if row["state"] == CourseState.OVER:
        return CourseOver()
    await _move(work, row, CourseState.OVER, row["version"], "training.end_course", reason)
    return None


async def _move(work: Work, row: Any, state: CourseState, version: int, action: str, reason: str) -> None:
    await work.execute(store.MOVE_SQL, row["id"], state, version, row["state"])
    await audit.record(
        work, action, COURSE_ID.show(row["id"]), reason=reason,
        before={"state": row["state"], "version": row["version"]}, after={"state": state, "version": version},
    )  # fmt: skip


async def read_step(work: Work, person: UUID, course: UUID, version: int, step: int) -> Refusal | None:
    """He has read this step, counted from 1; saying so twice is saying it once."""
    found = await store.current(work, course)
    if found is None:
        return NotFound()
    state, now = found
    if state != CourseState.OPEN:
        return CourseOver()
    if version != now.number:
        return TryStale()
    if not 1 <= step <= len(now.content.steps):
        return NotFound()
    await work.execute(store.READ_STEP_SQL, person, course, version, step, work.now)
    return None


async def answer_quiz(
    work: Work, person: UUID, course: UUID, version: int, number: int, given: Sequence[Sequence[int]]
) -> Marked | Refusal:
    """Mark one try. version, number: of the questions that were looked at; given: for each the places ticked, as shown.

    Two who answer the same try at once meet in its key, and the second is told that it was answered already.
    """
    found = await store.current(work, course)
    if found is None:
        return NotFound()
    state, now = found
    if state != CourseState.OPEN:
        return CourseOver()
    today = day_of(work.now, work.market.time_zone)
    last = await store.last_try(work, person, course)
    if refusal := model.why_not_answer(now, last, today, number, version, given):
        return refusal
    orders = model.begin_try(now, person, number)
    marked = model.mark(now.content, orders, given)
    written = [sorted(order[place] for place in places) for order, places in zip(orders, given, strict=True)]
    if not await work.execute(
        store.INSERT_TRY_SQL, work.now, person, course, number, version, today, written, marked.count, marked.is_passed
    ):
        return TryStale()
    if marked.is_passed:
        until = model.valid_until(now.content, work.now)
        await work.write(store.INSERT_PASSES, [store.PassRow(person, course, number, version, work.now, until)])
        work.tell(facts.CoursePassed(person=person, course=course))
    return marked


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """What somebody learned is nobody's business any more."""
    return await store.forget(work, person)
