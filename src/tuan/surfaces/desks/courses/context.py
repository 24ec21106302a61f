"""What the pages of learning show."""

from datetime import datetime

import msgspec


class CourseCard(msgspec.Struct, frozen=True, kw_only=True):
    """A course in a list. passed_at, valid_until: of the latest pass, if there is one."""

    course: str
    url: str
    title: str
    summary: str
    steps: int
    read: int
    rights: list[str]
    passed_at: datetime | None = None
    valid_until: datetime | None = None
    is_passed: bool = False


class CoursesPage(msgspec.Struct, frozen=True, kw_only=True):
    courses: list[CourseCard]
    kept: list[CourseCard] = []
    """Passes of courses that are taught no more."""


class StepLink(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    title: str
    url: str
    is_read: bool


class CoursePage(msgspec.Struct, frozen=True, kw_only=True):
    """A course with its steps; `next_url` is the first step that was not read, else the quiz."""

    card: CourseCard
    steps: list[StepLink]
    next_url: str
    quiz_url: str
    questions: int
    pass_mark: int
    tries_left: int


class StepPage(msgspec.Struct, frozen=True, kw_only=True):
    """One step. film_host: where its film is; it opens there, and nothing of it is loaded here."""

    course_title: str
    course_url: str
    url: str
    number: int
    steps: int
    title: str
    text: str
    picture: str | None
    film: str
    film_host: str
    version: int
    key: str
    before_url: str = ""
    is_read: bool = False


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answers as this try shows them; which of them are right is not in it."""

    number: int
    text: str
    answers: list[str]
    has_several: bool


class QuizPage(msgspec.Struct, frozen=True, kw_only=True):
    course_title: str
    course_url: str
    url: str
    version: int
    number: int
    questions: list[Shown]
    pass_mark: int
    tries_left: int
    key: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question after it was answered; what is right is said once the whole was passed."""

    number: int
    text: str
    is_right: bool
    right: list[str] = []


class TryPage(msgspec.Struct, frozen=True, kw_only=True):
    course_title: str
    course_url: str
    quiz_url: str
    number: int
    right_count: int
    questions: list[Answered]
    pass_mark: int
    is_passed: bool
    tries_left: int
    rights: list[str]
    valid_until: datetime | None = None
