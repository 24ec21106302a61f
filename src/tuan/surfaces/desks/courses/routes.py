"""Learning: courses, their steps, the quiz and what became of it. Everything works without a script."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import training
from tuan.people.training.model import ANSWERS_MAX, COURSE_ID, QUESTIONS_MAX
from tuan.platform.work import Work
from tuan.surfaces.desks.courses.viewing import course_page, courses_page, quiz_page, step_page, try_page
from tuan.surfaces.storefront.growing import COURSES, course_url
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

COURSE = f"{COURSES}/{{course:str}}"
NUMBER_LETTERS_MAX = 6


class ReadForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    version: str


TriesForm = msgspec.defstruct(
    "TriesForm",
    [
        ("key", str),
        ("version", str),
        ("number", str),
        *((f"q{question}", str, "") for question in range(1, QUESTIONS_MAX + 1)),
        *(
            (f"q{question}_{place}", str, "")
            for question in range(1, QUESTIONS_MAX + 1)
            for place in range(ANSWERS_MAX)
        ),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
)
"""`q3`: which answer of the third question was chosen, counted from 0 as shown; `q3_1`: that the second one was ticked."""


def read_number(text: str, field: str) -> int:
    """A small number in digits; raises Refused(FieldInvalid)."""
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_LETTERS_MAX):
        raise Refused(FieldInvalid(field=field))
    return int(text)


def _read_place(text: str) -> int:
    """A number that is a part of the address; raises Refused(NotFound)."""
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_LETTERS_MAX):
        raise Refused(NotFound())
    return int(text)


@get(COURSES, opt=SIGNED_IN)
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await courses_page(work, visit)
    return visit.page("desks/courses/page.html", page)


@get(COURSE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        page = await course_page(work, visit, found)
    return visit.page("desks/courses/course.html", page)


@get(f"{COURSE}/steps/{{step:str}}", opt=SIGNED_IN)
async def show_step(visit: NamedDependency[Visit], course: FromPath[str], step: FromPath[str]) -> Response[Any]:
    found, number = read_id(COURSE_ID, course), _read_place(step)
    async with visit.reading() as work:
        page = await step_page(work, visit, found, number)
    if page is None:
        return refuse(visit, NotFound())
    return visit.page("desks/courses/step.html", page)


@post(f"{COURSE}/steps/{{step:str}}", opt=SIGNED_IN)
async def read_step(visit: NamedDependency[Visit], course: FromPath[str], step: FromPath[str]) -> Response[Any]:
    """It was read; on to the next one, or to the questions."""
    found, number = read_id(COURSE_ID, course), _read_place(step)
    form = await visit.form(ReadForm)
    version = read_number(form.version, "version")

    async def act(work: Work) -> Refusal | None:
        return await training.read_step(work, visit.person, found, version, number)

    refusal = await once(visit, "desk.read_step", form.key, f"{course} {version} {number}", act)
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("See the course"), url=course_url(found)))
    async with visit.reading() as work:
        steps = len((await training.access_version(work, found)).content.steps)
    return visit.go_on(f"{course_url(found)}/steps/{number + 1}" if number < steps else f"{course_url(found)}/quiz")


@get(f"{COURSE}/quiz", opt=SIGNED_IN)
async def show_quiz(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    found = read_id(COURSE_ID, course)
    async with visit.reading() as work:
        page = await quiz_page(work, visit, found)
    return visit.page("desks/courses/quiz.html", page)


@post(f"{COURSE}/tries", opt=SIGNED_IN)
async def answer(visit: NamedDependency[Visit], course: FromPath[str]) -> Response[Any]:
    found, form = read_id(COURSE_ID, course), msgspec.structs.asdict(await visit.form(TriesForm))
    version, number = read_number(form["version"], "version"), read_number(form["number"], "number")
    async with visit.reading() as work:
        questions = len((await training.access_version(work, found)).content.questions)
    given = [_ticked(form, question) for question in range(1, questions + 1)]

    async def act(work: Work) -> Refusal | dict[str, Any]:
        marked = await training.answer_quiz(work, visit.person, found, version, number, given)
        return marked if isinstance(marked, Refusal) else {"right": marked.count, "passed": marked.is_passed}

    outcome = await remembered(visit, "desk.answer_quiz", form["key"], f"{course} {version} {number} {given}", act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("See the course"), url=course_url(found)))
    return visit.go_on(f"{course_url(found)}/tries/{number}", outcome, status=201)


def _ticked(form: dict[str, str], question: int) -> list[int]:
    """The places that were ticked of one question, by its one choice or by its several ticks."""
    places = [place for place in range(ANSWERS_MAX) if form[f"q{question}_{place}"]]
    return places if not form[f"q{question}"] else sorted({*places, read_number(form[f"q{question}"], f"q{question}")})


@get(f"{COURSE}/tries/{{number:str}}", opt=SIGNED_IN)
async def show_try(visit: NamedDependency[Visit], course: FromPath[str], number: FromPath[str]) -> Response[Any]:
    found, of = read_id(COURSE_ID, course), _read_place(number)
    async with visit.reading() as work:
        page = await try_page(work, visit, found, of)
    return visit.page("desks/courses/try.html", page)


HANDLERS = (show_all, show, show_step, read_step, show_quiz, answer, show_try)
