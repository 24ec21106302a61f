"""Courses: written, published, read, passed; what a pass unlocks and for how long."""

import asyncio
from datetime import timedelta

import msgspec

from tests.given import goods as given
from tests.given import houses
from tests.given import training as learn
from tests.given.houses import Place
from tests.given.training import CONTENT
from tuan.kit.refusals import NotFound, granted
from tuan.people import accounts, training
from tuan.people.training import CourseOver, TriesUsed, TryStale
from tuan.people.training.model import Step

DAY = timedelta(days=1)


async def test_a_course_is_written_published_read_and_passed(place: Place) -> None:
    course, who = await learn.drafted(place), await given.buyer(place)
    async with place.work() as work:
        assert await training.taught(work) == []
    assert granted(await place.do(training.publish_course, course, 2, reason="test")) == 1
    for _ in range(2):
        assert await place.do(training.read_step, who.id, course, 1, 2) is None
    assert await place.do(training.read_step, who.id, course, 1, 3) == NotFound()
    version = await learn.version_of(place, course)
    async with place.work() as work:
        assert await training.steps_read(work, who.id, version) == {2}
        assert await training.progress_of(work, who.id) == {(course, 1): 1}
    assert not await learn.has_right(place, who, "open_shop")
    failed = granted(await learn.answer(place, who, course, wrong=1))
    assert (failed.right, failed.count, failed.is_passed) == ((False, True), 1, False)
    assert not await learn.has_right(place, who, "open_shop")
    passed = granted(await learn.answer(place, who, course))
    assert passed.is_passed and await learn.has_right(place, who, "open_shop")
    assert not await learn.has_right(place, await given.buyer(place), "open_shop")
    async with place.work() as work:
        assert await training.passed_counts(work, [course]) == {course: 1}
        (row,) = await training.courses_unlocking(work, ["open_shop", "presale"])
    assert (row["id"], row["word"]) == (course, "open_shop")
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_published_version_never_changes(place: Place) -> None:
    course = await learn.course(place)
    first = await learn.version_of(place, course)
    shorter = msgspec.structs.replace(CONTENT, title="新版", steps=(Step("一"),))
    assert await place.do(training.write_course, course, 2, shorter) is None
    assert await learn.version_of(place, course) == first
    assert granted(await place.do(training.publish_course, course, 3, reason="test")) == 2
    assert (await learn.version_of(place, course)).content == shorter
    async with place.work() as work:
        sql = "SELECT content FROM training.versions WHERE market_id = $1 AND course_id = $2 AND number = 1"
        assert msgspec.convert(await work.fetch_value(sql, course), type=type(CONTENT)) == first.content


async def test_a_newer_version_takes_no_pass_away_and_old_questions_are_not_answered(place: Place) -> None:
    course, who, late = await learn.course(place), await given.buyer(place), await given.buyer(place)
    granted(await learn.answer(place, who, course))
    old = await learn.version_of(place, course)
    granted(await place.do(training.publish_course, course, 2, reason="test"))
    assert await learn.has_right(place, who, "open_shop")
    ticks = learn.ticks(old, late, 1)
    assert await place.do(training.answer_quiz, late.id, course, 1, 1, ticks) == TryStale()
    assert await place.do(training.read_step, late.id, course, 1, 1) == TryStale()


async def test_a_pass_ends_with_its_days(place: Place) -> None:
    course = await learn.course(place, msgspec.structs.replace(CONTENT, valid_days=30))
    who = await given.buyer(place)
    granted(await learn.answer(place, who, course))
    await place.move_clock(29 * DAY)
    assert await learn.has_right(place, who, "open_shop")
    await place.move_clock(DAY)
    assert not await learn.has_right(place, who, "open_shop")
    granted(await learn.answer(place, who, course))
    assert await learn.has_right(place, who, "open_shop")


async def test_tries_of_a_day_are_counted_and_the_next_day_gives_new_ones(place: Place) -> None:
    course, who = await learn.course(place), await given.buyer(place)
    for _ in range(2):
        granted(await learn.answer(place, who, course, wrong=2))
    assert await learn.answer(place, who, course) == TriesUsed(per_day=2)
    version = await learn.version_of(place, course)
    async with place.work() as work:
        assert await training.next_try(work, who.id, version) == (3, 0)
    await place.move_clock(DAY)
    async with place.work() as work:
        assert await training.next_try(work, who.id, version) == (3, 2)
    assert granted(await learn.answer(place, who, course)).is_passed


async def test_a_try_that_is_handed_in_twice_at_once_counts_once(place: Place) -> None:
    course, who = await learn.course(place), await given.buyer(place)
    version = await learn.version_of(place, course)
    ticks = learn.ticks(version, who, 1, wrong=1)
    act = (training.answer_quiz, who.id, course, 1, 1, ticks)
    outcomes = await asyncio.gather(*(place.do(*act) for _ in range(4)))
    assert [one for one in outcomes if one == TryStale()] == [TryStale()] * 3
    async with place.work() as work:
        assert await training.next_try(work, who.id, version) == (2, 1)
    assert await place.breaches() == {}


async def test_a_course_that_is_over_keeps_its_passes_and_may_open_again(place: Place) -> None:
    course, who = await learn.course(place), await given.buyer(place)
    granted(await learn.answer(place, who, course))
    assert await place.do(training.end_course, course, reason="test") is None
    assert await place.do(training.end_course, course, reason="test") == CourseOver()
    assert await place.do(training.read_step, who.id, course, 1, 1) == CourseOver()
    assert await learn.has_right(place, who, "open_shop")
    async with place.work() as work:
        assert await training.taught(work) == []
    assert granted(await place.do(training.publish_course, course, 2, reason="test")) == 2
    async with place.work() as work:
        assert [one.number for one in await training.taught(work)] == [2]


async def test_what_somebody_learned_is_told_to_him_and_forgotten_with_him(place: Place) -> None:
    course, who = await learn.course(place), await given.buyer(place)
    await place.do(training.read_step, who.id, course, 1, 1)
    granted(await learn.answer(place, who, course))
    async with place.work() as work:
        told = await accounts.export_person(work, who.id, reason="he asked")
    assert len(told["training"]["passes"]) == len(told["training"]["tries"]) == 1
    await place.quiet()
    assert await place.do(accounts.erase_person, who.id, reason="test") is None
    assert not await learn.has_right(place, who, "open_shop")
    async with place.work() as work:
        for table in ("passes", "tries", "reads"):
            sql = f"SELECT count(*) FROM training.{table} WHERE market_id = $1 AND person_id = $2"
            assert await work.fetch_value(sql, who.id) == 0


async def test_another_markets_course_is_not_found(place: Place) -> None:
    elsewhere = Place(place.house, place.relay, *await houses.make_market(place.house))
    course, who = await learn.course(elsewhere), await given.buyer(place)
    assert await place.do(training.read_step, who.id, course, 1, 1) == NotFound()
    assert await place.do(training.answer_quiz, who.id, course, 1, 1, [[0], [0]]) == NotFound()
    assert await place.do(training.publish_course, course, 2, reason="test") == NotFound()
