"""Every fact becomes an event."""

from collections.abc import Sequence
from uuid import UUID

from tuan.people.developers import actions
from tuan.platform.outbox import on_every_fact
from tuan.platform.work import Work


@on_every_fact
async def told(work: Work, facts: Sequence[UUID]) -> None:
    await actions.publish(work, facts)
