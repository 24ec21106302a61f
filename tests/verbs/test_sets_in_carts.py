"""Sets of bundles in carts: put in, changed, checked out beside other goods, and told apart where they ended or cost more."""

from typing import Any

from tests.given import carts as mine
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.errors import ProductOff
from tuan.goods.supply.errors import NotEnough
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.trade import aftersales, carts, orders
from tuan.trade.carts import handlers
from tuan.trade.carts.errors import CartChanged, CartFull
from tuan.trade.orders.errors import PersonLimit, PriceChanged
from tuan.trade.orders.model import PlaceOrder
from tuan.value import promotions
from tuan.value.promotions.errors import BundleOver, BundleUneven


async def two_goods(place: Place, **more: Any) -> tuple[Goods, Goods]:
    """At 10.00 and 5.00 of two suppliers: a set of them is 19.99 instead of 25.00."""
    return await given.goods(place, price_minor=1000, **more), await given.goods(place, price_minor=500, **more)


async def lines_of(place: Place, placed: Any) -> list[tuple[Any, int, int]]:
    """(SKU, units, amount) of each line of these orders."""
    async with place.work() as work:
        rows = await orders.lines_of(work, placed.orders)
    return [(x["sku_id"], x["units"], x["amount_minor"]) for order in placed.orders for x in rows[order]]


async def test_sets_are_bought_beside_the_same_goods_and_others_under_one_payment(place: Place) -> None:
    who, (one, other), third = await given.buyer(place), await two_goods(place), await given.goods(place)
    bundle = await mine.bundle(place, one, other)
    assert await mine.put_sets(place, who, bundle, 2) is None
    await mine.put(place, who, (one, 1), (third, 1))
    command = PlaceOrder(who.id, "-", ((one.sku, 1), (third.sku, 1)), who.address, None, sets=((bundle, 2),))
    async with place.work() as work:
        seen = granted(await orders.quote(work, command))
    wanted = [(one, 1), (third, 1)]
    placed = granted(await mine.check_out(place, who, wanted, sets=((bundle, 2),), quoted=seen.total_minor))
    assert seen.total_minor == 2 * 1999 + 1000 + 1990 and len(placed.orders) == 3
    assert sorted(await lines_of(place, placed)) == sorted(
        [(one.sku, 1, 1000), (one.sku, 4, 3198), (other.sku, 2, 800), (third.sku, 1, 1990)]
    )
    assert (await mine.lines(place, who), await mine.sets(place, who)) == ({}, {})
    assert [await given.free_units(place, of) for of in (one, other, third)] == [95, 98, 99]
    await given.pay(place, who, placed)
    assert {await given.state_of(place, order) for order in placed.orders} == {"to_ship"}
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="changed_mind") is None
    await place.quiet()
    assert await given.given_back(place, placed.orders[0]) == 1000 + 3198
    assert await place.breaches() == {}


async def test_sets_are_added_set_and_taken_out(place: Place) -> None:
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle, elsewhere = await mine.bundle(place, one, other), await mine.bundle(place, other, one)
    for _ in range(2):
        assert await mine.put_sets(place, who, bundle) is None
    assert await mine.sets(place, who) == {bundle: (2, 1999)}
    for _ in range(2):
        assert await place.do(carts.set_sets, who.id, bundle, 3) is None
    assert await mine.sets(place, who) == {bundle: (3, 1999)}
    assert await place.do(carts.set_sets, who.id, elsewhere, 1) == NotFound()
    for of in (elsewhere, bundle, bundle):
        assert await place.do(carts.take_sets_out, who.id, of) is None
    assert await mine.sets(place, who) == {}


async def test_what_is_refused_leaves_the_cart_as_it_is(place: Place) -> None:
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle, over = await mine.bundle(place, one, other), await mine.bundle(place, other, one)
    full, many = await given.buyer(place), await given.goods(place, skus=49)
    await mine.put(place, full, *[(Goods(many.supplier, many.product, sku, 1), 1) for sku in (many.sku, *many.extra)])
    assert await mine.put_sets(place, who, bundle, 3) is None
    assert await place.do(promotions.end_rule, over, reason="test") is None
    before = await place.snapshot()
    assert await mine.put_sets(place, who, bundle) == BundleUneven(most=3)
    assert await mine.put_sets(place, who, bundle, -1) == BundleUneven(most=3)
    assert await place.do(carts.set_sets, who.id, bundle, 0) == BundleUneven(most=3)
    assert await mine.put_sets(place, who, over) == BundleOver()
    assert await mine.put_sets(place, full, bundle) == CartFull(most=50)
    assert await place.snapshot() == before
    await place.do(catalog.take_off, one.product, reason="test")
    assert isinstance(await mine.put_sets(place, full, bundle), ProductOff)


