"""What staff keeps about a person: that he works here, which ends before he can be forgotten."""

from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.people.staff import queries
from tuan.people.staff.errors import StillMember
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work


async def tell(work: Work, person: UUID) -> list[dict[str, Any]]:
    """His membership, as the list of members has it."""
    return [dict(row) for row in await queries.members(work) if row["person_id"] == person]


async def why_not_forget(work: Work, person: UUID) -> Refusal | None:
    """What members did stands in the audit under their names."""
    return StillMember() if await tell(work, person) else None


async def forget(_work: Work, _person: UUID) -> dict[str, int]:
    """There is nothing: who works here is not forgotten."""
    return {}


PERSONAL = keeps(Keeper("staff", tell=tell, forget=forget, why_not_forget=why_not_forget))
