"""What compliance keeps about a person: what he agreed to, and when he no longer did."""

from typing import Any
from uuid import UUID

from tuan.people.compliance import queries
from tuan.people.compliance.actions.consents import forget
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work


async def tell(work: Work, person: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await queries.consents_of(work, person)]


PERSONAL = keeps(Keeper("compliance", tell=tell, forget=forget))
