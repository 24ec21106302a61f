"""What a quote says of itself, by examples: each step with its amount, whom it comes from and who bears it; then rewards and points."""

from dataclasses import replace
from typing import Any

import pytest

from tests.given.quotes import line, one_line, priced
from tuan.goods.catalog.model import SKU, SkuId
from tuan.kit.ids import new_uuid
from tuan.value.promotions.errors import CouponBelow, CouponNotHere, CouponSpare, NoDelivery
from tuan.value.promotions.model import (
    COUPON,
    Allocation,
    CampaignPrice,
    CouponTerms,
    Freight,
    FreightRule,
    Points,
    PriceOffer,
    Prices,
    Quote,
    Reason,
    Reward,
    Scope,
    Stacking,
    Step,
    quote,
)

HERE = "浙江省"
SOURCE, GIVER = new_uuid(), new_uuid()


def coupon(off: int = 200, **more: Any) -> CouponTerms:
    return CouponTerms(COUPON.new(), **{"off_minor": off} | more)


def reward(*steps: tuple[int, int], **more: Any) -> Reward:
    return Reward(new_uuid(), steps, **more)


# ── the explanation ──
def test_every_step_says_what_it_took_from_where_and_who_bears_it() -> None:
    lines, prices = one_line(1000, units=2)
    sku = lines[0].sku
    mine, given = coupon(bearer="organisation"), replace(reward((1500, 100)), bearer="shop")
    prices = replace(
        prices,
        limited={sku: PriceOffer(900, "market", SOURCE)},
        rewards=(given,),
        freight={sku: Freight((FreightRule(first_minor=600),))},
    )
    (found,) = priced(quote(lines, prices, "", [mine], {}, HERE, Points(50, minor_per_hundred=200))).lines
    assert found.steps == (
        Step("list_price", 2000, {"unit_minor": 1000, "units": 2}),
        Step("limited_price", -200),
        Step("reward", -100, {"threshold_minor": 1500, "off_minor": 100}),
        Step("coupon", -200, {"coupon": COUPON.show(mine.id), "off_minor": 200}),
        Step("freight", 600),
        Step("points", -100, {"units": 50}),
    )
    assert found.allocations == (
        Allocation(0, Reason.LIMITED_PRICE, SOURCE, "market", 200),
        Allocation(0, Reason.REWARD, given.id, "shop", 100),
        Allocation(0, Reason.COUPON, mine.id, "organisation", 200),
        Allocation(0, Reason.POINTS, None, "market", 100),
    )
    assert (found.sku, found.units, found.list_minor, found.discount_minor) == (sku, 2, 1000, 600)
    assert (found.freight_minor, found.amount_minor) == (600, 2000)


def test_a_campaigns_price_says_whose_it_is_and_that_no_coupon_goes_with_it() -> None:
    lines, prices = one_line(1000, units=2)
    team = CampaignPrice(Reason.TEAM_PRICE, 1500, SOURCE, "shop")
    (found,) = priced(quote(lines, prices, campaign={0: team})).lines
    assert found.steps == (
        Step("list_price", 2000, {"unit_minor": 1000, "units": 2}),
        Step("team_price", -500),
        Step("no_coupons", 0),
    )
    assert found.allocations == (Allocation(0, Reason.TEAM_PRICE, SOURCE, "shop", 500),)
    stacking = replace(team, stacks_with=frozenset((Stacking.COUPON,)), amount_minor=2000)
    (found,) = priced(quote(lines, prices, campaign={0: stacking})).lines
    assert [step.code for step in found.steps] == ["list_price"] and found.allocations == ()


def test_a_tiers_price_is_only_its_own_and_the_lower_of_two_counts() -> None:
    lines, prices = one_line(1000)
    sku = lines[0].sku
    gold = PriceOffer(700, "market", GIVER)
    prices = replace(prices, by_tier={("gold", sku): gold, ("", sku): PriceOffer(1)})
    (found,) = priced(quote(lines, prices, "gold")).lines
    assert found.allocations == (Allocation(0, Reason.TIER_PRICE, GIVER, "market", 300),)
    assert found.steps[1] == Step("tier_price", -300)
    assert priced(quote(lines, prices)).total_minor == priced(quote(lines, prices, "silver")).total_minor == 1000
    for unit_minor, reason in ((699, Reason.LIMITED_PRICE), (701, Reason.TIER_PRICE), (1001, Reason.TIER_PRICE)):
        (found,) = priced(quote(lines, replace(prices, limited={sku: PriceOffer(unit_minor)}), "gold")).lines
        assert [one.reason for one in found.allocations] == [reason]


