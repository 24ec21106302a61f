"""What parties keeps about a person: what he answers for, which somebody must."""

from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.people.parties import queries
from tuan.people.parties.errors import StillOwns
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work


async def tell(work: Work, person: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await queries.owned_by(work, person)]


async def why_not_forget(work: Work, person: UUID) -> Refusal | None:
    owned = await queries.owned_by(work, person)
    return StillOwns(name=owned[0]["name"]) if owned else None


async def forget(_work: Work, _person: UUID) -> dict[str, int]:
    """There is nothing: who owns something is not forgotten."""
    return {}


PERSONAL = keeps(Keeper("parties", tell=tell, forget=forget, why_not_forget=why_not_forget))
