"""Sweeps do what is due; intents call the outside. Both are claimed set by set, and neither is a job queue."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from tuan.platform.work import Work

Sweep = Callable[[Work], Awaitable[int]]
HandSweep = TypeVar("HandSweep", bound=Callable[..., Awaitable[int]])


@dataclass(frozen=True, slots=True)
class Hand:
    """One of several that do the same sweep side by side: each takes the rows whose id falls to it.

    In SQL: `get_byte(uuid_send(id), 15) % <of> = <number>`. While one hand's batch is written, the other's is read and decided.
    """

    number: int
    of: int


ONLY_HAND = Hand(0, 1)


@dataclass(frozen=True, slots=True)
class Every:
    """A sweep: `due_sql` (run by the relay role) names the markets that have something due."""

    name: str
    seconds: float
    due_sql: str
    hands: tuple[Sweep, ...]
    """The same sweep for each hand; they run at once, and each returns how many it has done."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A call to the outside in three steps: claim rows in a transaction, call in none, apply the answers in another."""

    name: str
    seconds: float
    due_sql: str
    claim: Callable[[Work], Awaitable[Sequence[Any]]]
    call: Callable[[Any, Sequence[Any]], Awaitable[Sequence[Any]]]
    """Gets what is outside (`gateways.outside.Outside`) and what was claimed."""
    apply: Callable[[Work, Sequence[Any]], Awaitable[None]]
    waiting_sql: str = ""
    """Of one market: waiting, stuck (given up, needs a hand), oldest (due), tries (the most); "" where nobody is to see it."""


sweeps: dict[str, Every] = {}
intents: dict[str, Intent] = {}


def every(*, seconds: float, due: str) -> Callable[[Sweep], Sweep]:
    """Declare a sweep; it returns how many it has done, and runs again at once while it returns more than none."""

    def declare(sweep: Sweep) -> Sweep:
        _declare(sweep, seconds, due, (sweep,))
        return sweep

    return declare


def every_by(hands: int, *, seconds: float, due: str) -> Callable[[HandSweep], HandSweep]:
    """The same for what falls due in crowds: so many hands do it side by side, each its own part of the rows."""

    def declare(sweep: HandSweep) -> HandSweep:
        _declare(sweep, seconds, due, tuple(partial(sweep, hand=Hand(number, hands)) for number in range(hands)))
        return sweep

    return declare


def _declare(sweep: Callable[..., Awaitable[int]], seconds: float, due: str, hands: tuple[Sweep, ...]) -> None:
    name = f"{sweep.__module__.removeprefix('tuan.').removesuffix('.sweeps')}.{sweep.__name__}"
    sweeps[name] = Every(name, seconds, due, hands)


def intent(one: Intent) -> Intent:
    intents[one.name] = one
    return one
