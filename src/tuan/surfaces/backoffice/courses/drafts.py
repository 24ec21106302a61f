"""A draft as its forms say it: one part of the content is changed, the rest stays."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from tuan.kit.refusals import Refused
from tuan.people.training.model import Content, Question, Step
from tuan.surfaces.backoffice.acting import read_whole
from tuan.surfaces.web.errors import FieldInvalid

Part = TypeVar("Part")

STAR = "*"


class TermsForm(msgspec.Struct, frozen=True, kw_only=True):
    """valid_days: empty for a pass that stays; rights: words apart by spaces."""

    key: str
    revision: str
    title: str
    pass_mark: str
    tries_per_day: str
    summary: str = ""
    valid_days: str = ""
    rights: str = ""


class StepForm(msgspec.Struct, frozen=True, kw_only=True):
    """step: which one is changed, empty for a new one; picture: a file, without one the picture stays."""

    key: str
    revision: str
    title: str
    step: str = ""
    text: str = ""
    video: str = ""
    picture: str = ""


class QuestionForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    revision: str
    text: str
    answers: str
    question: str = ""


def with_terms(content: Content, form: TermsForm) -> Content:
    """Raises Refused(FieldInvalid) for what is no number."""
    days = form.valid_days.strip()
    return msgspec.structs.replace(
        content,
        title=form.title.strip(),
        summary=form.summary.strip(),
        pass_mark=read_whole(form.pass_mark, "pass_mark"),
        tries_per_day=read_whole(form.tries_per_day, "tries_per_day"),
        valid_days=read_whole(days, "valid_days") if days else None,
        rights=tuple(form.rights.split()),
    )


def with_step(content: Content, form: StepForm, picture: str) -> Content:
    """picture: the name of one that was kept a moment ago, or nothing."""
    place = _place(form.step, content.steps, "step")
    before = content.steps[place] if place < len(content.steps) else Step("")
    step = Step(form.title.strip(), form.text.strip(), picture or before.picture, form.video.strip())
    return msgspec.structs.replace(content, steps=_put(content.steps, place, step))


def with_question(content: Content, form: QuestionForm) -> Content:
    lines = [line.strip() for line in form.answers.splitlines() if line.strip()]
    answers = tuple(line.removeprefix(STAR).strip() for line in lines)
    right = tuple(place for place, line in enumerate(lines) if line.startswith(STAR))
    place = _place(form.question, content.questions, "question")
    question = Question(form.text.strip(), answers, right)
    return msgspec.structs.replace(content, questions=_put(content.questions, place, question))


def without(parts: tuple[Part, ...], number: str, field: str) -> tuple[Part, ...]:
    """All but this one, counted from 1."""
    place = _place(number or "0", parts, field)
    return parts[:place] + parts[place + 1 :]


def written(question: Question) -> str:
    """The answers of a question as its form takes them."""
    return "\n".join(
        f"{STAR} {answer}" if place in question.right else answer for place, answer in enumerate(question.answers)
    )


def _place(number: str, parts: Sequence[Part], field: str) -> int:
    """Where a part stands, from 0; after the last one for a new one. Raises Refused(FieldInvalid)."""
    if not number:
        return len(parts)
    place = read_whole(number, field) - 1
    if not 0 <= place < len(parts):
        raise Refused(FieldInvalid(field=field))
    return place


def _put(parts: tuple[Part, ...], place: int, part: Part) -> tuple[Part, ...]:
    return (*parts[:place], part, *parts[place + 1 :])
