"""What leagues hear."""

from collections.abc import Sequence

from tuan.people.training.facts import CoursePassed
from tuan.platform.outbox import on
from tuan.platform.work import Work
from tuan.play.leagues import actions


@on(CoursePassed)
async def courses_passed(work: Work, facts: Sequence[CoursePassed]) -> None:
    await actions.recount_of(work, {fact.person for fact in facts})
