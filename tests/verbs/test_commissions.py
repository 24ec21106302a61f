"""A line that a shop recommended: promised when it is paid, settled, matured; and lowered by what goes back."""

from datetime import timedelta

import pytest

from tests.given import commissions as given
from tests.given import goods, sharing
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import parties
from tuan.play.distribution.model import CommissionState
from tuan.trade import orders, settlement
from tuan.trade.orders.model import PlaceOrder

C = CommissionState


async def test_from_a_link_to_the_shops_account(place: Place) -> None:
    of = await goods.goods(place, price_minor=1990)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code, units=3)
    (one,) = await given.commissions(place, order)
    assert (one["depth"], one["shop_id"], one["amount_minor"], one["state"]) == (1, shop.id, 597, C.PENDING)
    assert await given.balance(place, shop) == (0, 0, 0)
    await given.keep(place, of, who, order)
    (one,) = await given.commissions(place, order)
    assert (one["state"], one["landed_minor"]) == (C.PENDING, 597)
    assert await given.balance(place, shop) == (0, 0, 0)
    await place.later(timedelta(days=1))
    assert [row["state"] for row in await given.commissions(place, order)] == [C.MATURED]
    assert await given.balance(place, shop) == (597, 0, 0)
    async with place.work() as work:
        assert (await settlement.balance_of(work, of.supplier)).payable_minor == 5970 - 119 - 597
    assert await place.breaches() == {}


async def test_whose_customer_he_is_counts_where_no_link_does_and_a_rivals_link_takes_one_order_not_the_customer(
    place: Place,
) -> None:
    of = await goods.goods(place, price_minor=1000)
    await given.plan(place)
    shop, rival, who = await given.shop(place, of), await given.shop(place, of), await given.neighbour(place)
    link = await sharing.opened(place, shop.code)
    assert link is not None and await sharing.come(place, who, link) == shop.id
    theirs = await sharing.opened(place, rival.code)
    assert theirs is not None and await sharing.come(place, who, theirs) == shop.id
    for code, paid in ((None, shop.id), ("0000000000", shop.id), (rival.code, rival.id), (None, shop.id)):
        order = await given.buy(place, who, of, code)
        assert [row["shop_id"] for row in await given.commissions(place, order)] == [paid]
    assert await place.breaches() == {}


async def test_new_orders_of_a_suspended_shop_pay_nobody_and_its_customers_stay_its_own(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    link = await sharing.opened(place, shop.code)
    assert link is not None and await sharing.come(place, who, link) == shop.id
    command = PlaceOrder(who.id, goods.fresh_key(), ((of.sku, 1),), who.address, None)
    before = granted(await place.one(orders.place_orders, command))
    assert await place.do(parties.suspend_shop, shop.id, reason="test") is None
    await goods.pay(place, who, before)
    placed = [*before.orders, *[await given.buy(place, who, of, code) for code in (None, shop.code)]]
    for order in placed:
        assert await given.commissions(place, order) == []
    async with place.work() as work:
        told = await work.fetch("SELECT order_id, shop_id FROM orders.attributions WHERE market_id = $1")
    assert [tuple(row.values()) for row in told if row["shop_id"]] == [(before.orders[0], shop.id)]
    assert await place.do(parties.reopen_shop, shop.id, reason="test") is None
    assert await sharing.customer_of(place, who) == shop.id
    assert len(await given.commissions(place, await given.buy(place, who, of, None))) == 1
    assert await place.breaches() == {}


async def test_nobody_is_paid_for_what_he_buys_himself_nor_for_what_nobody_recommended(place: Place) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    shop = await given.shop(place, of)
    for who, code in ((shop.owner, shop.code), (await given.neighbour(place), None)):
        assert await given.commissions(place, await given.buy(place, who, of, code)) == []
    assert await place.breaches() == {}


@pytest.mark.parametrize("units", [1, 2, 3])
async def test_a_part_that_goes_back_before_it_was_settled_takes_its_part_along(place: Place, units: int) -> None:
    of = await goods.goods(place, price_minor=1990)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code, units=3)
    await given.receive(place, of, who, order)
    await given.give_back(place, of, who, order, units)
    (one,) = await given.commissions(place, order)
    left = 597 * (3 - units) // 3
    assert (one["kept_minor"], one["state"]) == (left, C.PENDING if left else C.REVERSED)
    await place.later(timedelta(days=30))
    assert await given.balance(place, shop) == (left, 0, 0)
    assert await place.breaches() == {}
