"""Courses as a learner sees them: never with what is right before it was answered."""

from typing import Any
from uuid import UUID

from tuan.people import training
from tuan.people.training.model import COURSE_ID, Version, begin_try, host_of
from tuan.platform import files
from tuan.platform.work import Work
from tuan.surfaces.desks.courses.context import (
    Answered,
    CourseCard,
    CoursePage,
    CoursesPage,
    QuizPage,
    Shown,
    StepLink,
    StepPage,
    TryPage,
)
from tuan.surfaces.storefront.growing import course_url, right_words
from tuan.surfaces.web.visits import Visit

PICTURE_WIDTH = 1280


async def courses_page(work: Work, visit: Visit) -> CoursesPage:
    taught, read = await training.taught(work), await training.progress_of(work, visit.person)
    passes: dict[UUID, Any] = {}
    for row in await training.passes_of(work, visit.person):
        passes.setdefault(row["course_id"], row)
    cards = [_card(work, visit, one, read, passes.get(one.course_id)) for one in taught]
    gone = [row for course, row in passes.items() if course not in {one.course_id for one in taught}]
    return CoursesPage(courses=cards, kept=[_kept(work, visit, row) for row in gone])


def _card(work: Work, visit: Visit, one: Version, read: dict[tuple[UUID, int], int], passed: Any | None) -> CourseCard:
    return CourseCard(
        course=COURSE_ID.show(one.course_id),
        url=course_url(one.course_id),
        title=one.content.title,
        summary=one.content.summary,
        steps=len(one.content.steps),
        read=read.get((one.course_id, one.number), 0),
        rights=right_words(visit, one.content.rights),
        passed_at=passed["passed_at"] if passed else None,
        valid_until=passed["valid_until"] if passed else None,
        is_passed=_holds(work, passed),
    )


def _kept(work: Work, visit: Visit, row: Any) -> CourseCard:
    return CourseCard(
        course=COURSE_ID.show(row["course_id"]), url="", title=row["title"], summary="", steps=0, read=0,
        rights=right_words(visit, row["rights"]), passed_at=row["passed_at"], valid_until=row["valid_until"],
        is_passed=_holds(work, row),
    )  # fmt: skip


def _holds(work: Work, passed: Any | None) -> bool:
    return passed is not None and (passed["valid_until"] is None or passed["valid_until"] > work.now)


async def course_page(work: Work, visit: Visit, course: UUID) -> CoursePage:
    version = await training.access_version(work, course)
    read = await training.steps_read(work, visit.person, version)
    _, left = await training.next_try(work, visit.person, version)
    passed = next((row for row in await training.passes_of(work, visit.person) if row["course_id"] == course), None)
    url = course_url(course)
    steps = [
        StepLink(number=number, title=step.title, url=f"{url}/steps/{number}", is_read=number in read)
        for number, step in enumerate(version.content.steps, start=1)
    ]
    quiz_url = f"{url}/quiz"
    return CoursePage(
        card=_card(work, visit, version, {(course, version.number): len(read)}, passed),
        steps=steps,
        next_url=next((step.url for step in steps if not step.is_read), quiz_url),
        quiz_url=quiz_url,
        questions=len(version.content.questions),
        pass_mark=version.content.pass_mark,
        tries_left=left,
    )


async def step_page(work: Work, visit: Visit, course: UUID, number: int) -> StepPage | None:
    """None for a step that the course does not have."""
    version = await training.access_version(work, course)
    steps, url = version.content.steps, course_url(course)
    if not 1 <= number <= len(steps):
        return None
    step, read = steps[number - 1], await training.steps_read(work, visit.person, version)
    return StepPage(
        course_title=version.content.title,
        course_url=url,
        url=f"{url}/steps/{number}",
        number=number,
        steps=len(steps),
        title=step.title,
        text=step.text,
        picture=files.url(step.picture, PICTURE_WIDTH),
        film=step.video,
        film_host=host_of(step.video) or "",
        version=version.number,
        key=visit.fresh_key(),
        before_url=f"{url}/steps/{number - 1}" if number > 1 else "",
        is_read=number in read,
    )


async def quiz_page(work: Work, visit: Visit, course: UUID) -> QuizPage:
    version = await training.access_version(work, course)
    number, left = await training.next_try(work, visit.person, version)
    return QuizPage(
        course_title=version.content.title,
        course_url=course_url(course),
        url=f"{course_url(course)}/tries",
        version=version.number,
        number=number,
        questions=shown(version, visit.person, number) if left else [],
        pass_mark=version.content.pass_mark,
        tries_left=left,
        key=visit.fresh_key(),
    )


def shown(version: Version, person: UUID, number: int) -> list[Shown]:
    """The questions of this try, their answers in its order."""
    orders = begin_try(version, person, number)
    return [
        Shown(
            number=place,
            text=question.text,
            answers=[question.answers[one] for one in order],
            has_several=question.has_several,
        )
        for place, (question, order) in enumerate(zip(version.content.questions, orders, strict=True), start=1)
    ]


async def try_page(work: Work, visit: Visit, course: UUID, number: int) -> TryPage:
    row = await training.access_try(work, visit.person, course, number)
    content, passed = training.content_of(row), row["is_passed"]
    answered = [
        Answered(
            number=place,
            text=question.text,
            is_right=set(given) == set(question.right),
            right=[question.answers[one] for one in sorted(question.right)] if passed else [],
        )
        for place, (question, given) in enumerate(zip(content.questions, row["answers"], strict=True), start=1)
    ]
    found = [one for one in await training.passes_of(work, visit.person) if one["course_id"] == course]
    until = next((one["valid_until"] for one in found if one["number"] == number), None)
    return TryPage(
        course_title=content.title,
        course_url=course_url(course),
        quiz_url=f"{course_url(course)}/quiz",
        number=number,
        right_count=row["right_count"],
        questions=answered,
        pass_mark=content.pass_mark,
        is_passed=passed,
        tries_left=await _left(work, visit, course),
        rights=right_words(visit, content.rights) if passed else [],
        valid_until=until,
    )


async def _left(work: Work, visit: Visit, course: UUID) -> int:
    now = next((one for one in await training.taught(work) if one.course_id == course), None)
    return 0 if now is None else (await training.next_try(work, visit.person, now))[1]
