"""The quote, by properties: it adds up, it never goes below nothing, and more discounts are never dearer."""

from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.given.quotes import (
    HERE,
    SUPPLIERS,
    amount_coupons,
    baskets,
    coupon,
    coupons_of_all,
    line,
    one_line,
    points,
    priced,
)
from tuan.goods.catalog.model import Measure
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.value.promotions.errors import CouponBelow, CouponNotHere, CouponsClash, CouponSpare, NoDelivery
from tuan.value.promotions.model import (
    EXACT_MAX,
    CampaignPrice,
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
    campaign_line,
    quote,
    suggest,
)


def paid(outcome: Quote | Refusal) -> Quote:
    """A quote that is none is no example of what is asked here."""
    assume(isinstance(outcome, Quote))
    assert isinstance(outcome, Quote)
    return outcome


@given(basket=baskets, chosen=coupons_of_all, paying=points)
def test_every_part_adds_up_and_nothing_is_below_zero(basket: Any, chosen: Any, paying: Points) -> None:
    lines, prices = basket
    found = paid(quote(lines, prices, "", chosen, {}, HERE, paying))
    assert found.total_minor == sum(one.amount_minor for one in found.lines)
    assert found.total_minor == found.goods_minor - found.discount_minor + found.freight_minor
    for one in found.lines:
        assert one.amount_minor == one.list_minor * one.units - one.discount_minor + one.freight_minor
        assert one.discount_minor == sum(part.amount_minor for part in one.allocations)
        assert all(part.amount_minor > 0 for part in one.allocations)
        assert 0 <= one.discount_minor <= one.list_minor * one.units and one.freight_minor >= 0
        assert sum(step.amount_minor for step in one.steps) == one.amount_minor, "the explanation explains the amount"


@given(basket=baskets, chosen=coupons_of_all)
def test_what_a_discount_takes_is_the_sum_of_its_parts(basket: Any, chosen: Any) -> None:
    lines, prices = basket
    found = paid(quote(lines, prices, "", chosen, {}, HERE))
    taken = found.taken()
    for one in chosen:
        scoped = [x for x in found.lines for y in lines if x.sku == y.sku and one.scope.takes(y)]
        parts = [p.amount_minor for x in scoped for p in x.allocations if p.source == one.id]
        assert taken[Reason.COUPON, one.id] == sum(parts) > 0
        assert sum(parts) <= (one.off_minor or sum(x.list_minor * x.units for x in scoped))
    for reward in prices.rewards:
        assert taken.get((Reason.REWARD, reward.id), 0) <= max(off for _, off in reward.steps)


@given(basket=baskets, chosen=st.lists(coupon(), max_size=4), extra=coupon(), at=st.integers(0, 4))
def test_one_more_coupon_is_never_dearer(basket: Any, chosen: Any, extra: Any, at: int) -> None:
    lines, prices = basket
    fewer = paid(quote(lines, prices, "", chosen, {}, HERE))
    more = paid(quote(lines, prices, "", [*chosen[:at], extra, *chosen[at:]], {}, HERE))
    assert more.total_minor <= fewer.total_minor


@given(basket=baskets, chosen=st.lists(coupon(threshold=0), max_size=3), raised=st.integers(1, 5000), paying=points)
def test_a_higher_list_price_is_never_a_lower_total(basket: Any, chosen: Any, raised: int, paying: Points) -> None:
    """Under the same discounts: without thresholds, whose very sense is that a little more costs less."""
    lines, prices = basket
    prices = replace(prices, rewards=(), freight={})
    before = paid(quote(lines, prices, "", chosen, {}, HERE, paying))
    dearer = prices.list_minor | {lines[0].sku: prices.list_minor[lines[0].sku] + raised}
    after = paid(quote(lines, replace(prices, list_minor=dearer), "", chosen, {}, HERE, paying))
    assert after.total_minor >= before.total_minor


