"""What points and loyalty refuse: one scenario each, in the table of all."""

from dataclasses import replace

from tests.given import goods as given
from tests.given import points as wallets
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.play import loyalty
from tuan.play.loyalty.errors import LadderInvalid, NoCheckIn
from tuan.value import points
from tuan.value.points.errors import PointsShort, PointsTooFew, PointsTooMany, TermsInvalid, UnitsInvalid


@gives(PointsShort)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    await wallets.grant(place, who.id, 10)
    return lambda: place.do(points.deduct, who.id, 11, reason="test")


async def pays_by(place: Place, units: int) -> Act:
    """Somebody with a thousand points wants to use so many for goods over 1,990."""
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 1000)
    return lambda: wallets.place_order(place, who, of, units)


@gives(PointsTooFew)
async def _(place: Place) -> Act:
    return await pays_by(place, 9)


@gives(PointsTooMany)
async def _(place: Place) -> Act:
    return await pays_by(place, 996)


@gives(TermsInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(points.set_terms, replace(wallets.TERMS, valid_days=0), reason="test")


@gives(UnitsInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(points.grant, [who.id], 0, reason="test")


@gives(NoCheckIn)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(loyalty.check_in, who.id)


@gives(LadderInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(loyalty.set_ladder, [5, 0], reason="test")
