"""Saved views: a name for an address of a table."""

from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.people.staff import queries, store
from tuan.people.staff.model import why_not_view
from tuan.platform.work import Work


async def keep_view(work: Work, person: UUID, place: str, name: str, query: str) -> Refusal | None:
    """Keep it under this name, in place of what was kept under it."""
    known = {row["name"] for row in await queries.views(work, person, place)} - {name.strip()}
    if refusal := why_not_view(place, name, query, len(known)):
        return refusal
    await work.execute(store.KEEP_VIEW_SQL, person, place, name.strip(), query, work.now)
    return None


async def drop_view(work: Work, person: UUID, place: str, name: str) -> None:
    """Forget it; what is not there need not be forgotten."""
    await work.execute(store.DROP_VIEW_SQL, person, place, name)
