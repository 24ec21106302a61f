"""What training refuses: one scenario each, in the table of all."""

import msgspec

from tests.given import goods as given
from tests.given import training as learn
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.people import training
from tuan.people.training import AnswersInvalid, ContentInvalid, CourseOver, DraftChanged, TriesUsed, TryStale


@gives(ContentInvalid)
async def _(place: Place) -> Act:
    course = await learn.drafted(place, msgspec.structs.replace(learn.CONTENT, pass_mark=3))
    return lambda: place.do(training.publish_course, course, 2, reason="test")


@gives(DraftChanged)
async def _(place: Place) -> Act:
    course = await learn.drafted(place)
    return lambda: place.do(training.write_course, course, 1, learn.CONTENT)


@gives(CourseOver)
async def _(place: Place) -> Act:
    course, who = await learn.course(place), await given.buyer(place)
    version = await learn.version_of(place, course)
    assert await place.do(training.end_course, course, reason="test") is None
    return lambda: place.do(training.answer_quiz, who.id, course, 1, 1, learn.ticks(version, who, 1))


@gives(TryStale)
async def _(place: Place) -> Act:
    course, who = await learn.course(place), await given.buyer(place)
    granted(await learn.answer(place, who, course, wrong=1))
    version = await learn.version_of(place, course)
    return lambda: place.do(training.answer_quiz, who.id, course, 1, 1, learn.ticks(version, who, 1))


@gives(TriesUsed)
async def _(place: Place) -> Act:
    course, who = await learn.course(place), await given.buyer(place)
    for _ in range(learn.CONTENT.tries_per_day):
        granted(await learn.answer(place, who, course, wrong=2))
    return lambda: learn.answer(place, who, course)


@gives(AnswersInvalid)
async def _(place: Place) -> Act:
    course, who = await learn.course(place), await given.buyer(place)
    return lambda: learn.answer(place, who, course, given=[[0], [4]])