def test_a_list_price_is_nobodys_discount() -> None:
    lines, prices = one_line(1000)
    for unit_minor in (1000, 1001):
        (found,) = priced(quote(lines, replace(prices, limited={lines[0].sku: PriceOffer(unit_minor)}))).lines
        assert (found.amount_minor, found.allocations, len(found.steps)) == (1000, (), 1)


# ── coupons ──
def test_a_refusal_names_the_coupon_and_the_amounts() -> None:
    lines, prices = one_line(1000)
    low, elsewhere, second = coupon(threshold_minor=1001), coupon(scope=Scope(supplier=new_uuid())), coupon(1)
    below = CouponBelow(coupon=COUPON.show(low.id), needs_minor=1001, has_minor=1000)
    assert quote(lines, prices, coupons=[low]) == below
    assert quote(lines, prices, coupons=[elsewhere]) == CouponNotHere(coupon=COUPON.show(elsewhere.id))
    assert quote(lines, prices, coupons=[coupon(1000), second]) == CouponSpare(coupon=COUPON.show(second.id))


def test_a_threshold_is_asked_of_what_rewards_left_and_not_of_what_coupons_did() -> None:
    lines, prices = one_line(1000)
    some = [coupon(300), coupon(threshold_minor=1000)]
    assert priced(quote(lines, prices, coupons=some)).total_minor == 500
    less = quote(lines, replace(prices, rewards=(reward((1, 1)),)), coupons=some[1:])
    assert isinstance(less, CouponBelow) and less.data["has_minor"] == 999


@pytest.mark.parametrize("name", ["sku", "product", "category", "supplier"])
def test_a_scope_names_goods_by_any_of_four_names(name: str) -> None:
    one, own = line(), new_uuid()
    other = replace(one, **{name: own})
    only, without = Scope(frozenset((own,))), Scope(exclude=frozenset((own,)))
    assert (only.takes(one), only.takes(other)) == (False, True)
    assert (without.takes(one), without.takes(other)) == (True, False)
    both = Scope(frozenset((own,)), frozenset((own,)))
    assert not both.takes(other), "what is left out is out, whatever else names it"


def test_a_sellers_scope_takes_his_lines_only() -> None:
    one = line()
    assert Scope(supplier=one.supplier).takes(one) and not Scope(supplier=new_uuid()).takes(one)
    assert not Scope(frozenset((one.sku,)), supplier=new_uuid()).takes(one)


def test_the_sellers_coupon_is_taken_before_the_markets_whichever_was_chosen_first() -> None:
    lines, prices = one_line(1000)
    half, markets = coupon(0, off_permyriad=5000, bearer="supplier"), coupon(300, bearer="market")
    for chosen in ([half, markets], [markets, half]):
        (found,) = priced(quote(lines, prices, coupons=chosen)).lines
        assert [(part.source, part.amount_minor) for part in found.allocations] == [(half.id, 500), (markets.id, 300)]


# ── rewards ──
def off(rewards: tuple[Reward, ...], *amounts: int) -> list[tuple[Any, int]]:
    """Which reward takes how much of lines that cost so much."""
    lines = [line() for _ in amounts]
    listed = {one.sku: amount for one, amount in zip(lines, amounts, strict=True)}
    found = priced(quote(lines, Prices(listed, rewards=rewards)))
    return [(part.source, part.amount_minor) for one in found.lines for part in one.allocations]


@pytest.mark.parametrize(("has", "taken"), [(99, 0), (100, 10), (199, 10), (200, 30), (5000, 30)])
def test_the_highest_threshold_that_is_reached_counts(has: int, taken: int) -> None:
    one = reward((100, 10), (200, 30))
    assert off((one,), has) == ([(one.id, taken)] if taken else [])


def test_a_reward_never_takes_more_than_there_is() -> None:
    one = reward((100, 500))
    assert off((one,), 150) == [(one.id, 150)]


def test_of_two_rewards_the_larger_comes_first_and_no_line_has_two() -> None:
    small, large = reward((100, 10)), reward((100, 30))
    assert off((small, large), 400) == off((large, small), 400) == [(large.id, 30)]
    equal = reward((100, 10))
    assert off((small, equal), 400) == [(small.id, 10)] and off((equal, small), 400) == [(equal.id, 10)]


