"""What payments keeps about a person: sums and the provider's numbers, which the law has kept and which name nobody."""

from uuid import UUID

from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.trade.payments import queries


async def forget(_work: Work, _person: UUID) -> dict[str, int]:
    return {}


PERSONAL = keeps(Keeper("payments", tell=queries.told_of, forget=forget))