async def test_a_set_that_ended_or_costs_more_is_not_charged_silently(place: Place) -> None:
    """Its parts came to cost less, so that a set did; then they cost what they did before."""
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle = await mine.bundle(place, one, other)
    await place.do(catalog.set_price, one.sku, 700, reason="test")
    assert await mine.put_sets(place, who, bundle) is None
    assert await mine.sets(place, who) == {bundle: (1, 1900)}
    await place.do(catalog.set_price, one.sku, 1000, reason="test")
    asked: dict[str, Any] = {"sets": ((bundle, 1),), "quoted": 1900}
    before = await place.snapshot()
    assert await mine.check_out(place, who, [], **asked) == PriceChanged(now_minor=1999, shown_minor=1900)
    assert await place.snapshot() == before
    assert await place.do(promotions.end_rule, bundle, reason="test") is None
    assert await mine.check_out(place, who, [], **asked | {"quoted": 1999}) == BundleOver()
    assert await mine.sets(place, who) == {bundle: (1, 1900)}, "it stays until its person takes it out"
    assert await place.do(carts.take_sets_out, who.id, bundle) is None


async def test_two_devices_do_not_buy_the_same_sets_twice(place: Place) -> None:
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle = await mine.bundle(place, one, other)
    assert await mine.put_sets(place, who, bundle, 2) is None
    for sets in ((bundle, 1), (bundle, 3)):
        assert isinstance(await mine.check_out(place, who, [], sets=(sets,)), CartChanged)
    first = await mine.check_out(place, who, [], sets=((bundle, 2),), key="same")
    assert granted(first) == await mine.check_out(place, who, [], sets=((bundle, 2),), key="same")
    assert await mine.check_out(place, who, [], sets=((bundle, 2),)) == CartChanged()
    assert await given.free_units(place, one) == 96


async def test_stock_and_persons_limits_count_what_is_in_sets_and_beside_them(place: Place) -> None:
    (who, another), (one, other) = await given.buyers(place, 2), await two_goods(place, units=4)
    bundle = await mine.bundle(place, one, other)

    async def buy(by: Buyer, units: int, sets: int) -> Any:
        command = PlaceOrder(by.id, given.fresh_key(), ((one.sku, units),), by.address, None, sets=((bundle, sets),))
        return await place.one(orders.place_orders, command)

    before = await place.snapshot()
    assert await buy(who, 3, 1) == NotEnough(left=4)
    assert await place.snapshot() == before
    await mine.limit(place, one, 3)
    assert await buy(who, 2, 1) == PersonLimit(most=3, left=3)
    granted(await buy(who, 1, 1))
    assert isinstance(await buy(who, 1, 1), Refusal) and await given.free_units(place, one) == 1
    assert await buy(another, 1, 1) == NotEnough(left=1)
    assert await place.breaches() == {}


async def test_a_coupon_takes_from_what_goes_with_it_and_no_more(place: Place) -> None:
    """The bundle's terms do not go with coupons: the coupon takes from what stands beside it."""
    who, (one, other), third = await given.buyer(place), await two_goods(place), await given.goods(place)
    bundle, coupon = await mine.bundle(place, one, other), await promo.coupon(place, who)
    wanted = [(third, 1)]
    assert await mine.put_sets(place, who, bundle) is None
    await mine.put(place, who, *wanted)
    placed = granted(
        await mine.check_out(place, who, wanted, sets=((bundle, 1),), coupons=(coupon,), quoted=1999 + 990)
    )
    assert (third.sku, 1, 990) in await lines_of(place, placed)


async def test_sets_are_told_and_forgotten_with_their_person(place: Place) -> None:
    who, (one, other) = await given.buyer(place), await two_goods(place)
    bundle = await mine.bundle(place, one, other)
    await mine.put(place, who, (one, 1))
    assert await mine.put_sets(place, who, bundle, 2) is None
    async with place.work() as work:
        told = await handlers.PERSONAL.tell(work, who.id)
        assert [row.get("sets") for row in told] == [None, 2] and told[1]["bundle_id"] == bundle
        assert (await handlers.PERSONAL.forget(work, who.id)) == {"erased": 2}
        assert await handlers.PERSONAL.tell(work, who.id) == []
