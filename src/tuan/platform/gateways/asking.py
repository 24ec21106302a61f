"""Asking providers for what an intent has claimed: what was asked for before is asked about first."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import PaymentProvider

log = structlog.get_logger()

Ask = Callable[[PaymentProvider, Sequence[Any]], Awaitable[Sequence[Any]]]
UNHEARD = "unheard"


@dataclass(frozen=True, slots=True)
class Claimed:
    """key: ours, under which it is asked for. is_again: it was asked for before. is_held: it is not to be asked for now;
    what became of it before may still be asked about."""

    provider: str
    key: UUID
    is_again: bool
    order: Any
    is_held: bool = False


async def ask_for(
    outside: Outside, claimed: Collection[Claimed], *, do: Ask, ask: Ask, key_of: Callable[[Any], UUID]
) -> list[Any]:
    """The answers. What the provider says he never heard of is asked for again; a provider that fails holds up no other.

    do: asks for it. ask: asks what became of it. key_of: our key in an answer, whose `state` may be "unheard".
    """
    by_provider: dict[str, list[Claimed]] = defaultdict(list)
    for one in claimed:
        by_provider[one.provider].append(one)
    answers: list[Any] = []
    for name, some in by_provider.items():
        again = [one.order for one in some if one.is_again]
        found = await _answers(outside, name, ask, again) if again else []
        unheard = {key_of(one) for one in found if one.state == UNHEARD}
        answers += [one for one in found if key_of(one) not in unheard]
        if wanted := [one.order for one in some if not one.is_held and (not one.is_again or one.key in unheard)]:
            answers += await _answers(outside, name, do, wanted)
    return answers


async def _answers(outside: Outside, name: str, call: Ask, orders: Sequence[Any]) -> Sequence[Any]:
    """None where he fails: then all of it stays due."""
    try:
        return await call(outside.providers[name], orders)
    except Exception as error:
        log.warning("provider.unknown", provider=name, count=len(orders), error=repr(error))
        return []
