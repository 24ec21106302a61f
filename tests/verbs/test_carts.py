"""Carts over several suppliers: put in, changed, checked out as one order per supplier under one payment."""

from datetime import timedelta
from typing import Any

import pytest

from tests.given import carts as mine
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.errors import ProductOff
from tuan.kit.refusals import NotFound, granted
from tuan.platform import personal
from tuan.trade import carts, orders, payments
from tuan.trade.carts import handlers
from tuan.trade.carts.errors import CartChanged
from tuan.trade.orders.errors import PersonLimit, PriceChanged
from tuan.trade.orders.model import PlaceOrder


async def test_a_cart_of_two_suppliers_is_two_orders_under_one_payment(place: Place) -> None:
    apples, pears = await given.goods(place, price_minor=1000), await given.goods(place, price_minor=500)
    left = await given.goods(place)
    who = await given.buyer(place)
    wanted = [(apples, 2), (pears, 3)]
    await mine.put(place, who, *wanted, (left, 1))
    remarks = ((pears.supplier, " 请放门卫 "),)
    placed = granted(await mine.check_out(place, who, wanted, quoted=3500, remarks=remarks))
    assert await mine.lines(place, who) == {left.sku: 1}, "what was not ticked stays"
    async with place.work() as work:
        rows = [await orders.access_order(work, order, who.id) for order in placed.orders]
    assert {(row["supplier_id"], row["total_minor"], row["remark"]) for row in rows} == {
        (apples.supplier, 2000, ""),
        (pears.supplier, 1500, "请放门卫"),
    }
    assert {row["payable_id"] for row in rows} == {placed.payable}
    await given.pay(place, who, placed)
    assert [await given.state_of(place, order) for order in placed.orders] == ["to_ship", "to_ship"]
    async with place.work() as work:
        (parcel,) = (await orders.to_ship(work, pears.supplier)).items
    assert parcel["remark"] == "请放门卫"
    assert await place.breaches() == {}


