"""Every fact becomes an event; and what developers keeps about a person: the keys that act as him."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.people.developers import actions, queries
from tuan.platform.outbox import on_every_fact
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work


@on_every_fact
async def told(work: Work, facts: Sequence[UUID]) -> None:
    await actions.publish(work, facts)


async def tell(work: Work, person: UUID) -> list[dict[str, Any]]:
    """His keys with their use; their texts nobody has."""
    return [dict(row) for row in await queries.keys_of(work, person)]


PERSONAL = keeps(Keeper("developers", tell=tell, forget=actions.forget_keys))
