"""An act of the market by a program: with a reason, once per key; what `backoffice.acting` is for pages."""

from collections.abc import Awaitable, Callable
from typing import Any

from tuan.kit.refusals import Refusal
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.visits import Visit


async def acted(
    visit: Visit, verb: str, key: str, reason: str, subject: str, act: Callable[[Work], Awaitable[Refusal | None]]
) -> Refusal | None:
    """Run `act` unless this key has done it; a reason that says nothing is refused as in the office."""

    async def with_reason(work: Work) -> Refusal | None:
        return audit.why_not_reason(reason) or await act(work)

    return await once(visit, verb, key, f"{subject} {reason}", with_reason)


async def made(
    visit: Visit,
    verb: str,
    key: str,
    reason: str,
    subject: str,
    act: Callable[[Work], Awaitable[Refusal | dict[str, Any]]],
) -> Refusal | dict[str, Any]:
    """The same for what has an outcome: members of JSON, given again to whoever asks again."""

    async def with_reason(work: Work) -> Refusal | dict[str, Any]:
        return audit.why_not_reason(reason) or await act(work)

    return await remembered(visit, verb, key, f"{subject} {reason}", with_reason)
