"""What presales keep about a person: the terms of his orders, which name nobody beside the order that the law has kept."""

from uuid import UUID

from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.play.presale import queries


async def forget(_work: Work, _person: UUID) -> dict[str, int]:
    return {}


PERSONAL = keeps(Keeper("presale", tell=queries.told_of, forget=forget))
