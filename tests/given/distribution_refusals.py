"""What distribution refuses: one scenario each, in the table of all."""

from datetime import timedelta
from uuid import UUID

from tests.given import commissions as given
from tests.given import goods
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.play import distribution
from tuan.play.distribution import errors
from tuan.play.distribution.model import Rate, Scope, Terms


async def held(place: Place) -> tuple[given.Shop, UUID]:
    """A commission that somebody of the market looks at."""
    of = await goods.goods(place)
    await given.plan(place)
    shop = await given.shop(place, of)
    order = await given.buy(place, await given.neighbour(place), of, shop.code)
    commission = (await given.commissions(place, order))[0]["id"]
    assert await place.do(distribution.hold, commission, reason="test") is None
    return shop, commission


@gives(errors.PlanInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(distribution.draft_plan, "", given.ten_percent(), reason="test")


@gives(errors.PlanUnlawful)
async def _(place: Place) -> Act:
    terms = Terms((Rate(Scope.MARKET, None, 1, rate_bp=3001),), line_most_bp=3001)
    plan = granted(await place.do(distribution.draft_plan, "三成多", terms, reason="test"))
    return lambda: place.do(distribution.switch_on, plan, 1, reason="test")


@gives(errors.NoticeTooShort)
async def _(place: Place) -> Act:
    plan = await given.plan(place)
    number = granted(await place.do(distribution.draft_version, plan, given.ten_percent(hold_days=9), reason="test"))
    async with place.work() as work:
        soon = work.now + timedelta(days=1)
    return lambda: place.do(distribution.switch_on, plan, number, reason="test", since=soon)


@gives(errors.PlanNotDraft)
async def _(place: Place) -> Act:
    plan = await given.plan(place)
    return lambda: place.do(distribution.switch_on, plan, 1, reason="test")


@gives(errors.NotInHold)
async def _(place: Place) -> Act:
    _, commission = await held(place)
    assert await place.do(distribution.release, commission, reason="test") is None
    return lambda: place.do(distribution.void, commission, reason="test")


@gives(errors.CannotHold)
async def _(place: Place) -> Act:
    _, commission = await held(place)
    return lambda: place.do(distribution.hold, commission, reason="test")


@gives(errors.AppealInvalid)
async def _(place: Place) -> Act:
    shop, commission = await held(place)
    return lambda: place.do(distribution.appeal, commission, shop.id, shop.owner.id, "no")


@gives(errors.AppealedAlready)
async def _(place: Place) -> Act:
    shop, commission = await held(place)
    asks = (distribution.appeal, commission, shop.id, shop.owner.id, "他是我的同事，自己付的钱")
    assert await place.do(*asks) is None
    return lambda: place.do(*asks)
