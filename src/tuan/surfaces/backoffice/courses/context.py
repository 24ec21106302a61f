"""What the office shows of courses."""

import msgspec

from tuan.surfaces.backoffice.tables import TablePage


class CoursesPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    may_edit: bool
    key: str


class StepDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A step as it is written now; `key` for the form that changes it, `drop_key` for the one that takes it out."""

    number: int
    title: str
    text: str
    video: str
    picture: str | None
    key: str
    drop_key: str


class QuestionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """answers: one a line, a star before those that are right."""

    number: int
    text: str
    answers: str
    key: str
    drop_key: str


class CourseDraftPage(msgspec.Struct, frozen=True, kw_only=True):
    """The draft of a course. missing: the words of what stands against publishing it, if anything does."""

    url: str
    title: str
    summary: str
    state: str
    state_words: str
    version: int
    revision: int
    pass_mark: int
    tries_per_day: int
    valid_days: str
    rights: str
    steps: list[StepDraft]
    questions: list[QuestionDraft]
    hosts: list[str]
    passed: int
    missing: str
    may_edit: bool
    keys: dict[str, str]


class PassesPage(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    url: str
    table: TablePage
