"""What shops and their identities refuse: one scenario each, in the table of all."""

import msgspec

from tests.given import goods as given
from tests.given import shops as shopping
from tests.given import training as learn
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.people import parties
from tuan.people.parties import NotInState, ShopNameInvalid
from tuan.play import shops
from tuan.play.shops import errors
from tuan.play.shops.model import DAY_PICKS_MAX, Terms


@gives(errors.ApplicationInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: shopping.ask(place, who, name=" ")


@gives(errors.HasShop)
async def _(place: Place) -> Act:
    _, owner = await shopping.shop(place)
    return lambda: shopping.ask(place, owner)


@gives(errors.AlreadyAsked)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    await shopping.waiting(place, who)
    return lambda: shopping.ask(place, who)


@gives(errors.NotWaiting)
async def _(place: Place) -> Act:
    application = await shopping.waiting(place)
    assert await place.do(shops.refuse_application, application, reason="test") is None
    return lambda: place.do(shops.approve, application, reason="test")


@gives(errors.TermsInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(shops.set_terms, Terms("fee"), reason="test")


@gives(NotInState)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    return lambda: place.do(parties.reopen_shop, shop, reason="test")


@gives(ShopNameInvalid)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    return lambda: place.do(parties.rename_shop, shop, "x" * 31)


@gives(errors.PageInvalid)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    return lambda: place.do(shops.dress_shop, shop, "小店", "x" * 301)


@gives(errors.PicksFull)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    return lambda: place.do(shops.choose_day, shop, [new_uuid() for _ in range(DAY_PICKS_MAX + 1)])


@gives(errors.NotPicked)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    of = await given.goods(place)
    return lambda: place.do(shops.unpick_goods, shop, of.product)


@gives(errors.NotOffered)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    of = await given.goods(place)
    assert await place.do(shops.withhold_goods, of.product, of.supplier) is None
    return lambda: place.do(shops.pick_goods, shop, of.product)


@gives(errors.CourseFirst)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    of = await given.goods(place)
    await given.except_from_return(place, of, "perishable")
    await learn.course(place, msgspec.structs.replace(learn.CONTENT, rights=("fresh_goods",)))
    return lambda: place.do(shops.pick_goods, shop, of.product)


@gives(errors.KeptByMarket)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    assert await place.do(shops.withdraw_goods, of.product, reason="test") is None
    return lambda: place.do(shops.offer_goods, of.product, of.supplier)


@gives(errors.PoolUnchanged)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(shops.return_goods, of.product, reason="test")


@gives(errors.OrderOld)
async def _(place: Place) -> Act:
    shop, _ = await shopping.shop(place)
    of = await shopping.picked(place, shop)
    await shopping.picked(place, shop)
    return lambda: place.do(shops.arrange_picks, shop, [of.product])


@gives(errors.BudgetSpent)
async def _(place: Place) -> Act:
    shop, _, _ = await shopping.with_budget(place, 999)
    return lambda: shopping.coupon(place, shop, off_minor=100, total=10)


@gives(errors.BudgetBelow)
async def _(place: Place) -> Act:
    shop, _, _ = await shopping.with_budget(place)
    granted(await shopping.coupon(place, shop, off_minor=100, total=5))
    return lambda: place.do(shops.grant_budget, shop, 499, reason="test")


@gives(errors.CouponInvalid)
async def _(place: Place) -> Act:
    shop, _, _ = await shopping.with_budget(place)
    return lambda: shopping.coupon(place, shop, off_minor=0)


@gives(errors.ConsentInvalid)
async def _(place: Place) -> Act:
    who = await shopping.customer(place, *await shopping.shop(place))
    return lambda: place.do(shops.give_consent, who.id, ["birthday"], "02-30", **shopping.SHOWN)


@gives(errors.NotShown)
async def _(place: Place) -> Act:
    who = await shopping.customer(place, *await shopping.shop(place))
    return lambda: place.do(shops.end_consent, who.id, **shopping.TOLD)


@gives(errors.CardInvalid)
async def _(place: Place) -> Act:
    shop, owner = await shopping.shop(place)
    _, known = await shopping.seen(place, shop, owner)
    return lambda: place.do(shops.keep_card, shop, known, ["a", "a"], "")
