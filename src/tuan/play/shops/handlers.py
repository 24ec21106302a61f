"""What shops keep about a person."""

from uuid import UUID

from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.play.shops import actions, queries


async def forget(work: Work, person: UUID) -> dict[str, int]:
    applications = await actions.forget_applications(work, person, work.now)
    return {"applications": applications, **await actions.forget_customer(work, person)}


PERSONAL = keeps(Keeper("shops", tell=queries.told_of, forget=forget))
