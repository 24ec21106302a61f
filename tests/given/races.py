"""What races need: two processes, a meeting point that makes them collide, and SQL with its guard taken off."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import asyncpg
import pytest

from tests.given.houses import Place
from tuan.kit.refusals import Refusal
from tuan.platform import lanes
from tuan.platform.bulk import Bulk
from tuan.platform.work import Work
from tuan.trade.orders import store as orders_store
from tuan.trade.payments import store as payments_store

CROWD = 50
"""How many come at once; the two processes together have a connection for each of them."""

PATIENCE_SECONDS = 0.5
"""Longer than a transaction of these tests takes, so that without a guard both always meet."""

LOCKS = r" FOR (NO KEY )?UPDATE( OF \w+)?"
GUARDS = re.compile(rf"{LOCKS}| AND t\.state = u\.before| AND t\.version = u\.version")

BOOK = (
    (payments_store, "LOCK_PAYABLES_SQL"),
    (orders_store, "LOCK_ORDERS_SQL"),
    (orders_store, "MOVE_ORDERS"),
    (orders_store, "MOVE_GROWN_ORDERS"),
)
"""What guards an order against two who would move it at once."""


@dataclass(slots=True)
class Rivals:
    one: Place
    other: Place

    async def race(self, *acts: Awaitable[Any]) -> list[Any]:
        """What each heard, an exception included; but for a guard that was taken off and left no SQL behind."""
        heard = await asyncio.gather(*acts, return_exceptions=True)
        if broken := next((one for one in heard if isinstance(one, asyncpg.PostgresSyntaxError)), None):
            raise broken
        return heard

    async def crowd(self, verb: Any, commands: Sequence[Any]) -> list[Any]:
        """All of them at once, dealt to the two processes in turn, each command in a transaction of its own.

        In one lane they would be one batch, in which nobody can collide; so each gets a lane (a shard) to itself.
        """
        places = (self.one, self.other)
        sent = (places[n % 2].house.lanes.submit(verb, self.one.market, c, shard=n) for n, c in enumerate(commands))
        return await self.race(*sent)


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
        bare = GUARDS.sub("", sql)
        assert bare != sql, f"{name} has no guard to take off"
        monkeypatch.setattr(module, name, replace(kept, sql=bare) if isinstance(kept, Bulk) else bare)


def count_retries(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a lane had to run a transaction again, by SQLSTATE; it fills as the race runs."""
    seen: Counter[str] = Counter()
    decide = lanes.may_run_again

    def may_run_again(error: BaseException) -> bool:
        seen[str(getattr(error, "sqlstate", None))] += 1
        return decide(error)

    monkeypatch.setattr(lanes, "may_run_again", may_run_again)
    return seen


def one_won(outcomes: list[Any], refusal: type[Refusal]) -> None:
    """Exactly one had what it wanted, all others heard why not."""
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    assert sum(type(outcome) is not refusal for outcome in outcomes) == 1, outcomes
    assert not isinstance(next(outcome for outcome in outcomes if type(outcome) is not refusal), Refusal), outcomes
