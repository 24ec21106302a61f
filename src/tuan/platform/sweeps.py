"""Sweeps do what is due; intents call the outside. Both are claimed set by set, and neither is a job queue."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tuan.platform.work import Work

Sweep = Callable[[Work], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Every:
    """A sweep: `due_sql` (run by the relay role) names the markets that have something due."""

    name: str
    seconds: float
    due_sql: str
    sweep: Sweep


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
        name = f"{sweep.__module__.removeprefix('tuan.').removesuffix('.sweeps')}.{sweep.__name__}"
        sweeps[name] = Every(name, seconds, due, sweep)
        return sweep

    return declare


def intent(one: Intent) -> Intent:
    intents[one.name] = one
    return one
