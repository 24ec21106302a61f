"""Those who act: buyers, suppliers, the provider's post, the worker, the clock. Each act is one step of a world.

An act gets the play and the step's own chance; it answers False if there is nothing to act on. Whatever it chooses, it
chooses by number and by the auditor's books, never by an id, so that a seed is a story.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.database import LOST_CONNECTION, may_run_again
from tuan.platform.work import OutcomeUnknown
from tuan.simulate.auditor import Auditor
from tuan.simulate.books import Account, Asked, Books, Buyer
from tuan.simulate.reading import Seen
from tuan.simulate.site import Stage

T = TypeVar("T")

UNKNOWN = (*LOST_CONNECTION, OutcomeUnknown)


Act = Callable[["Play", Random], Awaitable[bool]]


@dataclass(slots=True)
class Play:
    """What an act may use: the stage, the auditor's books and last view, the account it writes, and the time it is."""

    stage: Stage
    books: Books
    auditor: Auditor
    account: Account
    time: Instant
    keys: int = 0
    jump: timedelta = field(default_factory=timedelta)
    """How far the next step's clock is ahead, over and above its tick."""
    plot: deque[Act] = field(default_factory=deque)
    """What happens next, if that is settled already."""

    @property
    def seen(self) -> Seen:
        return self.auditor.seen

    def key(self) -> str:
        self.keys += 1
        return f"k{self.keys}"

    def title(self, text: str) -> None:
        self.account.title = text

    # ── calling the product ──
    async def ask(self, name: str, verb: Any, command: Any, *, process: int = 0) -> Asked:
        """One command through a lane; an answer that is lost leaves the outcome open."""
        asked = Asked(name, command)
        self.account.asked.append(asked)
        try:
            asked.answer = await self.stage.submit(verb, command, process=process)
            asked.is_known = True
        except UNKNOWN as error:
            self.account.cut_off(error)
        return asked

    async def call(self, name: str, verb: Callable[..., Awaitable[Any]], *args: Any, **more: Any) -> Asked:
        """A plain verb, as a page calls it: run again where it changed nothing for sure."""
        asked = Asked(name, args)
        self.account.asked.append(asked)
        try:
            try:
                asked.answer = await self.stage.do(verb, *args, **more)
            except Exception as error:
                if not may_run_again(error):
                    raise
                asked.answer = await self.stage.do(verb, *args, **more)
            asked.is_known = True
        except UNKNOWN as error:
            self.account.cut_off(error)
        return asked

    async def manage(
        self, name: str, about: Any, verb: Callable[..., Awaitable[Any]], *args: Any, **more: Any
    ) -> Asked:
        """What a manager does, undisturbed: its effect must be known, since no row names its command. `about`: for its law."""
        async with self.stage.site.sound_work(self.stage.market) as work:
            answer = await verb(work, *args, **more)
        asked = Asked(name, about, answer, True)
        self.account.asked.append(asked)
        return asked

    async def at_once(self, calls: Sequence[Awaitable[Any]]) -> None:
        self.account.is_race = True
        await asyncio.gather(*calls)

    # ── choosing ──
    def buyer(self, rng: Random) -> Buyer:
        return rng.choice(self.books.people)

    def buyer_of(self, person: UUID) -> Buyer:
        return next(one for one in self.books.people if one.id == person)

    def orders(self, *states: str) -> list[Any]:
        """Orders in these states, in the order they came."""
        return [self.seen.orders[id] for id in self.books.orders if self.seen.orders[id]["state"] in states]

    def teams(self, *states: str) -> list[Any]:
        return [self.seen.teams[id] for id in self.books.teams if self.seen.teams[id]["state"] in states]

    def withdrawals(self, *states: str) -> list[Any]:
        """Withdrawals in these states, or all, in the order they came."""
        found = [self.seen.withdrawals[id] for id in self.books.withdrawals]
        return [one for one in found if not states or one["state"] in states]

    def attempts(self, *states: str) -> list[Any]:
        """Attempts in these states, by the number of the order they pay."""
        number = {self.seen.orders[id]["payable_id"]: book.number for id, book in self.books.orders.items()}
        found = [a for a in self.seen.attempts.values() if a["state"] in states]
        return sorted(found, key=lambda a: (number.get(a["payable_id"], 0), a["started_at"]))


def some(rng: Random, found: Iterable[T]) -> T | None:
    """One of what was found, by chance."""
    listed = list(found)
    return rng.choice(listed) if listed else None


def another_input(command: Any) -> Any:
    """The same command and key with another input."""
    if hasattr(command, "items"):
        return replace(command, items=tuple((sku, units + 1) for sku, units in command.items))
    return replace(command, units=command.units + 1)
