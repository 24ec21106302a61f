"""Coupons that are given on and coupons that friends open: once, to whom their terms allow, each counted."""

from datetime import timedelta

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, granted
from tuan.value import promotions
from tuan.value.promotions.errors import (
    CouponOver,
    CouponSpent,
    GiftGone,
    NewcomersOnly,
    NotGiftable,
    TakenEnough,
    TakenToday,
)


async def test_a_gift_is_the_takers_and_counts_as_the_givers_share(place: Place) -> None:
    giver, taker = await given.buyers(place, 2)
    of, goods = await promo.template(place, giftable=True, total=2), await given.goods(place)
    mine = granted(await promo.take(place, giver, of))
    gift = granted(await promo.gift(place, giver, mine))
    assert await promo.states(place) == {mine: "offered"}
    assert await place.breaches() == {}
    assert await promo.buy(place, giver, goods, [mine]) == CouponSpent(), "what is offered is not used meanwhile"
    assert await promo.take_gift(place, giver, gift.code) == NotFound(), "nobody takes his own"
    assert await promo.take_gift(place, taker, gift.code, key="k") == mine
    assert await promo.take_gift(place, taker, gift.code, key="k") == mine, "asking twice is asking once"
    assert await promo.buy(place, giver, goods, [mine]) == NotFound()
    assert isinstance(await promo.take(place, giver, of), TakenEnough), "or he could take and give without end"
    assert await promo.gift(place, taker, mine) == NotGiftable(), "once"
    granted(await promo.buy(place, taker, goods, [mine]))
    assert await place.breaches() == {}


async def test_a_gift_is_taken_back_until_somebody_took_it(place: Place) -> None:
    giver, taker, other = await given.buyers(place, 3)
    mine = await promo.coupon(place, giver, giftable=True)
    gift = granted(await promo.gift(place, giver, mine))
    assert await place.do(promotions.withdraw_gift, gift.code, other.id) == NotFound()
    assert await place.do(promotions.withdraw_gift, gift.code, giver.id) is None
    assert await promo.states(place) == {mine: "free"}
    assert await promo.take_gift(place, taker, gift.code) == GiftGone()
    again = granted(await promo.gift(place, giver, mine))
    granted(await promo.take_gift(place, taker, again.code))
    assert await place.do(promotions.withdraw_gift, again.code, giver.id) == GiftGone()
    assert await promo.take_gift(place, taker, "no such code") == NotFound()
    assert await place.breaches() == {}


async def test_the_taker_must_be_one_whom_the_terms_allow(place: Place) -> None:
    giver, taker = await given.buyers(place, 2)
    day = await promo.template(place, giftable=True, per_person=2, per_day=1)
    new = await promo.template(place, giftable=True, newcomers=True)
    granted(await promo.take(place, taker, day))
    granted(await promo.buy(place, taker, await given.goods(place)))
    gifts = [granted(await promo.gift(place, giver, granted(await promo.take(place, giver, of)))) for of in (day, new)]
    answers = [await promo.take_gift(place, taker, gift.code) for gift in gifts]
    assert [type(answer) for answer in answers] == [TakenToday, NewcomersOnly]
    assert await place.do(promotions.end_template, day, reason="test") is None
    await place.move_clock(timedelta(days=1, seconds=1))
    granted(await promo.take_gift(place, taker, gifts[0].code))
    await place.later(timedelta(days=30))
    assert await promo.take_gift(place, taker, gifts[1].code) == CouponOver()
    assert await place.breaches() == {}


async def test_a_coupon_opens_with_distinct_new_friends(place: Place) -> None:
    starter, old, *friends = await given.buyers(place, 4)
    of = await promo.template(place, way="friends", friends=2, friends_new=True, gather_seconds=3600, total=3)
    mine = granted(await promo.take(place, starter, of))
    granted(await promo.buy(place, old, await given.goods(place)))
    async with place.work() as work:
        (refused,) = await promotions.take_coupons(
            work, [promo.TakeCoupon(old.id, given.fresh_key(), of, starter=mine)], {old.id}
        )
    assert refused == NewcomersOnly()
    granted(await promo.take(place, friends[0], of, starter=mine))
    assert (await promo.states(place))[mine] == "locked"
    granted(await promo.take(place, friends[1], of, starter=mine))
    assert set((await promo.states(place)).values()) == {"free"} and len(await promo.states(place)) == 3
    assert (await promo.take(place, old, of)).code == "promotions.taken_all", "each is counted within the total"
    assert await place.breaches() == {}
