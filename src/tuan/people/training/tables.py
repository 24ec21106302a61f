"""Courses with their drafts, what was published of them, how far people have read, their tries and passes."""

from tuan.people.accounts.tables import persons
from tuan.people.training.model import COURSE
from tuan.platform.schema import (
    BOOL,
    DATE,
    INSTANT,
    INT,
    JSONB,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
)

courses = market_table(
    "training",
    "courses",
    column("id", UUID),
    column("state", TEXT),
    column("title", TEXT),
    column("draft", JSONB),
    column("revision", INT, default="1"),
    column("version", INT, default="0"),
    column("made_at", INSTANT),
    one_of("state", tuple(COURSE.moves)),
    check("open_has_version", "state <> 'open' OR version > 0"),
    check("counted", "version >= 0 AND revision >= 1"),
    index("courses_state_idx", "state", "made_at"),
    key=("id",),
)

versions = market_table(
    "training",
    "versions",
    column("course_id", UUID),
    column("number", INT),
    column("content", JSONB),
    column("rights", JSONB),
    column("published_at", INSTANT),
    check("numbered", "number >= 1"),
    references(courses, "course_id"),
    key=("course_id", "number"),
    append_only=True,
)

reads = market_table(
    "training",
    "reads",
    column("person_id", UUID),
    column("course_id", UUID),
    column("version", INT),
    column("step", INT),
    column("at", INSTANT),
    check("step_positive", "step >= 1"),
    references(persons, "person_id"),
    references(versions, "course_id", "version", to=("course_id", "number")),
    key=("person_id", "course_id", "version", "step"),
)

tries = market_table(
    "training",
    "tries",
    column("person_id", UUID),
    column("course_id", UUID),
    column("number", INT),
    column("version", INT),
    column("day", DATE),
    column("answers", JSONB),
    column("right_count", INT),
    column("is_passed", BOOL),
    column("at", INSTANT),
    check("numbered", "number >= 1 AND right_count >= 0"),
    references(persons, "person_id"),
    references(versions, "course_id", "version", to=("course_id", "number")),
    key=("person_id", "course_id", "number"),
)

passes = market_table(
    "training",
    "passes",
    column("person_id", UUID),
    column("course_id", UUID),
    column("number", INT),
    column("version", INT),
    column("passed_at", INSTANT),
    column("valid_until", INSTANT, null=True),
    check("ends_later", "valid_until IS NULL OR valid_until > passed_at"),
    index("passes_course_idx", "course_id", "passed_at", "person_id"),
    references(tries, "person_id", "course_id", "number", to=("person_id", "course_id", "number")),
    references(versions, "course_id", "version", to=("course_id", "number")),
    key=("person_id", "course_id", "number"),
)
