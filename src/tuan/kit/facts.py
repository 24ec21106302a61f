"""Facts: past-tense frozen records that a module tells; whoever stands above may hear them."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """Base of all facts. Fields are ids, amounts, instants: what a reader needs to look up the state, not a copy of it."""

    name: ClassVar[str] = ""


F = TypeVar("F", bound=Fact)

kinds: dict[str, type[Fact]] = {}
"""Every declared kind by its versioned name."""


def fact(name: str) -> Callable[[type[F]], type[F]]:
    """Declare a fact under a versioned name such as `orders.paid.v1`; a name is never given a second meaning."""

    def declare(kind: type[F]) -> type[F]:
        if name in kinds:
            raise ValueError(f"the fact {name} is declared twice")
        kinds[name] = kind
        kind.name = name
        return kind

    return declare


def encode(one: Fact) -> str:
    return msgspec.json.encode(one).decode()


def decode(name: str, body: str | bytes) -> Any:
    return msgspec.json.decode(body, type=kinds[name])
