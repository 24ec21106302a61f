"""What membership keeps about a person: whose member he is, or was."""

from typing import Any
from uuid import UUID

from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.value.membership import actions, queries


async def tell(work: Work, person: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await queries.memberships_of(work, person)]


PERSONAL = keeps(Keeper("membership", tell=tell, forget=actions.forget))
