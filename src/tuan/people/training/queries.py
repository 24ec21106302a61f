"""Reads of training: what is taught, how far somebody is, what his passes unlock, who has passed."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import day_of
from tuan.people.training import store, tables
from tuan.people.training.model import Content, CourseState, LastTry, Version
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

TAUGHT_SQL = (
    "SELECT c.id, c.version, v.content FROM training.courses c JOIN training.versions v ON v.market_id = c.market_id "
    "AND v.course_id = c.id AND v.number = c.version WHERE c.market_id = $1 AND c.state = 'open' ORDER BY c.made_at, c.id LIMIT 200"
)
READS_SQL = (
    "SELECT course_id, version, count(*) AS steps FROM training.reads WHERE market_id = $1 AND person_id = $2 "
    "GROUP BY course_id, version"
)
READ_STEPS_SQL = "SELECT step FROM training.reads WHERE market_id = $1 AND person_id = $2 AND course_id = $3 AND version = $4 ORDER BY step"
PASSES_SQL = (
    "SELECT p.course_id, p.number, p.version, p.passed_at, p.valid_until, v.rights, v.content->>'title' AS title "
    "FROM training.passes p JOIN training.versions v ON v.market_id = p.market_id AND v.course_id = p.course_id "
    "AND v.number = p.version WHERE p.market_id = $1 AND p.person_id = $2 ORDER BY p.passed_at DESC, p.course_id"
)
RIGHTS_SQL = (
    "SELECT p.person_id, array_agg(DISTINCT r.word) AS words FROM training.passes p JOIN training.versions v ON v.market_id = p.market_id "
    "AND v.course_id = p.course_id AND v.number = p.version CROSS JOIN LATERAL jsonb_array_elements_text(v.rights) r(word) "
    "WHERE p.market_id = $1 AND p.person_id = ANY($2::uuid[]) AND (p.valid_until IS NULL OR p.valid_until > $3) GROUP BY p.person_id"
)
UNLOCKS_SQL = (
    "SELECT c.id, v.content->>'title' AS title, r.word FROM training.courses c JOIN training.versions v ON v.market_id = c.market_id "
    "AND v.course_id = c.id AND v.number = c.version CROSS JOIN LATERAL jsonb_array_elements_text(v.rights) r(word) "
    "WHERE c.market_id = $1 AND c.state = 'open' AND r.word = ANY($2::text[]) ORDER BY c.made_at, c.id"
)
COURSE_SQL = "SELECT id, state, title, draft, revision, version FROM training.courses WHERE market_id = $1 AND id = $2"
TRIES_SQL = (
    "SELECT course_id, number, version, day, right_count, is_passed, at FROM training.tries "
    "WHERE market_id = $1 AND person_id = $2 ORDER BY at, number"
)
TRY_SQL = (
    "SELECT t.number, t.version, t.answers, t.right_count, t.is_passed, t.at, v.content FROM training.tries t "
    "JOIN training.versions v ON v.market_id = t.market_id AND v.course_id = t.course_id AND v.number = t.version "
    "WHERE t.market_id = $1 AND t.person_id = $2 AND t.course_id = $3 AND t.number = $4"
)
HAS_PASSED_SQL = (
    "SELECT EXISTS (SELECT FROM training.passes WHERE market_id = $1 AND person_id = $2 AND course_id = $3 "
    "AND (valid_until IS NULL OR valid_until > $4))"
)
IS_TAUGHT_SQL = "SELECT state = 'open' FROM training.courses WHERE market_id = $1 AND id = $2"
COUNTS_SQL = (
    "SELECT course_id, count(DISTINCT person_id) AS persons FROM training.passes WHERE market_id = $1 "
    "AND course_id = ANY($2::uuid[]) GROUP BY course_id"
)

EARNED_SQL = invariant(
    "I73",
    "a pass is a try with enough right answers, and every such try is a pass; nobody tried more often on a day than his version allows",
    "SELECT 'pass of ' || coalesce(p.person_id, t.person_id) || ' ' || coalesce(p.course_id, t.course_id) FROM "
    "(SELECT * FROM training.passes WHERE market_id = $1) p FULL JOIN (SELECT t.*, t.right_count >= (v.content->>'pass_mark')::int "
    "AS is_enough FROM training.tries t JOIN training.versions v ON v.market_id = t.market_id AND v.course_id = t.course_id "
    "AND v.number = t.version WHERE t.market_id = $1) t ON t.person_id = p.person_id AND t.course_id = p.course_id "
    "AND t.number = p.number WHERE (p.person_id IS NOT NULL AND (t.is_passed IS NOT TRUE OR p.version <> t.version)) "
    "OR (t.person_id IS NOT NULL AND (t.is_passed <> t.is_enough OR t.is_passed AND p.person_id IS NULL)) "
    "UNION ALL SELECT 'tries of ' || t.person_id || ' on ' || t.day FROM training.tries t JOIN training.versions v "
    "ON v.market_id = t.market_id AND v.course_id = t.course_id AND v.number = t.version WHERE t.market_id = $1 "
    "GROUP BY t.person_id, t.course_id, t.day HAVING count(*) > max((v.content->>'tries_per_day')::int)",
)


async def taught(work: Work) -> list[Version]:
    """The courses that are taught now, the oldest first."""
    rows = await work.fetch(TAUGHT_SQL)
    return [Version(row["id"], row["version"], store.content_of(row["content"])) for row in rows]


async def access_version(work: Work, course: UUID) -> Version:
    """What is taught of this course now; raises Refused(NotFound)."""
    found = await store.current(work, course)
    if found is None or found[0] != CourseState.OPEN:
        raise Refused(NotFound())
    return found[1]


async def access_course(work: Work, course: UUID) -> Any:
    """Row of id, state, title, draft (a Content), revision, version, for the office; raises Refused(NotFound)."""
    row = await work.fetch_one(COURSE_SQL, course)
    if row is None:
        raise Refused(NotFound())
    return row


def draft_of(row: Any) -> Content:
    """The draft of a course's row."""
    return store.content_of(row["draft"])


