"""All SQL that writes training."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from tuan.people.training import tables
from tuan.people.training.model import Content, LastTry, Version
from tuan.platform import bulk
from tuan.platform.work import Work

INSERT_COURSES = bulk.insert(tables.courses, "id", "state", "title", "draft", "made_at")
LOCK_COURSE_SQL = "SELECT id, state, title, draft, revision, version FROM training.courses WHERE market_id = $1 AND id = $2 FOR UPDATE"
WRITE_DRAFT_SQL = (
    "UPDATE training.courses SET title = $3, draft = $4, revision = revision + 1 WHERE market_id = $1 AND id = $2"
)
MOVE_SQL = "UPDATE training.courses SET state = $3, version = $4 WHERE market_id = $1 AND id = $2 AND state = $5"
INSERT_VERSIONS = bulk.insert(tables.versions, "course_id", "number", "content", "rights", "published_at")
CURRENT_SQL = (
    "SELECT c.state, v.number, v.content FROM training.courses c LEFT JOIN training.versions v ON v.market_id = c.market_id "
    "AND v.course_id = c.id AND v.number = c.version WHERE c.market_id = $1 AND c.id = $2"
)
READ_STEP_SQL = (
    "INSERT INTO training.reads (market_id, person_id, course_id, version, step, at) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT DO NOTHING"
)
LAST_TRY_SQL = (
    "SELECT t.number, t.day, (SELECT count(*) FROM training.tries o WHERE o.market_id = t.market_id AND o.person_id = t.person_id "
    "AND o.course_id = t.course_id AND o.day = t.day) AS on_day FROM training.tries t "
    "WHERE t.market_id = $1 AND t.person_id = $2 AND t.course_id = $3 ORDER BY t.number DESC LIMIT 1"
)
INSERT_TRY_SQL = (
    "INSERT INTO training.tries (market_id, at, person_id, course_id, number, version, day, answers, right_count, is_passed) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING"
)
INSERT_PASSES = bulk.insert(
    tables.passes, "person_id", "course_id", "number", "version", "passed_at", "valid_until"
)  # fmt: skip
FORGET_PASSES_SQL = "DELETE FROM training.passes WHERE market_id = $1 AND person_id = $2"
FORGET_TRIES_SQL = "DELETE FROM training.tries WHERE market_id = $1 AND person_id = $2"
FORGET_READS_SQL = "DELETE FROM training.reads WHERE market_id = $1 AND person_id = $2"


@dataclass(slots=True)
class CourseRow:
    id: UUID
    state: str
    title: str
    draft: Any
    made_at: Any


@dataclass(slots=True)
class VersionRow:
    course_id: UUID
    number: int
    content: Any
    rights: Any
    published_at: Any


@dataclass(slots=True)
class PassRow:
    person_id: UUID
    course_id: UUID
    number: int
    version: int
    passed_at: Any
    valid_until: Any


def plain(content: Content) -> Any:
    """The content as JSON can say it."""
    return msgspec.to_builtins(content)


def content_of(stored: Any) -> Content:
    """The content that was stored."""
    return msgspec.convert(stored, type=Content)


async def lock_course(work: Work, course: UUID) -> Any | None:
    """The course's row, so that two who write at it follow each other."""
    rows = await work.lock("campaigns", LOCK_COURSE_SQL, course)
    return rows[0] if rows else None


async def current(work: Work, course: UUID) -> tuple[str, Version] | None:
    """State and published version; None for a course that there is not, or of which nothing was published."""
    row = await work.fetch_one(CURRENT_SQL, course)
    if row is None or row["number"] is None:
        return None
    return row["state"], Version(course, row["number"], content_of(row["content"]))


async def last_try(work: Work, person: UUID, course: UUID) -> LastTry:
    row = await work.fetch_one(LAST_TRY_SQL, person, course)
    return LastTry() if row is None else LastTry(*row.values())


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """All that somebody read, tried and passed; how many rows."""
    passes = await work.execute(FORGET_PASSES_SQL, person)
    tries = await work.execute(FORGET_TRIES_SQL, person)
    return {"passes": passes, "tries": tries, "reads": await work.execute(FORGET_READS_SQL, person)}
