"""A course: steps to read, questions to answer, and what a pass unlocks. Pure."""

import re
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.people.training.errors import ContentInvalid

CourseId = NewType("CourseId", UUID)
COURSE_ID: ids.IdKind[CourseId] = ids.IdKind("course")


class CourseState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    OVER = "over"


S = CourseState
COURSE = states.table({S.DRAFT: {S.OPEN, S.OVER}, S.OPEN: {S.OVER}, S.OVER: {S.OPEN}}, start=S.DRAFT)

TITLE_MAX = 80
SUMMARY_MAX = 200
STEP_TITLE_MAX = 80
TEXT_MAX = 4000
STEPS_MAX = 30
QUESTION_MAX = 300
ANSWER_MAX = 200
QUESTIONS_MAX = 15
ANSWERS_MAX = 6
"""With a form for every answer of every question still read: it has a hundred fields at most."""
ANSWERS = range(2, ANSWERS_MAX + 1)
TRIES_PER_DAY_MAX = 20
VALID_DAYS_MAX = 3650
RIGHTS_MAX = 8
LINK_MAX = 300

RIGHT = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)
"""How a right is named: `fresh_goods`, `level_2`. Who asks for it says what it lets do."""

VIDEO_HOSTS = frozenset(
    (
        "www.bilibili.com",
        "v.qq.com",
        "channels.weixin.qq.com",
        "v.youku.com",
        "www.xiaohongshu.com",
        "www.douyin.com",
        "www.youtube.com",
        "youtu.be",
        "vimeo.com",
    )
)
"""Where films may be that a course links to. A link is all it is: nothing of theirs is ever loaded into our pages."""

LINK = re.compile(r"https://([a-z0-9.-]+)(/[!-~]*)", re.ASCII)


class Step(msgspec.Struct, frozen=True):
    """One page of a course. picture: a name that `platform.files` gave; video: a link to one of VIDEO_HOSTS."""

    title: str
    text: str = ""
    picture: str = ""
    video: str = ""


class Question(msgspec.Struct, frozen=True):
    """right: the places of the right answers, from 0; all of them have to be ticked and no other."""

    text: str
    answers: tuple[str, ...]
    right: tuple[int, ...]

    @property
    def has_several(self) -> bool:
        return len(self.right) > 1


class Content(msgspec.Struct, frozen=True):
    """All that a version says. pass_mark: so many questions have to be right; valid_days: None for a pass that stays."""

    title: str
    summary: str = ""
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    pass_mark: int = 1
    tries_per_day: int = 3
    valid_days: int | None = None
    rights: tuple[str, ...] = ()


class Version(msgspec.Struct, frozen=True):
    """A version of a course as it was published."""

    course_id: UUID
    number: int
    content: Content


EMPTY = Content("")


def host_of(link: str) -> str | None:
    """The host that a film's link leads to; None for what is no plain https address, or leads elsewhere than it seems."""
    found = LINK.fullmatch(link) if len(link) <= LINK_MAX else None
    return found[1] if found else None


def why_not_write(content: Content) -> Refusal | None:
    """A draft may be unfinished, but what is there fits."""
    return _first_wrong(
        {
            "title": 0 < len(content.title.strip()) <= TITLE_MAX,
            "summary": len(content.summary) <= SUMMARY_MAX,
            "steps": len(content.steps) <= STEPS_MAX and all(map(_is_step, content.steps)),
            "video": all(not step.video or host_of(step.video) in VIDEO_HOSTS for step in content.steps),
            "questions": len(content.questions) <= QUESTIONS_MAX and all(map(_is_question, content.questions)),
            "pass_mark": 1 <= content.pass_mark <= QUESTIONS_MAX,
            "tries_per_day": 1 <= content.tries_per_day <= TRIES_PER_DAY_MAX,
            "valid_days": content.valid_days is None or 1 <= content.valid_days <= VALID_DAYS_MAX,
            "rights": len(content.rights) <= RIGHTS_MAX
            and len(set(content.rights)) == len(content.rights)
            and all(RIGHT.fullmatch(right) for right in content.rights),
        }
    )


def why_not_publish(content: Content) -> Refusal | None:
    """What is published has something to read and something to answer, and can be passed."""
    if refusal := why_not_write(content):
        return refusal
    return _first_wrong(
        {
            "steps": bool(content.steps),
            "questions": bool(content.questions),
            "pass_mark": content.pass_mark <= len(content.questions),
        }
    )


def _first_wrong(fits: dict[str, bool]) -> Refusal | None:
    field = next((name for name, is_right in fits.items() if not is_right), None)
    return ContentInvalid(field=field) if field is not None else None


def _is_step(step: Step) -> bool:
    return 0 < len(step.title.strip()) <= STEP_TITLE_MAX and len(step.text) <= TEXT_MAX


def _is_question(question: Question) -> bool:
    answers, right = question.answers, question.right
    return (
        0 < len(question.text.strip()) <= QUESTION_MAX
        and len(answers) in ANSWERS
        and len(set(answers)) == len(answers)
        and all(0 < len(answer.strip()) <= ANSWER_MAX for answer in answers)
        and 0 < len(right) == len(set(right))
        and all(0 <= place < len(answers) for place in right)
    )