@given(basket=baskets, chosen=st.lists(coupon(), max_size=3), turned=st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_change_what_is_paid(basket: Any, chosen: Any, turned: Any) -> None:
    lines, prices = basket
    prices = replace(prices, rewards=prices.rewards[:1])
    shuffled = list(lines)
    turned.shuffle(shuffled)
    first, second = (quote(one, prices, "", chosen, {}, HERE) for one in (lines, shuffled))
    assert paid(first).total_minor == paid(second).total_minor


@given(basket=baskets, own=st.lists(coupon(bearer="supplier"), max_size=2), market=st.lists(coupon(), max_size=2))
def test_the_sellers_coupons_come_first_however_they_were_chosen(basket: Any, own: Any, market: Any) -> None:
    lines, prices = basket
    assert quote(lines, prices, "", [*own, *market], {}, HERE) == quote(lines, prices, "", [*market, *own], {}, HERE)


@given(basket=baskets, chosen=amount_coupons)
def test_amounts_off_may_be_chosen_in_any_order(basket: Any, chosen: Any) -> None:
    lines, prices = basket
    one, other = (quote(lines, prices, "", some, {}, HERE) for some in (chosen, chosen[::-1]))
    assert paid(one).total_minor == paid(other).total_minor


@given(basket=baskets, chosen=coupons_of_all)
def test_what_a_seller_gives_off_changes_nothing_for_another(basket: Any, chosen: Any) -> None:
    """A supplier's coupon takes from his lines only, so the lines of another cost what they cost without it."""
    lines, prices = basket
    own = [replace(one, bearer="supplier", scope=Scope(supplier=SUPPLIERS[0])) for one in chosen]
    with_it = paid(quote(lines, prices, "", own, {}, HERE))
    without = paid(quote(lines, prices, "", [], {}, HERE))
    theirs = [place for place, one in enumerate(lines) if one.supplier != SUPPLIERS[0]]
    assert [with_it.lines[place] for place in theirs] == [without.lines[place] for place in theirs]


@given(basket=baskets, tier=st.sampled_from(["", "silver", "gold"]), below=st.integers(0, 999))
def test_the_lowest_of_list_limited_and_tier_is_the_price(basket: Any, tier: str, below: int) -> None:
    lines, prices = basket
    sku = lines[0].sku
    asked = {"limited": {sku: PriceOffer(below + 1)}, "by_tier": {("gold", sku): PriceOffer(500)}, "rewards": ()}
    found = paid(quote(lines[:1], replace(prices, freight={}, **asked), tier)).lines[0]
    others = [prices.list_minor[sku], below + 1, *([500] if tier == "gold" else [])]
    assert found.amount_minor == min(others) * found.units
    assert len(found.allocations) == (min(others) < prices.list_minor[sku])


# ── what a campaign's price goes with ──
def bought_in_team(stacks: frozenset[str] = frozenset((Stacking.POINTS,))) -> tuple[Any, Prices, Any]:
    lines, prices = one_line(1990, units=2)
    reward = Reward(new_uuid(), ((100, 50),))
    price = CampaignPrice(Reason.TEAM_PRICE, 1980, new_uuid(), stacks_with=stacks)
    return lines, replace(prices, rewards=(reward,)), {0: price}


def test_a_team_price_goes_with_points_only_unless_it_says_so() -> None:
    lines, prices, team = bought_in_team()
    off = coupon_of(100)
    assert isinstance(quote(lines, prices, "", [off], team), CouponNotHere)
    found = priced(quote(lines, prices, "", [], team, None, Points(80)))
    assert (found.total_minor, found.points_units) == (1900, 80)
    assert [step.code for step in found.lines[0].steps] == ["list_price", "team_price", "no_coupons", "points"]
    lines, prices, team = bought_in_team(frozenset(Stacking))
    assert priced(quote(lines, prices, "", [off], team)).total_minor == 1980 - 50 - 100


def test_a_campaign_above_the_list_price_is_its_own_list_price() -> None:
    lines, prices = one_line(1000, units=3)
    found = priced(quote(lines, prices, "", [], {0: CampaignPrice(Reason.BUNDLE_PRICE, 3100, new_uuid())})).lines[0]
    assert (found.list_minor, found.discount_minor, found.amount_minor) == (1034, 2, 3100)


@given(listed=st.integers(1, 5000), units=st.integers(1, 9), amount=st.integers(1, 60_000))
def test_the_short_way_of_a_campaign_says_what_the_quote_says(listed: int, units: int, amount: int) -> None:
    lines, prices = one_line(listed, units=units)
    team = CampaignPrice(Reason.TEAM_PRICE, amount, new_uuid())
    quoted = priced(quote(lines, prices, campaign={0: team}, region=HERE)).lines[0]
    assert campaign_line(lines[0].sku, units, listed, team) == replace(quoted, steps=())


def coupon_of(off: int, **more: Any) -> Any:
    return coupon_now(off_minor=off, **more)


def coupon_now(**terms: Any) -> Any:
    from tuan.value.promotions.model import COUPON, CouponTerms

    return CouponTerms(COUPON.new(), **terms)


# ── refusals ──
def test_a_coupon_says_why_it_cannot_be_used() -> None:
    lines, prices = one_line(1000)
    below = quote(lines, prices, "", [coupon_of(10, threshold_minor=1001)])
    assert isinstance(below, CouponBelow) and (below.data["needs_minor"], below.data["has_minor"]) == (1001, 1000)
    elsewhere = coupon_of(10, scope=Scope(exclude=frozenset((lines[0].category,))))
    assert isinstance(quote(lines, prices, "", [elsewhere]), CouponNotHere)
    alone = [coupon_of(10, stacks=False), coupon_of(20, stacks=False)]
    assert isinstance(quote(lines, prices, "", alone), CouponsClash)
    assert priced(quote(lines, prices, "", [alone[0], coupon_of(20)])).total_minor == 970
    assert isinstance(quote(lines, prices, "", [coupon_of(1000), coupon_of(1)]), CouponSpare)


def test_a_share_is_rounded_down_and_capped() -> None:
    lines, prices = one_line(999)
    assert priced(quote(lines, prices, "", [coupon_now(off_permyriad=1500)])).total_minor == 999 - 149
    assert priced(quote(lines, prices, "", [coupon_now(off_permyriad=1500, cap_minor=100)])).total_minor == 899


# ── freight ──
ZHEJIANG, TIBET = "浙江省", "西藏自治区"


def test_freight_is_the_first_step_and_each_further_one_begun() -> None:
    rule = FreightRule(first_units=1000, first_minor=800, next_units=500, next_minor=200)
    lines, prices = one_line(1000, units=3, weight=700)
    by_weight = replace(prices, freight={lines[0].sku: Freight((rule,), Measure.WEIGHT)})
    assert priced(quote(lines, by_weight, region=ZHEJIANG)).freight_minor == 800 + 3 * 200
    assert priced(quote(lines, by_weight)).freight_minor == 0


def test_freight_is_free_from_so_much_on_and_a_coupon_does_not_bring_it_back() -> None:
    near = FreightRule(frozenset((ZHEJIANG,)), first_minor=600, free_above_minor=1000)
    far = FreightRule(first_minor=1500)
    none = FreightRule(frozenset((TIBET,)), delivers=False)
    lines, prices = one_line(1000)
    prices = replace(prices, freight={lines[0].sku: Freight((near, none, far))})
    assert priced(quote(lines, prices, region=ZHEJIANG)).total_minor == 1000
    assert priced(quote(lines, prices, "", [coupon_of(300)], region=ZHEJIANG)).total_minor == 700
    assert priced(quote(lines, prices, region="11")).total_minor == 2500
    assert isinstance(quote(lines, prices, region=TIBET), NoDelivery)
    assert priced(quote([replace(lines[0], fulfilment="digital")], prices, region=TIBET)).total_minor == 1000


def test_points_never_pay_freight_nor_more_than_their_share() -> None:
    lines, prices = one_line(1000)
    prices = replace(prices, freight={lines[0].sku: Freight((FreightRule(first_minor=600),))})
    found = priced(quote(lines, prices, region="11", points=Points(5000, cap_permyriad=5000)))
    assert (found.total_minor, found.points_units) == (1100, 500)
    found = priced(quote(lines, prices, region="11", points=Points(5000, minor_per_hundred=30)))
    assert (found.total_minor, found.points_units) == (600, 3334)


# ── the best choice ──
@given(basket=baskets, wallet=st.lists(coupon(), max_size=4, unique_by=lambda one: one.id))
def test_no_single_coupon_and_no_pair_beats_the_suggestion(basket: Any, wallet: Any) -> None:
    lines, prices = basket
    best = suggest(lines, prices, "", wallet)
    by_id = {one.id: one for one in wallet}
    plain = priced(quote(lines, prices, region=HERE)).total_minor
    chosen = priced(quote(lines, prices, "", [by_id[one] for one in best.coupons], region=HERE))
    assert plain - chosen.total_minor == best.saves_minor and best.missed_minor_max == 0
    for choice in [[one] for one in wallet] + [[one, other] for one in wallet for other in wallet if one is not other]:
        outcome = quote(lines, prices, "", choice, region=HERE)
        if isinstance(outcome, Quote):
            assert chosen.total_minor <= outcome.total_minor
    assert all(isinstance(quote(lines, prices, "", [by_id[one]]), Refusal) for one in best.refused)


def test_of_more_coupons_the_suggestion_says_what_it_may_have_missed() -> None:
    lines, prices = [line(), line()], None
    prices = Prices({one.sku: 10_000 for one in lines})
    wallet = [coupon_of(100 + number) for number in range(EXACT_MAX + 2)]
    best = suggest(lines, prices, "", wallet)
    assert best.saves_minor == sum(100 + number for number in range(2, EXACT_MAX + 2))
    assert best.missed_minor_max == 100 + 101
