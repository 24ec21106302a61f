"""Buying alone, from the quote to the completed order."""

from datetime import timedelta

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.trade import orders
from tuan.value import ledger


async def test_an_order_goes_from_placed_to_completed(place: Place) -> None:
    of = await given.goods(place, units=5, price_minor=1990)
    who = await given.buyer(place)
    placed = granted(await given.place_order(place, who, of, 2))
    (order,) = placed.orders
    assert await given.state_of(place, order) == "placed"
    await given.pay(place, who, placed)
    assert await given.state_of(place, order) == "to_ship"
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(timedelta(days=7, seconds=1))
    assert await given.state_of(place, order) == "completed"
    async with place.work() as work:
        balances = await ledger.balances(work)
    assert balances["provider:sandbox:clearing", "CNY"] == -3980
    assert balances[f"supplier:{of.supplier}:payable", "CNY"] == 3980 - 79
    assert balances["platform:income", "CNY"] == 79
    assert balances["buyers:prepayment", "CNY"] == 0
    assert await place.breaches() == {}


async def test_orders_are_listed_by_their_states(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    unpaid, paid = [granted(await given.place_order(place, who, of)) for _ in range(2)]
    await given.pay(place, who, paid)
    async with place.work() as work:
        for states, wanted in (
            (("placed",), unpaid.orders),
            (("paid", "to_ship"), paid.orders),
            ((), (*paid.orders, *unpaid.orders)),
            (("shipped",), ()),
        ):
            listed = (await orders.orders_of(work, who.id, states=states)).items
            assert tuple(row["id"] for row in listed) == tuple(wanted)
