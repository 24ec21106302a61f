"""Scenarios of what promotions refuse; they join the table of all."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tests.given.quotes import one_line
from tests.given.refusals import Act, gives
from tuan.kit.refusals import Refusal, granted
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import promotions
from tuan.value.promotions.errors import (
    BundleOver,
    BundleUneven,
    CodeInUse,
    CouponBelow,
    CouponLocked,
    CouponNotHere,
    CouponOver,
    CouponsClash,
    CouponSpare,
    CouponSpent,
    FriendsTooLate,
    GiftGone,
    HelpedAlready,
    NewcomersOnly,
    NoDelivery,
    NotGiftable,
    NotInChannel,
    NotOffered,
    RuleClash,
    RuleInvalid,
    TakenAll,
    TakenEnough,
    TakenToday,
    TemplateInvalid,
)
from tuan.value.promotions.model import (
    COUPON,
    CouponTerms,
    Freight,
    FreightRule,
    Quote,
    Scope,
    TakeCoupon,
    quote,
)


def asking(*chosen: CouponTerms) -> Callable[[], Awaitable[Quote | Refusal]]:
    """The quote of one line of 1,000 with these coupons."""
    lines, prices = one_line(1000)
    freight = {lines[0].sku: Freight((FreightRule(delivers=False),))}

    async def ask() -> Quote | Refusal:
        return quote(lines, replace(prices, freight=freight), "", chosen, region="54")

    return ask


def off(amount_minor: int, **terms: Any) -> CouponTerms:
    return CouponTerms(COUPON.new(), off_minor=amount_minor, **terms)


@gives(CouponBelow)
async def _(place: Place) -> Act:
    return asking(off(10, threshold_minor=1001))


@gives(CouponNotHere)
async def _(place: Place) -> Act:
    return asking(off(10, scope=Scope(frozenset((COUPON.new(),)))))


@gives(CouponsClash)
async def _(place: Place) -> Act:
    return asking(off(10, stacks=False), off(10, stacks=False))


@gives(CouponSpare)
async def _(place: Place) -> Act:
    return asking(off(1000), off(1))


@gives(NoDelivery)
async def _(place: Place) -> Act:
    return asking()


# ── giving away ──
@gives(TemplateInvalid)
async def _(place: Place) -> Act:
    return lambda: promo.launch(place, off_minor=0)


@gives(CodeInUse)
async def _(place: Place) -> Act:
    await promo.template(place, way="code", code="MARZO")
    return lambda: promo.launch(place, way="code", code="MARZO")


@gives(RuleInvalid)
async def _(place: Place) -> Act:
    return lambda: promo.rule(place, "reward")


@gives(RuleClash)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    granted(await promo.rule(place, "limited", prices={of.sku: 900}))
    return lambda: promo.rule(place, "limited", prices={of.sku: 800})


@gives(NotOffered)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await promo.template(place)
    assert await place.do(promotions.end_template, of, reason="test") is None
    return lambda: promo.take(place, who, of)


@gives(TakenAll)
async def _(place: Place) -> Act:
    first, second = await given.buyers(place, 2)
    of = await promo.template(place, total=1)
    granted(await promo.take(place, first, of))
    return lambda: promo.take(place, second, of)


@gives(TakenEnough)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await promo.template(place)
    granted(await promo.take(place, who, of))
    return lambda: promo.take(place, who, of)


@gives(NotInChannel)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await promo.template(place, way="friends", friends=1)
    return lambda: promo.take(place, who, of, channel="wechat_h5")


@gives(TakenToday)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await promo.template(place, per_person=3, per_day=1)
    granted(await promo.take(place, who, of))
    return lambda: promo.take(place, who, of)


@gives(NewcomersOnly)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await promo.template(place, newcomers=True)
    command = TakeCoupon(who.id, given.fresh_key(), of)

    async def ask() -> Any:
        async with place.work() as work:
            (outcome,) = await promotions.take_coupons(work, [command], {who.id})
            return outcome

    return ask


@gives(NotGiftable)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    mine = await promo.coupon(place, who)
    return lambda: promo.gift(place, who, mine)


@gives(GiftGone)
async def _(place: Place) -> Act:
    giver, first, second = await given.buyers(place, 3)
    gift = granted(await promo.gift(place, giver, await promo.coupon(place, giver, giftable=True)))
    granted(await promo.take_gift(place, first, gift.code))
    return lambda: promo.take_gift(place, second, gift.code)


@gives(HelpedAlready)
async def _(place: Place) -> Act:
    starter, friend = await given.buyers(place, 2)
    of = await promo.template(place, way="friends", friends=2, per_person=3)
    mine = granted(await promo.take(place, starter, of))
    granted(await promo.take(place, friend, of, starter=mine))
    return lambda: promo.take(place, friend, of, starter=mine)


@gives(FriendsTooLate)
async def _(place: Place) -> Act:
    starter, friend = await given.buyers(place, 2)
    of = await promo.template(place, way="friends", friends=2, gather_seconds=30)
    mine = granted(await promo.take(place, starter, of))
    await place.move_clock(timedelta(seconds=31))
    return lambda: promo.take(place, friend, of, starter=mine)


async def _bundle(place: Place) -> tuple[Any, Callable[[int], Awaitable[Any]]]:
    """A bundle of three of one SKU, and how somebody buys so many sets of it."""
    who, of = await given.buyer(place), await given.goods(place)
    bundle = granted(await promo.rule(place, "bundle", set_units={of.sku: 3}, set_minor=900, per_order=2))

    def buy(sets: int) -> Awaitable[Any]:
        bundles = ((bundle, sets),)
        command = PlaceOrder(who.id, given.fresh_key(), (), who.address, None, sets=bundles)
        return place.one(orders.place_orders, command)

    return bundle, buy


@gives(BundleOver)
async def _(place: Place) -> Act:
    bundle, buy = await _bundle(place)
    assert await place.do(promotions.end_rule, bundle, reason="test") is None
    return lambda: buy(1)


@gives(BundleUneven)
async def _(place: Place) -> Act:
    _, buy = await _bundle(place)
    return lambda: buy(3)


# ── using ──
@gives(CouponOver)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who, valid_seconds=30)
    await place.move_clock(timedelta(seconds=31))
    return lambda: promo.buy(place, who, of, [mine])


@gives(CouponSpent)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who)
    granted(await promo.buy(place, who, of, [mine]))
    return lambda: promo.buy(place, who, of, [mine])


@gives(CouponLocked)
async def _(place: Place) -> Act:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who, way="friends", friends=2)
    return lambda: promo.buy(place, who, of, [mine])