async def search_courses(work: Work, wanted: Wanted, *, state: str = "") -> Page[Any]:
    """Courses of the market, the newest first."""
    c = tables.courses
    query = sa.select(c.c.id, c.c.title, c.c.state, c.c.version, c.c.made_at).where(c.c.market_id == work.market.id)
    if state:
        query = query.where(c.c.state == state)
    return await list_rows(work, query, wanted, sorts={"newest": c.c.id}, key=c.c.id)


async def passed_counts(work: Work, courses: Collection[UUID]) -> dict[UUID, int]:
    """How many people have passed each of these courses, in whichever version."""
    return {row["course_id"]: row["persons"] for row in await work.fetch(COUNTS_SQL, list(courses))}


async def who_passed(work: Work, course: UUID, wanted: Wanted) -> Page[Any]:
    """Rows of person_id, version, passed_at, valid_until: passes of a course, the latest first."""
    p = tables.passes
    query = sa.select(p.c.person_id, p.c.version, p.c.passed_at, p.c.valid_until).where(
        p.c.market_id == work.market.id, p.c.course_id == course
    )
    return await list_rows(work, query, wanted, sorts={"newest": p.c.passed_at}, key=p.c.person_id)


async def progress_of(work: Work, person: UUID) -> dict[tuple[UUID, int], int]:
    """How many steps somebody has read, by course and version."""
    return {(row["course_id"], row["version"]): row["steps"] for row in await work.fetch(READS_SQL, person)}


async def steps_read(work: Work, person: UUID, version: Version) -> set[int]:
    """The steps of this version that somebody has read, counted from 1."""
    rows = await work.fetch(READ_STEPS_SQL, person, version.course_id, version.number)
    return {row["step"] for row in rows}


async def next_try(work: Work, person: UUID, version: Version) -> tuple[int, int]:
    """The number of his next try at this course, and how many he has left today."""
    last = await store.last_try(work, person, version.course_id)
    return last.number + 1, _left(work, version, last)


def _left(work: Work, version: Version, last: LastTry) -> int:
    used = last.on_day if last.day == day_of(work.now, work.market.time_zone) else 0
    return max(0, version.content.tries_per_day - used)


async def access_try(work: Work, person: UUID, course: UUID, number: int) -> Any:
    """Row of number, version, answers (places as written), right_count, is_passed, at, content; raises Refused(NotFound)."""
    row = await work.fetch_one(TRY_SQL, person, course, number)
    if row is None:
        raise Refused(NotFound())
    return row


def content_of(row: Any) -> Content:
    """The content beside a try."""
    return store.content_of(row["content"])


async def passes_of(work: Work, person: UUID) -> list[Any]:
    """Rows of course_id, number, version, passed_at, valid_until, rights, title: what somebody has passed, the latest first."""
    return await work.fetch(PASSES_SQL, person)


async def has_passed(work: Work, person: UUID, course: UUID) -> bool:
    """Whether he has a pass of this course that is valid now."""
    return bool(await work.fetch_value(HAS_PASSED_SQL, person, course, work.now))


async def is_taught(work: Work, course: UUID) -> bool:
    """Whether there is such a course and it is taught now."""
    return bool(await work.fetch_value(IS_TAUGHT_SQL, course))


async def rights_of(work: Work, persons: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """What the passes of these people unlock now."""
    rows = await work.fetch(RIGHTS_SQL, list(persons), work.now)
    return {row["person_id"]: frozenset(row["words"]) for row in rows}


async def has_to_learn(work: Work, person: UUID, right: str) -> bool:
    """Whether a course is taught that unlocks this right, and this person has it not. What nobody teaches is asked of nobody."""
    if not await courses_unlocking(work, [right]):
        return False
    return right not in (await rights_of(work, [person])).get(person, frozenset())


async def courses_unlocking(work: Work, rights: Collection[str]) -> list[Any]:
    """Rows of id, title, word: the courses taught now whose pass unlocks one of these words."""
    return await work.fetch(UNLOCKS_SQL, list(rights))


async def told_of(work: Work, person: UUID) -> dict[str, Any]:
    """What this module keeps about a person."""
    passes = [dict(row) for row in await passes_of(work, person)]
    return {"passes": passes, "tries": [dict(row) for row in await work.fetch(TRIES_SQL, person)]}
