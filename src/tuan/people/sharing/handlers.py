"""What sharing keeps about a person: his links, whom he follows, whose customer he was."""

from typing import Any
from uuid import UUID

from tuan.people.sharing import actions, queries
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work


async def tell(work: Work, person: UUID) -> dict[str, Any]:
    return {
        "links": [dict(row) for row in await queries.links_of(work, person)],
        "follows": [dict(row) for row in await queries.follows_of(work, person)],
        "customer": [dict(row) for row in await queries.changes_of_person(work, person)],
    }


PERSONAL = keeps(Keeper("sharing", tell=tell, forget=actions.forget))