def test_what_one_reward_leaves_another_may_take() -> None:
    first, second, third = line(), line(), line()
    prices = Prices({first.sku: 100, second.sku: 300, third.sku: 100})
    here = reward((100, 30), scope=Scope(frozenset((first.sku,))))
    there = reward((400, 20))
    found = priced(quote([first, second, third], replace(prices, rewards=(there, here))))
    told = [[(part.source, part.amount_minor) for part in one.allocations] for one in found.lines]
    assert told == [[(here.id, 30)], [(there.id, 15)], [(there.id, 5)]]
    lacks = replace(there, steps=((401, 20),))
    found = priced(quote([first, second, third], replace(prices, rewards=(lacks, here))))
    assert found.discount_minor == 30, "the first line counts for one of them only"


def test_a_reward_is_for_prices_that_go_with_it() -> None:
    lines, prices = one_line(1000)
    prices = replace(prices, rewards=(reward((100, 30)),))
    for stacks, total in ((frozenset((Stacking.REWARD,)), 870), (frozenset((Stacking.POINTS,)), 900)):
        team = CampaignPrice(Reason.TEAM_PRICE, 900, SOURCE, stacks_with=stacks)
        assert priced(quote(lines, prices, campaign={0: team})).total_minor == total


# ── freight ──
def test_a_free_parcel_says_from_where_on_it_is_free() -> None:
    lines, prices = one_line(1000)
    rule = FreightRule(first_minor=600, free_above_minor=1000)
    free = replace(prices, freight={lines[0].sku: Freight((rule,))})
    (found,) = priced(quote(lines, free, region=HERE)).lines
    assert found.steps[1:] == (Step("freight_free", 0, {"free_above_minor": 1000}),)
    below = replace(prices, freight={lines[0].sku: Freight((replace(rule, free_above_minor=1001),))})
    (found,) = priced(quote(lines, below, region=HERE)).lines
    assert found.steps[1:] == (Step("freight", 600),)


def test_a_reward_may_cost_the_free_parcel_and_a_coupon_may_not() -> None:
    lines, prices = one_line(1000)
    rule = FreightRule(first_minor=600, free_above_minor=1000)
    prices = replace(prices, freight={lines[0].sku: Freight((rule,))})
    assert priced(quote(lines, prices, coupons=[coupon(1)], region=HERE)).freight_minor == 0
    assert priced(quote(lines, replace(prices, rewards=(reward((1, 1)),)), region=HERE)).freight_minor == 600


def test_where_a_supplier_does_not_send_is_told_with_the_first_goods() -> None:
    lines, prices = one_line(1000)
    for rules in ((), (FreightRule(delivers=False),)):
        found = quote(lines, replace(prices, freight={lines[0].sku: Freight(rules)}), region=HERE)
        assert found == NoDelivery(region=HERE, sku=SKU.show(SkuId(lines[0].sku)))


# ── points ──
@pytest.mark.parametrize(
    ("points", "pays", "used"),
    [
        (Points(5, 10), 0, 0), (Points(10, 10), 1, 10), (Points(19, 10), 1, 10), (Points(100, cap_permyriad=0), 0, 0),
        (Points(5000), 1000, 1000), (Points(5000, 300), 1000, 334), (Points(5000, cap_permyriad=15), 1, 1),
    ],
)  # fmt: skip
def test_no_more_points_are_used_than_what_they_pay_needs(points: Points, pays: int, used: int) -> None:
    lines, prices = one_line(1000)
    found = priced(quote(lines, prices, points=points))
    assert isinstance(found, Quote) and (found.total_minor, found.points_units) == (1000 - pays, used)
    assert len(found.lines[0].steps) == 1 + (pays > 0)


def test_points_pay_what_they_go_with_only() -> None:
    first, second = line(), line()
    team = CampaignPrice(Reason.TEAM_PRICE, 900, SOURCE, stacks_with=frozenset((Stacking.COUPON,)))
    prices = Prices({first.sku: 1000, second.sku: 500})
    found = priced(quote([first, second], prices, campaign={0: team}, points=Points(5000)))
    assert [one.amount_minor for one in found.lines] == [900, 0] and found.points_units == 500
