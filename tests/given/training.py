"""Courses, learners and answers for tests."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.given.goods import Buyer
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import training
from tuan.people.training.model import Content, Question, Step, Version, begin_try

CONTENT = Content(
    "开店第一课",
    "十分钟学会开店",
    (
        Step("小店是什么", "小店推荐好货。\n不收任何费用。"),
        Step("怎么分享", "发给真正需要的人。", video="https://www.bilibili.com/video/BV1"),
    ),
    (
        Question("开店要交钱吗?", ("不用", "要交押金", "要先买货"), (0,)),
        Question("哪些算你的收入?", ("别人通过你买的货", "自己买的货", "别人没退的货", "拉人头"), (0, 2)),
    ),
    pass_mark=2,
    tries_per_day=2,
    rights=("open_shop",),
)


async def drafted(place: Place, content: Content = CONTENT) -> UUID:
    """A course that is written and not published."""
    course: UUID = granted(await place.do(training.draft_course, content.title))
    assert await place.do(training.write_course, course, 1, content) is None
    return course


async def course(place: Place, content: Content = CONTENT) -> UUID:
    """A course that is taught."""
    made = await drafted(place, content)
    granted(await place.do(training.publish_course, made, 2, reason="test"))
    return made


async def version_of(place: Place, of: UUID) -> Version:
    async with place.work() as work:
        return await training.access_version(work, of)


async def next_number(place: Place, who: Buyer, of: UUID) -> int:
    version = await version_of(place, of)
    async with place.work() as work:
        return (await training.next_try(work, who.id, version))[0]


def ticks(version: Version, who: Buyer, number: int, *, wrong: int = 0) -> list[list[int]]:
    """What to tick in this try, as it is shown, so that all but the first `wrong` questions are right."""
    orders, given = begin_try(version, who.id, number), []
    for place, (question, order) in enumerate(zip(version.content.questions, orders, strict=True)):
        right = sorted(shown for shown, written in enumerate(order) if written in question.right)
        given.append(right if place >= wrong else [shown for shown in range(len(order)) if shown not in right][:1])
    return given


async def answer(
    place: Place, who: Buyer, of: UUID, *, wrong: int = 0, given: Sequence[Sequence[int]] | None = None
) -> Any:
    """Hand in his next try."""
    version, number = await version_of(place, of), await next_number(place, who, of)
    ticked = ticks(version, who, number, wrong=wrong) if given is None else given
    return await place.do(training.answer_quiz, who.id, of, version.number, number, ticked)


async def has_right(place: Place, who: Buyer, right: str) -> bool:
    async with place.work() as work:
        return right in (await training.rights_of(work, [who.id])).get(who.id, frozenset())