async def test_checking_out_twice_with_one_key_is_checking_out_once(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.put(place, who, (of, 2))
    first = await mine.check_out(place, who, [(of, 2)], key="same")
    assert await mine.check_out(place, who, [(of, 2)], key="same") == first
    assert isinstance(await mine.check_out(place, who, [(of, 2)]), CartChanged), "another device comes too late"
    assert await given.free_units(place, of) == 98


async def test_a_refused_checkout_leaves_the_cart_as_it_is(place: Place) -> None:
    of, scarce, who = await given.goods(place), await given.goods(place, units=1), await given.buyer(place)
    await mine.put(place, who, (of, 1), (scarce, 1))
    before = await place.snapshot()
    refused = await mine.check_out(place, who, [(of, 1), (scarce, 1)], quoted=1)
    assert isinstance(refused, PriceChanged)
    assert await place.snapshot() == before


async def test_units_are_added_set_and_taken_out(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.put(place, who, (of, 1), (of, 2))
    assert await mine.lines(place, who) == {of.sku: 3}
    for _ in range(2):
        assert await place.do(carts.set_units, who.id, of.sku, 7) is None
    assert await mine.lines(place, who) == {of.sku: 7}
    for _ in range(2):
        assert await place.do(carts.take_out, who.id, of.sku) is None
    assert isinstance(await place.do(carts.take_out, who.id, who.address), NotFound)
    assert await mine.lines(place, who) == {}
    assert isinstance(await place.do(carts.set_units, who.id, of.sku, 1), NotFound)


async def test_what_is_not_for_sale_is_not_put_in_but_stays_in(place: Place) -> None:
    of, gone, who = await given.goods(place), await given.goods(place), await given.buyer(place)
    await mine.put(place, who, (gone, 1))
    await place.do(catalog.take_off, gone.product, reason="test")
    assert isinstance(await place.do(carts.put_in_cart, who.id, gone.sku, 1), ProductOff)
    assert isinstance(await place.do(carts.put_in_cart, who.id, who.address, 1), NotFound)
    assert isinstance(await mine.check_out(place, who, [(gone, 1)]), ProductOff)
    assert await mine.lines(place, who) == {gone.sku: 1}
    await mine.put(place, who, (of, 1))
    granted(await mine.check_out(place, who, [(of, 1)]))
    assert await mine.lines(place, who) == {gone.sku: 1}


async def test_a_retired_sku_is_not_put_in(place: Place) -> None:
    of, who = await given.goods(place, skus=2), await given.buyer(place)
    await place.do(catalog.retire_sku, of.sku, reason="test")
    assert isinstance(await place.do(carts.put_in_cart, who.id, of.sku, 1), ProductOff)


async def test_buying_at_once_leaves_the_cart_alone(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.put(place, who, (of, 1))
    granted(await given.place_order(place, who, of, 1))
    assert await mine.lines(place, who) == {of.sku: 1}


async def test_a_cart_is_told_and_forgotten_with_its_person(place: Place) -> None:
    of, (who, other) = await given.goods(place), await given.buyers(place, 2)
    for one in (who, other):
        await mine.put(place, one, (of, 2))
    async with place.work() as work:
        told = (await personal.tell_all(work, who.id))["carts"]
        assert [(row["sku_id"], row["units"]) for row in told] == [(of.sku, 2)]
        assert await handlers.PERSONAL.forget(work, who.id) == {"erased": 1}
    assert await mine.lines(place, who) == {}
    assert await mine.lines(place, other) == {of.sku: 2}


# ── how many one person may buy ──
async def test_a_person_buys_so_many_in_all_and_again_what_he_gave_up(place: Place) -> None:
    of, (who, other) = await given.goods(place), await given.buyers(place, 2)
    await mine.limit(place, of, 3)
    first = granted(await given.place_order(place, who, of, 2))
    refused = await given.place_order(place, who, of, 2)
    assert isinstance(refused, PersonLimit) and refused.data == {"most": 3, "left": 1}
    granted(await given.place_order(place, who, of, 1))
    granted(await given.place_order(place, other, of, 3))
    assert await place.do(orders.cancel_unpaid, first.orders[0], who.id, reason="test") is None
    granted(await given.place_order(place, who, of, 2))


async def test_two_orders_of_one_batch_count_together(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.limit(place, of, 3)
    commands = [PlaceOrder(who.id, given.fresh_key(), ((of.sku, 2),), who.address, None) for _ in range(2)]
    async with place.work() as work:
        outcomes = await orders.place_orders(work, commands)
    assert not isinstance(outcomes[0], PersonLimit) and isinstance(outcomes[1], PersonLimit)


async def test_what_is_limited_or_in_a_cart_costs_statements_and_nothing_else_does(place: Place) -> None:
    of, capped, who = await given.goods(place), await given.goods(place), await given.buyer(place)
    await mine.limit(place, capped, 9)

    async def statements(item: Any, *, from_cart: bool = False) -> int:
        command = PlaceOrder(who.id, given.fresh_key(), ((item.sku, 1),), who.address, None, from_cart=from_cart)
        async with place.work() as work:
            (outcome,) = await orders.place_orders(work, [command])
            granted(outcome)
            await work.send()
            return int(work.statements)

    plain = await statements(of)
    await mine.put(place, who, (of, 1))
    assert await statements(of, from_cart=True) == plain + 1, "the lines are locked; they leave with what is written"
    assert await statements(capped) == plain + 2, "the person is locked, what he has bought is counted"


# ── unpaid orders of one checkout end together ──
async def test_unpaid_orders_of_one_checkout_end_together_however_few_a_sweep_takes(place: Place) -> None:
    """One coupon is held for both orders: with a sweep of one order it would stay held for one that is closed (I16a)."""
    apples, pears, who = await given.goods(place), await given.goods(place), await given.buyer(place)
    coupon = await promo.coupon(place, who)
    await mine.put(place, who, (apples, 1), (pears, 1))
    placed = granted(await mine.check_out(place, who, [(apples, 1), (pears, 1)], coupons=(coupon,)))
    await place.move_clock(timedelta(minutes=16))
    await place.do(orders.lapse_unpaid, limit=1)
    assert [await given.state_of(place, order) for order in placed.orders] == ["closed", "closed"]
    await place.quiet()  # the audit is sealed, too
    assert await place.breaches() == {}


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_sweep_of_unpaid_orders_takes_so_many_checkouts(place: Place, limit: int) -> None:
    of, (who, other) = await given.goods(place), await given.buyers(place, 2)
    placed = [granted(await given.place_order(place, one, of)) for one in (who, other)]
    await place.move_clock(timedelta(minutes=16))
    assert await place.do(orders.lapse_unpaid, limit=limit) == limit
    states = [await given.state_of(place, one.orders[0]) for one in placed]
    assert states.count("closed") == limit
    async with place.work() as work:
        assert await payments.pending_among(work, {one.payable for one in placed}) == set()
