"""Courses for whoever teaches in the market: a draft written as a whole, publishing it, teaching it no more, who has passed.

The office asks for no second person and no second factor before these acts, so that they are all here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import training
from tuan.people.accounts.model import PERSON
from tuan.people.training.model import (
    ANSWERS_MAX,
    COURSE_ID,
    QUESTIONS_MAX,
    Content,
    Question,
    Step,
    why_not_publish,
)
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, PageQuery, PersonId, Reason
from tuan.surfaces.api.v1.training import CourseId, Rights, StepNumber
from tuan.surfaces.storefront.cases.filing import read_number
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.uploads import kept_picture
from tuan.surfaces.web.visits import Visit

DraftNumber = Annotated[
    int,
    Meta(description="Of the draft that was looked at; another one is refused, since somebody has written meanwhile.",
         ge=1, le=10**9, examples=[2]),
]  # fmt: skip
NextDraft = Annotated[DraftNumber, Meta(examples=[3])]
CourseTitle = Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL, examples=["Open your shop"])]
CourseState = Literal["draft", "open", "over"]
Link = Annotated[str, Meta(min_length=1, max_length=300, pattern=NO_NUL)]
Count = Annotated[int, Meta(ge=1, le=10_000)]


class DraftStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step as it is written. film: a link; kept_picture: the name of a picture of this draft, as the draft tells it."""

    title: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL, examples=["What a shop does"])]
    text: Annotated[str, Meta(max_length=4000, pattern=NO_NUL, examples=["It recommends."])] = ""
    film: Annotated[Link | None, Meta(examples=[None])] = None
    kept_picture: Annotated[Link | None, Meta(examples=[None])] = None


class DraftQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """right: the places of the right answers, counted from 0; all of them have to be ticked, and no other."""

    text: Annotated[str, Meta(min_length=1, max_length=300, pattern=NO_NUL, examples=["What does a shop cost?"])]
    answers: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]],
        Meta(min_length=2, max_length=ANSWERS_MAX, examples=[["Nothing", "A fee"]]),
    ]
    right: Annotated[list[Annotated[int, Meta(ge=0, lt=ANSWERS_MAX)]], Meta(min_length=1, examples=[[0]])]


class CourseText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a draft says. pass_mark: so many questions have to be right; valid_days: null for a pass that stays."""

    title: CourseTitle
    summary: Annotated[str, Meta(max_length=200, pattern=NO_NUL, examples=[""])] = ""
    steps: Annotated[list[DraftStep], Meta(max_length=30)]
    questions: Annotated[list[DraftQuestion], Meta(max_length=QUESTIONS_MAX)]
    pass_mark: Annotated[Count, Meta(examples=[1])] = 1
    tries_per_day: Annotated[Count, Meta(examples=[3])] = 3
    valid_days: Annotated[Count | None, Meta(examples=[None])] = None
    rights: Rights = []


class CourseTextWritten(CourseText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole draft from now on."""

    draft: DraftNumber


class CourseDraft(CourseText, frozen=True, kw_only=True):
    """A course as it is written now. version: the one that is taught, 0 for none; missing: what stands against publishing it."""

    course: CourseId
    state: CourseState
    version: Annotated[int, Meta(examples=[1])]
    draft: DraftNumber
    passed: Annotated[int, Meta(examples=[12])]
    missing: Annotated[str | None, Meta(examples=[None])]


class MarketCourseQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: CourseState | None = None


class MarketCourse(Struct, frozen=True, kw_only=True):
    """A course, the version that is taught (0: none yet), and how many have passed any of them."""

    course: CourseId
    title: CourseTitle
    state: CourseState
    version: Annotated[int, Meta(examples=[1])]
    passed: Annotated[int, Meta(examples=[12])]
    made_at: datetime


