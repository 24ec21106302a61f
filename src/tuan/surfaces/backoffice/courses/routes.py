"""Courses in the office: a list, a draft that is written part by part, publishing it, who has passed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts, training
from tuan.people.accounts.model import PERSON, masked_name
from tuan.people.training.model import COURSE_ID, VIDEO_HOSTS, Content, CourseState, why_not_publish
from tuan.platform import files
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted, read_whole
from tuan.surfaces.backoffice.courses.context import (
    CourseDraftPage,
    CoursesPage,
    PassesPage,
    QuestionDraft,
    StepDraft,
)
from tuan.surfaces.backoffice.courses.drafts import (
    QuestionForm,
    StepForm,
    TermsForm,
    with_question,
    with_step,
    with_terms,
    without,
    written,
)
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, Tone, chosen, csv_of, table_page, wanted
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import TAKES_FILE, staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_file, read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="courses", label="Courses", url="/office/courses", permission="courses.see", icon="star")
HERE = "/office/courses"
COURSE = f"{HERE}/{{course:str}}"
COLUMNS = (
    Column("title", "Course"),
    Column("state", "State"),
    Column("version", "Version", is_number=True),
    Column("passed", "Passed by", is_number=True),
    Column("made", "Made"),
)
S = CourseState
TONES: dict[str, Tone] = {S.DRAFT: "amber", S.OPEN: "leaf", S.OVER: "stone"}
FILTERS = (Filter("state", "State", ((S.DRAFT, "Draft"), (S.OPEN, "Taught"), (S.OVER, "Taught no more"))),)
PASSES = (
    Column("person", "Person"),
    Column("version", "Version", is_number=True),
    Column("passed", "Passed"),
    Column("until", "Valid until"),
)
NO_FILTERS: tuple[Filter, ...] = ()


class NewForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    title: str


class DropForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    revision: str
    number: str


class PublishForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    revision: str
    reason: str


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


def _states(visit: Visit) -> dict[str, str]:
    return {
        S.DRAFT: visit.gettext("Draft"),
        S.OPEN: visit.gettext("Taught"),
        S.OVER: visit.gettext("Taught no more"),
    }


@get(HERE, opt=staff("courses.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    state = chosen(visit, FILTERS).get("state", "")
    async with visit.reading() as work:
        rows = await training.search_courses(work, wanted(visit, COLUMNS), state=state)
        counts = await training.passed_counts(work, [row["id"] for row in rows.items])

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(text=row["title"], url=_url(row["id"])),
            Cell(text=_states(visit)[row["state"]], tone=TONES[row["state"]]),
            Cell(text=str(row["version"]), is_number=True),
            Cell(text=str(counts.get(row["id"], 0)), is_number=True, url=f"{_url(row['id'])}/passes"),
            Cell(at=row["made_at"]),
        ]

    page = CoursesPage(
        table=table_page(visit, PLACE, COLUMNS, FILTERS, rows, cells),
        may_edit=visit.may("courses.edit"),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/courses/list.html", page, place=PLACE.name)


def _url(course: UUID) -> str:
    return f"{HERE}/{COURSE_ID.show(course)}"


@post(HERE, opt=staff("courses.edit"))
async def create(visit: NamedDependency[Visit]) -> Response[Any]:
    """A course that nobody sees yet."""
    form = await visit.form(NewForm)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        course = await training.draft_course(work, form.title)
        return course if isinstance(course, Refusal) else {"course": COURSE_ID.show(course)}

    outcome = await remembered(visit, "office.draft_course", form.key, form.title, act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("Back"), url=HERE))
    return visit.go_on(f"{HERE}/{outcome['course']}", outcome, status=201)


@get(COURSE, opt=staff("courses.see"))
async def show(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    """The draft with everything that can be written in it."""
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        row = await training.access_course(work, found)
        passed = (await training.passed_counts(work, [found])).get(found, 0)
    content = training.draft_of(row)
    refusal = why_not_publish(content)
    missing = visit.words.told(refusal, visit.market.currency).happened if refusal else ""
    page = CourseDraftPage(
        url=_url(found),
        title=content.title,
        summary=content.summary,
        state=row["state"],
        state_words=_states(visit)[row["state"]],
        version=row["version"],
        revision=row["revision"],
        pass_mark=content.pass_mark,
        tries_per_day=content.tries_per_day,
        valid_days="" if content.valid_days is None else str(content.valid_days),
        rights=" ".join(content.rights),
        steps=[
            StepDraft(
                number=number, title=step.title, text=step.text, video=step.video, picture=files.url(step.picture, 320),
                key=visit.fresh_key(), drop_key=visit.fresh_key(),
            )
            for number, step in enumerate(content.steps, start=1)
        ],
        questions=[
            QuestionDraft(
                number=number, text=one.text, answers=written(one), key=visit.fresh_key(), drop_key=visit.fresh_key()
            )
            for number, one in enumerate(content.questions, start=1)
        ],
        hosts=sorted(VIDEO_HOSTS),
        passed=passed,
        missing=missing,
        may_edit=visit.may("courses.edit"),
        keys={act: visit.fresh_key() for act in ("terms", "step", "question", "publish", "end")},
    )  # fmt: skip
    return visit.page("backoffice/courses/page.html", page, place=PLACE.name)


async def _write(
    visit: Visit, course: str, key: str, revision: str, subject: str, change: Callable[[Content], Content]
) -> Refusal | None:
    """The draft with one part changed, unless somebody else has written at it since the page was shown."""
    found, seen = read_id(COURSE_ID, course), read_whole(revision, "revision")

    async def act(work: Work) -> Refusal | None:
        row = await training.access_course(work, found)
        try:
            content = change(training.draft_of(row))
        except Refused as refused:
            return refused.refusal
        return await training.write_course(work, found, seen, content)

    return await once(visit, "office.write_course", key, f"{course} {revision} {subject}", act)


def _answer(visit: Visit, course: str, refusal: Refusal | None) -> Response[Any]:
    url = f"{HERE}/{course}"
    return visit.go_on(url) if refusal is None else refuse(visit, refusal, Step(label=visit.gettext("Back"), url=url))


@post(f"{COURSE}/terms", opt=staff("courses.edit"))
async def set_terms(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    form = await visit.form(TermsForm)
    refusal = await _write(visit, course, form.key, form.revision, repr(form), lambda old: with_terms(old, form))
    return _answer(visit, course, refusal)


@post(f"{COURSE}/steps", opt=staff("courses.edit") | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def set_step(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    """A step, new or changed; its picture is made anew before anything else happens, and dropped if it is not used."""
    form, name = await visit.form(StepForm), ""
    pictures, market = visit.front.house.pictures, visit.market.id
    if form.picture:
        kept = await pictures.keep(market, read_file(form.picture))
        if isinstance(kept, Refusal):
            return _answer(visit, course, kept)
        name = kept
    is_used = False

    def change(old: Content) -> Content:
        nonlocal is_used
        is_used = True
        return with_step(old, form, name)

    subject = " ".join((form.step, form.title, form.text, form.video, str(len(form.picture))))
    refusal = await _write(visit, course, form.key, form.revision, subject, change)
    if name and (refusal is not None or not is_used):
        await pictures.drop(market, name)
    return _answer(visit, course, refusal)


@post(f"{COURSE}/steps/removal", opt=staff("courses.edit"))
async def drop_step(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    form = await visit.form(DropForm)

    def change(old: Content) -> Content:
        return msgspec.structs.replace(old, steps=without(old.steps, form.number, "number"))

    refusal = await _write(visit, course, form.key, form.revision, f"drop step {form.number}", change)
    return _answer(visit, course, refusal)


@post(f"{COURSE}/questions", opt=staff("courses.edit"))
async def set_question(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    form = await visit.form(QuestionForm)
    refusal = await _write(visit, course, form.key, form.revision, repr(form), lambda old: with_question(old, form))
    return _answer(visit, course, refusal)


@post(f"{COURSE}/questions/removal", opt=staff("courses.edit"))
async def drop_question(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    form = await visit.form(DropForm)

    def change(old: Content) -> Content:
        return msgspec.structs.replace(old, questions=without(old.questions, form.number, "number"))

    refusal = await _write(visit, course, form.key, form.revision, f"drop question {form.number}", change)
    return _answer(visit, course, refusal)


@post(f"{COURSE}/publishing", opt=staff("courses.edit"))
async def publish(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    """The draft is taught from now on, as a version that never changes again."""
    found, form = read_id(COURSE_ID, course), await visit.form(PublishForm)
    revision = read_whole(form.revision, "revision")

    async def act(work: Work) -> Refusal | None:
        outcome = await training.publish_course(work, found, revision, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    subject = f"{course} {revision}"
    return await acted(visit, "office.publish_course", form.key, form.reason, subject, act, f"{HERE}/{course}")


@post(f"{COURSE}/ending", opt=staff("courses.edit"))
async def end(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    """It is taught no more; passes stay."""
    found, form = read_id(COURSE_ID, course), await visit.form(EndForm)

    async def act(work: Work) -> Refusal | None:
        return await training.end_course(work, found, reason=form.reason)

    return await acted(visit, "office.end_course", form.key, form.reason, course, act, f"{HERE}/{course}")


@get(f"{COURSE}/passes", opt=staff("courses.see"))
async def show_passes(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    """Who has passed, the latest first."""
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        row = await training.access_course(work, found)
        rows = await training.who_passed(work, found, wanted(visit, PASSES))
        names = await accounts.names(work, {one["person_id"] for one in rows.items})
    url = f"{_url(found)}/passes"

    def cells(one: Any) -> list[Cell]:
        return [
            Cell(text=masked_name(names.get(one["person_id"], "")), url=f"/office/people/{PERSON.show(one['person_id'])}"),
            *_of_pass(visit, one),
        ]  # fmt: skip

    here = msgspec.structs.replace(PLACE, url=url)
    page = PassesPage(
        title=row["title"],
        url=_url(found),
        table=table_page(visit, here, PASSES, NO_FILTERS, rows, cells, csv_path=f"{url}.csv"),
    )
    return visit.page("backoffice/courses/passes.html", page, place=PLACE.name)


@get(f"{COURSE}/passes.csv", opt=staff("courses.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    """The same as a file; people by their ids, not by their names."""
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        await training.access_course(work, found)
    return await csv_of(
        visit,
        "passes",
        PASSES,
        lambda work, page: training.who_passed(work, found, page),
        lambda one: [Cell(text=PERSON.show(one["person_id"])), *_of_pass(visit, one)],
    )


def _of_pass(visit: Visit, one: Any) -> list[Cell]:
    until = Cell(at=one["valid_until"]) if one["valid_until"] else Cell(text=visit.gettext("It stays"))
    return [Cell(text=str(one["version"]), is_number=True), Cell(at=one["passed_at"]), until]


HANDLERS = (
    show_all, create, show, set_terms, set_step, drop_step, set_question, drop_question, publish, end, show_passes, export,
)  # fmt: skip
