"""Courses: what is taught, reading it, answering its questions, what the caller has passed."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import training
from tuan.people.training.model import ANSWERS_MAX, COURSE_ID, QUESTIONS_MAX, Version
from tuan.platform import files
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing
from tuan.surfaces.desks.courses.viewing import PICTURE_WIDTH, shown
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

CourseId = Annotated[
    str,
    Meta(
        description="A course.",
        pattern="^course_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["course_01kb3v6h2ne5x8q4r7t9w0y1z3"],
    ),
]
Number = Annotated[int, Meta(description="Counted from 1.", ge=1, le=999_999, examples=[1])]
StepNumber = Annotated[str, Meta(description="A step, counted from 1.", pattern="^[0-9]{1,6}$", examples=["1"])]
Rights = Annotated[list[str], Meta(description="Words that a pass unlocks.", examples=[["fresh_goods"]])]


class Course(Struct, frozen=True, kw_only=True):
    """A course in the version that is taught now. is_passed: a pass of the caller is valid."""

    course: CourseId
    version: Annotated[int, Meta(examples=[1])]
    title: Annotated[str, Meta(examples=["Open your shop"])]
    summary: Annotated[str, Meta(examples=[""])]
    steps: Annotated[int, Meta(examples=[5])]
    steps_read: Annotated[int, Meta(examples=[2])]
    questions: Annotated[int, Meta(examples=[5])]
    pass_mark: Annotated[int, Meta(examples=[4])]
    tries_per_day: Annotated[int, Meta(examples=[3])]
    rights: Rights
    is_passed: bool


class CourseStep(Struct, frozen=True, kw_only=True):
    """One step. picture: a path of this site; film: a link to another one."""

    number: Annotated[int, Meta(examples=[1])]
    title: Annotated[str, Meta(examples=["What a shop does"])]
    text: Annotated[str, Meta(examples=["It recommends."])]
    picture: str | None
    film: str | None
    is_read: bool


class WholeCourse(Struct, frozen=True, kw_only=True):
    course: Course
    steps: list[CourseStep]


class QuizQuestion(Struct, frozen=True, kw_only=True):
    """A question with its answers in the order of this try; which are right is not told."""

    text: Annotated[str, Meta(examples=["What does opening a shop cost?"])]
    answers: Annotated[list[str], Meta(examples=[["Nothing", "A fee"]])]
    has_several: bool


class Quiz(Struct, frozen=True, kw_only=True):
    """The caller's next try; without questions where none is left today."""

    version: Annotated[int, Meta(examples=[1])]
    number: Annotated[int, Meta(examples=[1])]
    tries_left: Annotated[int, Meta(examples=[3])]
    questions: list[QuizQuestion]


Places = Annotated[list[Annotated[int, Meta(ge=0, lt=ANSWERS_MAX)]], Meta(max_length=ANSWERS_MAX, examples=[[0]])]


class NewTry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """answers: for each question the places of what was chosen, counted from 0 in the order that the quiz told."""

    version: Number
    number: Number
    answers: Annotated[list[Places], Meta(max_length=QUESTIONS_MAX)]


class TryMarked(Struct, frozen=True, kw_only=True):
    """How many were right, which ones, and whether it was enough."""

    right_count: Annotated[int, Meta(examples=[5])]
    right: Annotated[list[bool], Meta(examples=[[True]])]
    is_passed: bool


class Pass(Struct, frozen=True, kw_only=True):
    """valid_until: null for one that stays."""

    course: CourseId
    version: Annotated[int, Meta(examples=[1])]
    title: Annotated[str, Meta(examples=["Open your shop"])]
    rights: Rights
    passed_at: datetime
    valid_until: datetime | None
    is_valid: bool