class NewCourse(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: CourseTitle


class DraftedCourse(Struct, frozen=True, kw_only=True):
    """The course that nobody sees yet, and the number of its draft."""

    course: CourseId
    draft: DraftNumber


class StepPicture(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """picture: its bytes in base64."""

    draft: NextDraft
    picture: Annotated[str, Meta(min_length=1)]


class CoursePublishing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    draft: NextDraft
    reason: Reason


class PublishedVersion(Struct, frozen=True, kw_only=True):
    """The version that is taught from now on."""

    version: Annotated[int, Meta(examples=[2])]


class CourseEnding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class CoursePass(Struct, frozen=True, kw_only=True):
    """Who has passed which version; valid_until: null for a pass that stays."""

    person: PersonId
    version: Annotated[int, Meta(examples=[1])]
    passed_at: datetime
    valid_until: datetime | None


@operation("GET", "/market-courses", scope="growth.read")
async def list_market_courses(visit: Visit, query: MarketCourseQuery) -> Listing[MarketCourse]:
    """Courses of the market, also those that are not taught, the newest first."""
    async with visit.reading() as work:
        wanted = Wanted(after=query.after, size=query.size)
        found = await training.search_courses(work, wanted, state=query.state or "")
        passed = await training.passed_counts(work, [row["id"] for row in found.items])
    items = [
        MarketCourse(course=COURSE_ID.show(row["id"]), title=row["title"], state=row["state"], version=row["version"],
                     passed=passed.get(row["id"], 0), made_at=row["made_at"])
        for row in found.items
    ]  # fmt: skip
    return Listing(items, found.next_key)


@operation("POST", "/market-courses", scope="growth.write", status=201)
async def draft_course(visit: Visit, data: NewCourse, key: str) -> DraftedCourse | Refusal:
    """A course that nobody sees yet."""

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await training.draft_course(work, data.title)
        return made if isinstance(made, Refusal) else {"course": COURSE_ID.show(made), "draft": 1}

    outcome = await remembered(visit, "api.draft_course", key, data.title, act)
    return outcome if isinstance(outcome, Refusal) else DraftedCourse(**outcome)


@operation("GET", "/market-courses/{course}", scope="growth.read")
async def show_course_draft(visit: Visit, course: CourseId) -> CourseDraft:
    """The draft with everything in it, the right answers too."""
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        row = await training.access_course(work, found)
        passed = (await training.passed_counts(work, [found])).get(found, 0)
    content = training.draft_of(row)
    refusal = why_not_publish(content)
    return CourseDraft(
        course=course, state=row["state"], version=row["version"], draft=row["revision"], passed=passed,
        missing=str(refusal.data["field"]) if refusal else None, title=content.title, summary=content.summary,
        steps=[
            DraftStep(title=one.title, text=one.text, film=one.video or None, kept_picture=one.picture or None)
            for one in content.steps
        ],
        questions=[
            DraftQuestion(text=one.text, answers=list(one.answers), right=list(one.right)) for one in content.questions
        ],
        pass_mark=content.pass_mark, tries_per_day=content.tries_per_day, valid_days=content.valid_days,
        rights=list(content.rights),
    )  # fmt: skip


@operation("PUT", "/market-courses/{course}", scope="growth.write", status=204)
async def write_course(visit: Visit, course: CourseId, data: CourseTextWritten, key: str) -> Refusal | None:
    """The whole draft, with its steps and questions; learners see nothing of it before it is published."""
    found, content = read_id(COURSE_ID, course), _content(data)

    async def act(work: Work) -> Refusal | None:
        there = {one.picture for one in training.draft_of(await training.access_course(work, found)).steps}
        if any(one.picture and one.picture not in there for one in content.steps):
            return FieldInvalid(field="kept_picture")
        return await training.write_course(work, found, data.draft, content)

    return await once(visit, "api.write_course", key, f"{course} {data!r}", act)


def _content(data: CourseText) -> Content:
    return Content(
        data.title.strip(),
        data.summary.strip(),
        tuple(Step(one.title.strip(), one.text.strip(), one.kept_picture or "", one.film or "") for one in data.steps),
        tuple(
            Question(one.text.strip(), tuple(map(str.strip, one.answers)), tuple(one.right)) for one in data.questions
        ),
        data.pass_mark,
        data.tries_per_day,
        data.valid_days,
        tuple(data.rights),
    )


@operation("POST", "/market-courses/{course}/publishing", scope="growth.write", status=201)
async def publish_course(
    visit: Visit, course: CourseId, data: CoursePublishing, key: str
) -> PublishedVersion | Refusal:
    """The draft is taught from now on, as a version that never changes again."""
    found = read_id(COURSE_ID, course)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await training.publish_course(work, found, data.draft, reason=data.reason)
        return made if isinstance(made, Refusal) else {"version": made}

    outcome = await remembered(visit, "api.publish_course", key, f"{course} {data!r}", act)
    return outcome if isinstance(outcome, Refusal) else PublishedVersion(**outcome)


@operation("POST", "/market-courses/{course}/steps/{step}/picture", scope="growth.write", status=204, takes_file=True)
async def set_step_picture(
    visit: Visit, course: CourseId, step: StepNumber, data: StepPicture, key: str
) -> Refusal | None:
    """A picture for a step of the draft."""
    found, place = read_id(COURSE_ID, course), read_number(step) - 1
    async with kept_picture(visit, data.picture) as picture:

        async def act(work: Work) -> Refusal | None:
            content = training.draft_of(await training.access_course(work, found))
            steps = list(content.steps)
            if place >= len(steps):
                raise Refused(NotFound())
            steps[place] = msgspec.structs.replace(steps[place], picture=picture.name)
            content = msgspec.structs.replace(content, steps=tuple(steps))
            refusal = await training.write_course(work, found, data.draft, content)
            picture.is_used = refusal is None
            return refusal

        return await once(visit, "api.set_step_picture", key, f"{course} {step} {data.draft} {len(data.picture)}", act)


@operation("POST", "/market-courses/{course}/ending", scope="growth.write", status=204)
async def end_course(visit: Visit, course: CourseId, data: CourseEnding, key: str) -> Refusal | None:
    """It is taught no more; passes stay. Publishing it again opens it again."""
    found = read_id(COURSE_ID, course)

    async def act(work: Work) -> Refusal | None:
        return await training.end_course(work, found, reason=data.reason)

    return await once(visit, "api.end_course", key, f"{course} {data.reason}", act)


@operation("GET", "/market-courses/{course}/passes", scope="growth.read")
async def list_course_passes(visit: Visit, course: CourseId, query: PageQuery) -> Listing[CoursePass]:
    """Who has passed it, the latest first."""
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        await training.access_course(work, found)
        rows = await training.who_passed(work, found, Wanted(after=query.after, size=query.size))
    items = [
        CoursePass(person=PERSON.show(row["person_id"]), version=row["version"], passed_at=row["passed_at"],
                   valid_until=row["valid_until"])
        for row in rows.items
    ]  # fmt: skip
    return Listing(items, rows.next_key)


HANDLERS = (
    list_market_courses, draft_course, show_course_draft, write_course, publish_course, set_step_picture,
    list_course_passes, end_course,
)  # fmt: skip
