"""What is kept about a person: every module that keeps something says what, and how it forgets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.platform.work import Work


async def never(_work: Work, _person: UUID) -> None:
    """Nothing stands against forgetting."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """One module's part. `tell` gives what JSON can say; `forget` says by name how many rows it emptied and kept."""

    name: str
    tell: Callable[[Work, UUID], Awaitable[Any]]
    forget: Callable[[Work, UUID], Awaitable[dict[str, int]]]
    why_not_forget: Callable[[Work, UUID], Awaitable[Refusal | None]] = never
    is_last: bool = False
    """Of the module by whose rows others find theirs: it forgets when they have forgotten."""


keepers: dict[str, Keeper] = {}


def keeps(keeper: Keeper) -> Keeper:
    """Declare a module's part, in its `handlers.py`."""
    keepers[keeper.name] = keeper
    return keeper


async def tell_all(work: Work, person: UUID) -> dict[str, Any]:
    """All that is kept about the person, by module."""
    return {name: await keepers[name].tell(work, person) for name in sorted(keepers)}


async def forget_all(work: Work, person: UUID) -> dict[str, int] | Refusal:
    """Forget the person everywhere, or nowhere: the first module that cannot yet says why."""
    for keeper in keepers.values():
        if refusal := await keeper.why_not_forget(work, person):
            return refusal
    done: dict[str, int] = {}
    for name in sorted(keepers, key=lambda name: (keepers[name].is_last, name)):
        done |= {f"{name}.{what}": count for what, count in (await keepers[name].forget(work, person)).items()}
    return done
