"""What promotions keep about a person."""

from uuid import UUID

from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.value.promotions import queries, store


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """A coupon names nobody: it belongs to its template, which counts it, and to the orders it was used on. His tier goes."""
    return {"tiers": await work.execute(store.LEAVE_TIER_SQL, person)}


PERSONAL = keeps(Keeper("promotions", tell=queries.told_of, forget=forget))
