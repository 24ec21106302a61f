"""Plain verbs under a key: sending the same form again gives the first outcome, without doing anything again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.platform import idempotency
from tuan.platform.database import may_run_again
from tuan.platform.work import Work
from tuan.surfaces.web.visits import Visit

DONE = {"done": True}
TRIES = 3


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to what; the lanes' commands say the same of themselves."""

    actor: UUID
    key: str
    subject: str


async def once(
    visit: Visit, verb: str, key: str, subject: str, act: Callable[[Work], Awaitable[Refusal | None]]
) -> Refusal | None:
    """Run `act` in a transaction of its own unless this key has done it; a refusal is not remembered."""

    async def done(work: Work) -> Refusal | dict[str, Any]:
        return await act(work) or DONE

    outcome = await remembered(visit, verb, key, subject, done)
    return outcome if isinstance(outcome, Refusal) else None


async def remembered(
    visit: Visit, verb: str, key: str, subject: str, act: Callable[[Work], Awaitable[Refusal | dict[str, Any]]]
) -> Refusal | dict[str, Any]:
    """The same for what has an outcome: members of JSON, given again to whoever asks again.

    One that lost a deadlock has changed nothing and is run again.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return await _once(visit, verb, key, subject, act)
        except Exception as error:
            if not tries_left or not may_run_again(error):
                raise
    raise AssertionError("unreachable: the last try returns or raises")


async def _once(
    visit: Visit, verb: str, key: str, subject: str, act: Callable[[Work], Awaitable[Refusal | dict[str, Any]]]
) -> Refusal | dict[str, Any]:
    async with visit.writing() as work:
        command = Act(visit.person, key, subject)
        claims = await idempotency.claim(work, verb, [command], restore=lambda outcome: outcome)
        outcomes = [await act(work) for _ in claims.fresh]
        answers: list[Refusal | dict[str, Any]] = await idempotency.remember(work, claims, outcomes)
    return answers[0]
