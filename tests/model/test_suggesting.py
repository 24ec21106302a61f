"""Which coupons are suggested, by examples: what goes with the price, the fewest of equal choices, in the order they are taken."""

from dataclasses import replace
from typing import Any

from tests.given.quotes import line, one_line
from tuan.kit.ids import new_uuid
from tuan.value.promotions.errors import CouponBelow, CouponNotHere
from tuan.value.promotions.model import (
    COUPON,
    EXACT_MAX,
    CampaignPrice,
    CouponTerms,
    PriceOffer,
    Prices,
    Reason,
    Reward,
    Stacking,
    Suggestion,
    suggest,
)


def coupon(off: int = 0, **more: Any) -> CouponTerms:
    return CouponTerms(COUPON.new(), **{"off_minor": off} | more)


def test_of_no_coupons_none_is_suggested() -> None:
    lines, prices = one_line(1000)
    assert suggest(lines, prices) == Suggestion((), 0, 0, {})


def test_what_cannot_be_used_says_why() -> None:
    lines, prices = one_line(1000)
    high, good = coupon(500, threshold_minor=1001), coupon(100)
    refused = {high.id: CouponBelow(coupon=COUPON.show(high.id), needs_minor=1001, has_minor=1000)}
    assert suggest(lines, prices, wallet=[high, good]) == Suggestion((good.id,), 100, 0, refused)


def test_it_is_the_price_of_the_tier_that_has_to_reach_the_threshold() -> None:
    lines, prices = one_line(1000)
    prices = replace(prices, by_tier={("gold", lines[0].sku): PriceOffer(900)})
    one = coupon(100, threshold_minor=1000)
    assert suggest(lines, prices, wallet=[one]).coupons == suggest(lines, prices, "silver", [one]).coupons == (one.id,)
    assert suggest(lines, prices, "gold", [one]).refused.keys() == {one.id}


def test_so_has_what_a_reward_leaves() -> None:
    lines, prices = one_line(1000)
    one = coupon(100, threshold_minor=1000)
    assert suggest(lines, replace(prices, rewards=(Reward(new_uuid(), ((1, 1),)),)), wallet=[one]).coupons == ()


def test_a_campaigns_price_goes_with_coupons_where_it_says_so() -> None:
    lines, prices = one_line(1000)
    one = coupon(100)
    team = CampaignPrice(Reason.TEAM_PRICE, 900, new_uuid(), stacks_with=frozenset((Stacking.COUPON,)))
    assert suggest(lines, prices, wallet=[one], campaign={0: team}) == Suggestion((one.id,), 100, 0, {})
    alone = replace(team, stacks_with=frozenset(set(Stacking) - {Stacking.COUPON}))
    refused = {one.id: CouponNotHere(coupon=COUPON.show(one.id))}
    assert suggest(lines, prices, wallet=[one], campaign={0: alone}) == Suggestion((), 0, 0, refused)


def test_of_two_that_go_with_no_other_the_better_one_is_suggested() -> None:
    lines, prices = one_line(1000)
    less, more = coupon(100, stacks=False), coupon(200, stacks=False)
    for wallet in ([less, more], [more, less]):
        assert suggest(lines, prices, wallet=wallet) == Suggestion((more.id,), 200, 0, {})


def test_of_equal_choices_the_fewest_coupons_and_then_the_first_of_the_wallet() -> None:
    lines, prices = one_line(1000)
    all_of_it, half = coupon(1000), coupon(off_permyriad=5000)
    for wallet in ([all_of_it, half], [half, all_of_it]):
        assert suggest(lines, prices, wallet=wallet) == Suggestion((all_of_it.id,), 1000, 0, {})
    first, second = coupon(100, stacks=False), coupon(100, stacks=False)
    assert suggest(lines, prices, wallet=[first, second]).coupons == (first.id,)
    assert suggest(lines, prices, wallet=[second, first]).coupons == (second.id,)


def test_an_amount_comes_after_a_share_where_that_saves_more() -> None:
    lines, prices = one_line(1000)
    amount, share = coupon(600), coupon(off_permyriad=3000)
    assert suggest(lines, prices, wallet=[amount, share]) == Suggestion((share.id, amount.id), 900, 0, {})


def test_the_sellers_stand_before_the_markets() -> None:
    lines, prices = one_line(1000)
    markets, own, shops = coupon(300), coupon(100, bearer="supplier"), coupon(50, bearer="shop")
    assert suggest(lines, prices, wallet=[markets, shops, own]).coupons == (own.id, shops.id, markets.id)


def test_of_many_the_best_alone_are_tried_and_the_rest_is_said_to_be_missed() -> None:
    one = line()
    wallet = [coupon(number) for number in range(1, EXACT_MAX + 4)]
    found = suggest([one], Prices({one.sku: 10_000}), wallet=wallet)
    assert set(found.coupons) == {other.id for other in wallet[3:]} and found.missed_minor_max == 1 + 2 + 3
