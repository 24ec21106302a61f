"""What there is of suppliers in the world that every route is asked in."""

from typing import Any

from tests.given import goods as given
from tests.given import shipping, sourcing
from tests.given.houses import Place
from tuan.goods.sourcing.model import APPLICATION_ID, LICENCE_ID, PROPOSAL_ID
from tuan.trade.shipping.model import PARCEL_ID


async def know_supply(world: Any, place: Place, here: given.Goods) -> None:
    """Somebody who waits for his check and somebody who is in it, with a licence each; two proposals, and a parcel that has its
    number."""
    _, waits = await sourcing.applied(place)
    _, checked_now = await sourcing.in_check(place)
    for application in (waits, checked_now):
        world.know(None, applicant=APPLICATION_ID.show(application))
        (row,) = await sourcing.licences_of(place, application=application)
        world.know(None, licence=LICENCE_ID.show(row["id"]))
    world.know(None, proposal=PROPOSAL_ID.show(await sourcing.proposed(place, await given.goods(place))))
    own = await sourcing.proposed(place, here)
    world.know(world.visitors[3], proposal=PROPOSAL_ID.show(own))
    _, parcel = await shipping.made(place, here)
    world.know(world.visitors[3], parcel=PARCEL_ID.show(parcel))