class StepRead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version was read."""

    version: Number


@operation("GET", "/courses", scope="account.read")
async def list_courses(visit: Visit) -> Listing[Course]:
    """What is taught now, and how far the caller is."""
    async with visit.reading() as work:
        return Listing([await _course(work, visit, one) for one in await training.taught(work)])


async def _course(work: Work, visit: Visit, one: Version) -> Course:
    read, passes = await training.progress_of(work, visit.person), await training.passes_of(work, visit.person)
    valid = [row for row in passes if row["course_id"] == one.course_id and _is_valid(work, row["valid_until"])]
    content = one.content
    return Course(
        course=COURSE_ID.show(one.course_id), version=one.number, title=content.title, summary=content.summary,
        steps=len(content.steps), steps_read=read.get((one.course_id, one.number), 0), questions=len(content.questions),
        pass_mark=content.pass_mark, tries_per_day=content.tries_per_day, rights=list(content.rights), is_passed=bool(valid),
    )  # fmt: skip


def _is_valid(work: Work, until: datetime | None) -> bool:
    return until is None or until > work.now


@operation("GET", "/courses/{course}", scope="account.read")
async def show_course(visit: Visit, course: CourseId) -> WholeCourse:
    """A course with all its steps."""
    async with visit.reading() as work:
        version = await training.access_version(work, read_id(COURSE_ID, course))
        read = await training.steps_read(work, visit.person, version)
        told = await _course(work, visit, version)
    steps = [
        CourseStep(
            number=number, title=step.title, text=step.text, picture=files.url(step.picture, PICTURE_WIDTH),
            film=step.video or None, is_read=number in read,
        )
        for number, step in enumerate(version.content.steps, start=1)
    ]  # fmt: skip
    return WholeCourse(course=told, steps=steps)


@operation("POST", "/courses/{course}/steps/{step}/reading", scope="account.write", status=204)
async def read_course_step(
    visit: Visit, course: CourseId, step: StepNumber, data: StepRead, key: str
) -> Refusal | None:
    """The caller has read this step."""
    found = read_id(COURSE_ID, course)
    if not (step.isascii() and step.isdigit() and len(step) <= 6):
        raise Refused(NotFound())

    async def act(work: Work) -> Refusal | None:
        return await training.read_step(work, visit.person, found, data.version, int(step))

    return await once(visit, "api.read_course_step", key, f"{course} {data.version} {step}", act)


@operation("GET", "/courses/{course}/quiz", scope="account.read")
async def show_quiz(visit: Visit, course: CourseId) -> Quiz:
    """The questions of the caller's next try."""
    async with visit.reading() as work:
        version = await training.access_version(work, read_id(COURSE_ID, course))
        number, left = await training.next_try(work, visit.person, version)
    questions = shown(version, visit.person, number) if left else []
    return Quiz(
        version=version.number,
        number=number,
        tries_left=left,
        questions=[QuizQuestion(text=one.text, answers=one.answers, has_several=one.has_several) for one in questions],
    )


@operation("POST", "/courses/{course}/tries", scope="account.write", status=201)
async def answer_quiz(visit: Visit, course: CourseId, data: NewTry, key: str) -> TryMarked | Refusal:
    """Hand a try in; it is marked at once."""
    found = read_id(COURSE_ID, course)

    async def act(work: Work) -> Refusal | dict[str, object]:
        marked = await training.answer_quiz(work, visit.person, found, data.version, data.number, data.answers)
        if isinstance(marked, Refusal):
            return marked
        return {"right_count": marked.count, "right": list(marked.right), "is_passed": marked.is_passed}

    subject = f"{course} {data.version} {data.number} {data.answers}"
    outcome = await remembered(visit, "api.answer_quiz", key, subject, act)
    return outcome if isinstance(outcome, Refusal) else TryMarked(**outcome)


@operation("GET", "/account/passes", scope="account.read")
async def list_passes(visit: Visit) -> Listing[Pass]:
    """What the caller has passed, the latest first."""
    async with visit.reading() as work:
        rows = await training.passes_of(work, visit.person)
        return Listing(
            [
                Pass(
                    course=COURSE_ID.show(row["course_id"]), version=row["version"], title=row["title"],
                    rights=row["rights"], passed_at=row["passed_at"], valid_until=row["valid_until"],
                    is_valid=_is_valid(work, row["valid_until"]),
                )
                for row in rows
            ]
        )  # fmt: skip


HANDLERS = (list_courses, show_course, read_course_step, show_quiz, answer_quiz, list_passes)
