"""Bundles and tiers, by properties: their parts add up, more is never cheaper in sum, and nobody's price is his own."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.given.quotes import HERE, baskets, coupon, coupons_of_all, line, priced
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.value.promotions.errors import BundleOver, BundleUneven
from tuan.value.promotions.model import (
    Bundle,
    CampaignPrice,
    PriceOffer,
    Prices,
    Quote,
    QuoteLine,
    Reason,
    Rules,
    Stacking,
    quote,
)

prices_of_one = st.integers(1, 5000)


@st.composite
def bundles(draw: st.DrawFn) -> tuple[Bundle, list[QuoteLine], Prices, int]:
    """A bundle, the lines of so many sets of it, and what they cost at list prices."""
    sets = draw(st.integers(1, 4))
    some = [line(draw(st.integers(1, 5)) * sets) for _ in range(draw(st.integers(1, 5)))]
    one_set = tuple((one.sku, one.units // sets) for one in some)
    stacks = frozenset(draw(st.lists(st.sampled_from(list(Stacking)))))
    bundle = Bundle(new_uuid(), "套餐", draw(st.integers(1, 20_000)), one_set, 9, "supplier", stacks)
    return bundle, some, Prices({one.sku: draw(prices_of_one) for one in some}), sets


def bought(bundle: Bundle, lines: list[QuoteLine], prices: Prices, chosen: Any = ()) -> Quote | Refusal:
    sets = lines[0].units // bundle.lines[0][1]
    return quote(lines, prices, "", chosen, bundle.prices(sets, prices.list_minor), HERE)


@given(made=bundles())
def test_the_lines_of_a_bundle_cost_its_price_and_none_more_than_at_list_price(made: Any) -> None:
    bundle, lines, prices, sets = made
    found = priced(bought(bundle, lines, prices))
    at_list = sum(prices.list_minor[one.sku] * one.units for one in lines)
    assert found.total_minor == min(bundle.price_minor * sets, at_list)
    assert sum(one.amount_minor for one in found.lines) == found.total_minor
    for one in found.lines:
        assert 0 <= one.amount_minor <= prices.list_minor[one.sku] * one.units
        assert one.list_minor == prices.list_minor[one.sku], "a part is never above its list price"
        assert [part.source for part in one.allocations] == [bundle.id] * len(one.allocations)
    assert set(found.taken()) <= {(Reason.BUNDLE_PRICE, bundle.id)}


@given(made=bundles())
def test_a_part_is_within_one_minor_unit_of_its_share(made: Any) -> None:
    bundle, lines, prices, _ = made
    found = priced(bought(bundle, lines, prices))
    at_list = found.goods_minor
    for one in found.lines:
        share = found.total_minor * one.list_minor * one.units
        assert abs(one.amount_minor * at_list - share) < at_list


@given(made=bundles())
def test_one_set_more_is_never_cheaper_in_sum(made: Any) -> None:
    bundle, lines, prices, sets = made
    more = [replace(one, units=one.units // sets * (sets + 1)) for one in lines]
    assert priced(bought(bundle, more, prices)).total_minor >= priced(bought(bundle, lines, prices)).total_minor


@given(made=bundles(), chosen=st.lists(coupon(threshold=0), max_size=3), extra=coupon(threshold=0))
def test_one_more_coupon_is_never_dearer_where_a_bundle_goes_with_coupons(made: Any, chosen: Any, extra: Any) -> None:
    bundle, lines, prices, _ = made
    bundle = replace(bundle, stacks_with=frozenset(Stacking))
    fewer, more = (bought(bundle, lines, prices, some) for some in (chosen, [*chosen, extra]))
    if isinstance(fewer, Quote) and isinstance(more, Quote):
        assert 0 <= more.total_minor <= fewer.total_minor


def test_a_bundles_price_says_whose_it_is_and_what_goes_with_it() -> None:
    one, other = new_uuid(), new_uuid()
    bundle = Bundle(new_uuid(), "套餐", 900, ((one, 1), (other, 2)), 3, "market", frozenset((Stacking.COUPON,)))
    first, second = (
        CampaignPrice(Reason.BUNDLE_PRICE, amount, bundle.id, "market", frozenset((Stacking.COUPON,)))
        for amount in (600, 1200)
    )
    assert bundle.prices(2, {one: 500, other: 500}) == {0: first, 1: second}


def test_a_set_costs_its_price_and_never_more_than_its_parts() -> None:
    one, other = new_uuid(), new_uuid()
    bundle = Bundle(new_uuid(), "套餐", 900, ((one, 2), (other, 1)), 3)
    assert bundle.set_minor({one: 400, other: 101}) == 900 and bundle.set_minor({one: 400, other: 99}) == 899
    assert [price.amount_minor for price in bundle.prices(2, {one: 400, other: 99}).values()] == [1600, 198]


def test_no_set_and_more_than_are_sold_at_once_are_no_bundle() -> None:
    bundle = Bundle(new_uuid(), "套餐", 900, ((new_uuid(), 2), (new_uuid(), 1)), 3)
    assert bundle.why_not_buy(1) is None and bundle.why_not_buy(3) is None
    assert bundle.why_not_buy(0) == bundle.why_not_buy(-1) == bundle.why_not_buy(4) == BundleUneven(most=3)
    assert replace(bundle, is_open=False).why_not_buy(1) == BundleOver()


# ── tiers ──
@given(basket=baskets, chosen=coupons_of_all, below=st.integers(1, 5000), one=st.uuids(), other=st.uuids())
def test_who_is_in_the_same_tier_pays_the_same(basket: Any, chosen: Any, below: int, one: UUID, other: UUID) -> None:
    """Two persons of one tier get one quote; who is in none gets that of everybody in none, and it is not lower."""
    lines, prices = basket
    rules = Rules((), (), {one: "gold", other: "gold"}, {("gold", lines[0].sku): below})
    asked = replace(prices, by_tier=rules.by_tier)
    of_one, of_other = (quote(lines, asked, rules.tier_of.get(who, ""), chosen, {}, HERE) for who in (one, other))
    assert of_one == of_other
    plain = quote(lines, asked, rules.tier_of.get(new_uuid(), ""), chosen, {}, HERE)
    assert plain == quote(lines, prices, "", chosen, {}, HERE)


@given(basket=baskets, below=st.integers(1, 5000))
def test_a_tier_is_never_dearer_than_none(basket: Any, below: int) -> None:
    """Without thresholds, which a lower price may no longer reach."""
    lines, prices = basket
    asked = replace(prices, by_tier={("gold", lines[0].sku): PriceOffer(below)}, rewards=(), freight={})
    with_it, without = (priced(quote(lines, asked, tier)).total_minor for tier in ("gold", ""))
    assert with_it <= without


@given(basket=baskets, tier=st.sampled_from(["", "gold"]), below=st.integers(1, 5000), more=st.integers(1, 5))
def test_more_units_are_never_cheaper_in_sum(basket: Any, tier: str, below: int, more: int) -> None:
    lines, prices = basket
    asked = replace(prices, by_tier={("gold", lines[0].sku): PriceOffer(below)}, rewards=(), freight={})
    larger = [replace(lines[0], units=lines[0].units + more), *lines[1:]]
    assert priced(quote(larger, asked, tier)).total_minor >= priced(quote(lines, asked, tier)).total_minor
