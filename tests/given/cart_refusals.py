"""What carts, freight and limits refuse: one scenario each, in the table of all."""

from typing import Any

from tests.given import carts as mine
from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.goods.catalog.errors import FreightInvalid
from tuan.goods.catalog.model import FreightRule
from tuan.kit.refusals import granted
from tuan.trade import carts, orders
from tuan.trade.carts.errors import CartChanged, CartFull, CartUnitsInvalid
from tuan.trade.carts.model import LINES_MAX
from tuan.trade.orders.errors import PersonLimit, RemarkTooLong
from tuan.trade.orders.model import PlaceOrder


@gives(FreightInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: mine.freight(place, of, FreightRule(), FreightRule())


@gives(CartUnitsInvalid)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.limit(place, of, 2)
    await mine.put(place, who, (of, 2))
    return lambda: place.do(carts.put_in_cart, who.id, of.sku, 1)


@gives(CartFull)
async def _(place: Place) -> Act:
    who, some = await given.buyer(place), await given.goods(place, skus=LINES_MAX + 1)
    for sku in (some.sku, *some.extra[:-1]):
        assert await place.do(carts.put_in_cart, who.id, sku, 1) is None
    return lambda: place.do(carts.put_in_cart, who.id, some.extra[-1], 1)


@gives(CartChanged)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.put(place, who, (of, 1))
    granted(await mine.check_out(place, who, [(of, 1)]))
    return lambda: mine.check_out(place, who, [(of, 1)])


@gives(PersonLimit)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    await mine.limit(place, of, 2)
    granted(await given.place_order(place, who, of, 2))
    return lambda: given.place_order(place, who, of)


@gives(RemarkTooLong)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    remarks = ((of.supplier, "x" * 201),)

    async def act() -> Any:
        command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None, remarks=remarks)
        return await place.one(orders.place_orders, command)

    return act
