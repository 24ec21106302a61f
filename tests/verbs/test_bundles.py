"""Bundles and tier prices in a real market: launched, bought, given back by part, and who pays which price."""

from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, granted
from tuan.trade import aftersales, orders
from tuan.trade.orders.errors import PriceChanged
from tuan.trade.orders.model import PlaceOrder
from tuan.value import promotions
from tuan.value.promotions.errors import BundleOver, BundleUneven, CouponNotHere, RuleClash, RuleInvalid


async def two_goods(place: Place) -> tuple[Goods, Goods]:
    return await given.goods(place, price_minor=1000), await given.goods(place, price_minor=500)


async def launch(place: Place, one: Goods, other: Goods, **terms: Any) -> Any:
    """Two of one and one of the other for 1,999 instead of 2,500."""
    return await promo.rule(
        place, "bundle", set_units={one.sku: 2, other.sku: 1}, **{"set_minor": 1999, "per_order": 3} | terms
    )


async def buy(place: Place, who: Buyer, bundle: UUID, sets: int = 1, items: Any = (), **more: Any) -> Any:
    quoted, bundles = more.pop("quoted", None), ((bundle, sets),)
    command = PlaceOrder(who.id, given.fresh_key(), items, who.address, quoted, sets=bundles, **more)
    return await place.one(orders.place_orders, command)


async def amounts(place: Place, placed: Any) -> list[int]:
    async with place.work() as work:
        return [
            line["amount_minor"] for order in placed.orders for line in (await orders.lines_of(work, [order]))[order]
        ]


async def test_a_bundle_is_bought_at_its_price_over_its_lines_and_each_comes_back_alone(place: Place) -> None:
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle = granted(await launch(place, one, other))
    placed = granted(await buy(place, who, bundle, 2, quoted=3998))
    assert sorted(await amounts(place, placed)) == [800, 3198], "3,998 by 4,000 to 1,000"
    assert [await given.free_units(place, of) for of in (one, other)] == [96, 98]
    async with place.work() as work:
        parts = [part for order in placed.orders for part in await orders.allocations_of(work, order)]
    assert {(part["reason"], part["bearer"]) for part in parts} == {("bundle_price", "market")}
    assert sum(part["amount_minor"] for part in parts) == 2 * (2500 - 1999)
    await given.pay(place, who, placed)
    first = next(o for o, amount in zip(placed.orders, await amounts(place, placed), strict=True) if amount == 800)
    assert await place.do(aftersales.cancel, first, who.id, reason="test") is None
    await place.quiet()
    assert await given.given_back(place, first) == 800
    assert await place.breaches() == {}


async def test_what_is_no_bundle_or_too_many_of_it_is_not_sold_as_one(place: Place) -> None:
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle = granted(await launch(place, one, other))
    assert await buy(place, who, bundle, 4) == BundleUneven(most=3)
    assert await buy(place, who, one.sku) == NotFound()
    flash = granted(await promo.rule(place, "limited", prices={one.sku: 900}))
    assert await buy(place, who, flash) == NotFound()
    mine = await promo.coupon(place, who)
    assert isinstance(await buy(place, who, bundle, coupons=(mine,)), CouponNotHere)
    changed = await buy(place, who, bundle, quoted=2500)
    assert changed == PriceChanged(now_minor=1999, shown_minor=2500)
    assert await place.do(promotions.end_rule, bundle, reason="test") is None
    assert await buy(place, who, bundle) == BundleOver()


async def test_a_bundle_saves_something_is_one_sellers_and_stands_alone(place: Place) -> None:
    one, other = await two_goods(place)
    assert await launch(place, one, other, set_minor=2500) == RuleInvalid(field="set_minor")
    assert await launch(place, one, other, supplier=one.supplier) == RuleInvalid(field="supplier")
    assert await promo.rule(place, "bundle", set_minor=9, set_units={one.sku: 1}) == RuleInvalid(field="set_units")
    assert await promo.rule(place, "limited", prices={one.sku: 9}, set_minor=9) == RuleInvalid(field="set_minor")
    assert await promo.rule(place, "bundle", set_minor=9, set_units={one.supplier: 2}) == NotFound()
    granted(await launch(place, one, other))
    assert await launch(place, one, other, set_minor=1500) == RuleClash(name="bundle")
    own = granted(await promo.rule(place, "bundle", set_minor=1900, set_units={one.sku: 2}, supplier=one.supplier))
    async with place.work() as work:
        rule = await promotions.access_rule(work, own)
    assert (rule.set_minor, rule.set_lines, rule.bearer) == (1900, ((one.sku, 2),), "supplier")


# ── tiers ──
async def test_who_is_in_a_tier_pays_its_price_and_the_market_bears_it(place: Place) -> None:
    (first, second, other), of = await given.buyers(place, 3), await given.goods(place)
    gold = granted(await place.do(promotions.make_tier, "Gold", reason="test"))
    assert await place.do(promotions.make_tier, " Gold ", reason="test") == RuleClash(name="Gold")
    assert await place.do(promotions.make_tier, " ", reason="test") == RuleInvalid(field="name")
    assert await place.do(promotions.set_tier_price, gold, of.sku, 1990, reason="test") == RuleInvalid(field="price")
    assert await place.do(promotions.set_tier_price, gold, gold, 5, reason="test") == NotFound()
    assert await place.do(promotions.set_tier_price, gold, of.sku, 1500, reason="test") is None
    for who in (first, second):
        assert await place.do(promotions.put_in_tier, who.id, gold, reason="test") is None
    paid = [
        granted(await promo.buy(place, who, of, quoted=quoted))
        for who, quoted in ((first, 1500), (second, 1500), (other, 1990))
    ]
    assert [await amounts(place, one) for one in paid] == [[1500], [1500], [1990]]
    async with place.work() as work:
        (part,) = await orders.allocations_of(work, paid[0].orders[0])
        assert (part["reason"], part["bearer"], part["amount_minor"]) == ("tier_price", "market", 490)
        assert (await promotions.tier_of(work, first.id))["name"] == "Gold"
        ((_, name, members, prices),) = [tuple(row.values()) for row in await promotions.tiers(work)]
    assert (name, members, prices) == ("Gold", 2, 1)
    assert await place.do(promotions.put_in_tier, first.id, None, reason="test") is None
    assert await place.do(promotions.set_tier_price, gold, of.sku, None, reason="test") is None
    assert [await amounts(place, granted(await promo.buy(place, who, of))) for who in (first, second)] == [
        [1990],
        [1990],
    ]
    assert await place.breaches() == {}
