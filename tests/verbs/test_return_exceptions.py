"""Goods that are not taken back without a reason: said at the purchase where the law asks for it, frozen on the line."""

from datetime import timedelta
from typing import Any

import pytest

from tests.given import goods as given
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.goods.catalog.model import AGREED, RETURN_EXCEPTIONS
from tuan.kit.refusals import Refusal, granted
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.trade import orders
from tuan.trade.aftersales.errors import NotReturnable
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders.errors import ReturnUnconfirmed
from tuan.trade.orders.model import PlaceOrder


async def bought(place: Place, who: given.Buyer, of: given.Goods, *, accepts: bool) -> Any:
    command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None, accepts_no_return=accepts)
    return await place.one(orders.place_orders, command)


async def received(place: Place, who: given.Buyer, of: given.Goods, placed: Any) -> Any:
    (order,) = placed.orders
    await given.pay(place, who, placed)
    assert await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    return order


@pytest.mark.parametrize("exception", ["", *RETURN_EXCEPTIONS])
async def test_only_what_is_by_agreement_needs_one_and_none_of_them_goes_back_without_a_reason(
    place: Place, exception: str
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await given.except_from_return(place, of, exception)
    placed = await bought(place, who, of, accepts=False)
    if exception == AGREED:
        assert placed == ReturnUnconfirmed()
        placed = await bought(place, who, of, accepts=True)
    order = await received(place, who, of, placed)
    asked = await ask(place, who, order, Kind.RETURN, "no_reason", (1, 1))
    assert asked == NotReturnable() if exception else not isinstance(asked, Refusal)
    assert await place.breaches() == {}


async def test_what_is_wrong_with_such_goods_is_put_right_all_the_same(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await given.except_from_return(place, of, "perishable")
    order = await received(place, who, of, granted(await bought(place, who, of, accepts=False)))
    granted(await ask(place, who, order, Kind.RETURN, "damaged", (1, 1)))


async def test_a_line_keeps_what_was_said_when_it_was_bought(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    before = granted(await bought(place, who, of, accepts=False))
    await given.except_from_return(place, of, "made_to_order")
    after = granted(await bought(place, who, of, accepts=False))
    early, late = [await received(place, who, of, placed) for placed in (before, after)]
    granted(await ask(place, who, early, Kind.RETURN, "no_reason", (1, 1)))
    assert await ask(place, who, late, Kind.RETURN, "no_reason", (1, 1)) == NotReturnable()
    await place.later(timedelta(days=3))
    assert await place.breaches() == {}


async def test_a_team_asks_the_same_of_who_opens_and_of_who_joins(place: Place) -> None:
    of, (leader, friend) = await given.goods(place), await given.buyers(place, 2)
    await given.except_from_return(place, of, AGREED)
    of = await given.campaign(place, of)
    for accepts in (False, True):
        opened = OpenTeam(leader.id, given.fresh_key(), of.campaign, of.sku, 1, leader.address, None, accepts)
        seated = await place.one(groupbuy.seat_buyers, opened)
        assert accepts or seated == ReturnUnconfirmed()
    await given.pay(place, leader, seated)
    for accepts in (False, True):
        joins = JoinTeam(friend.id, given.fresh_key(), seated.team, of.sku, 1, friend.address, None, accepts)
        joined = await place.one(groupbuy.seat_buyers, joins)
        assert accepts or joined == ReturnUnconfirmed()
    await given.pay(place, friend, joined)
    await place.quiet()
    async with place.work() as work:
        sql = "SELECT bool_or(no_reason_return) FROM orders.lines WHERE market_id = $1"
        assert await work.fetch_value(sql) is False
    assert await place.breaches() == {}
