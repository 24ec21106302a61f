"""What races need: two processes, a meeting point that makes them collide, and SQL with its guard taken off."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import pytest

from tests.given.houses import Place
from tuan.kit.refusals import Refusal
from tuan.platform.bulk import Bulk
from tuan.platform.work import Work

PATIENCE_SECONDS = 0.8
"""Longer than a transaction of these tests takes, so that without a guard both always meet."""

LOCKS = (" FOR UPDATE OF l", " FOR UPDATE", " FOR NO KEY UPDATE")
GUARDS = (*LOCKS, " AND t.state = u.before", " AND t.version = u.version")


@dataclass(slots=True)
class Rivals:
    one: Place
    other: Place

    async def race(self, first: Awaitable[Any], second: Awaitable[Any]) -> list[Any]:
        return await asyncio.gather(first, second, return_exceptions=True)


def meet_after_loading(monkeypatch: pytest.MonkeyPatch, parties: int = 2, *, before: str = "read_clock") -> None:
    """Whoever has loaded and locked what it decides on waits there until the others have, too, or a moment has passed.

    With a guard the second one cannot get there while the first one waits; without it both decide on the same rows.
    """
    everybody, arrived = asyncio.Event(), 0
    goes_on = getattr(Work, before)

    async def meet(work: Work, *args: Any) -> Any:
        nonlocal arrived
        arrived += 1
        if arrived >= parties:
            everybody.set()
        try:
            await asyncio.wait_for(everybody.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            everybody.set()
        return await goes_on(work, *args)

    monkeypatch.setattr(Work, before, meet)


def unguarded(monkeypatch: pytest.MonkeyPatch, *guards: tuple[ModuleType, str]) -> None:
    """Take the row lock or the condition out of these statements."""
    for module, name in guards:
        kept: Any = getattr(module, name)
        sql = kept.sql if isinstance(kept, Bulk) else kept
        bare = sql
        for guard in GUARDS:
            bare = bare.replace(guard, "")
        assert bare != sql, f"{name} has no guard to take off"
        monkeypatch.setattr(module, name, replace(kept, sql=bare) if isinstance(kept, Bulk) else bare)


def one_won(outcomes: list[Any], refusal: type[Refusal]) -> None:
    """Exactly one of two had what it wanted, the other heard why not."""
    assert sorted(type(outcome) is refusal for outcome in outcomes) == [False, True], outcomes
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
