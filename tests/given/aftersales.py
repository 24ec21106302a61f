"""Orders to give back in part, and asking for it."""

from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.trade import aftersales, orders
from tuan.trade.aftersales import OpenCase
from tuan.trade.aftersales.model import Ask, Kind, Saying
from tuan.trade.orders.model import PlaceOrder

BROKEN = Saying("压坏了", ("upload/" + "0" * 32,))


async def bought(place: Place, *, units: int = 3, lines: int = 1, state: str = "received") -> tuple[Buyer, Goods, UUID]:
    """One paid order of a buyer: so many units of each of so many SKUs, shipped and received where asked."""
    of = await given.goods(place, skus=lines)
    who = await given.buyer(place)
    items = tuple((sku, units) for sku in (of.sku, *of.extra))
    placed = granted(
        await place.one(orders.place_orders, PlaceOrder(who.id, given.fresh_key(), items, who.address, None))
    )
    await given.pay(place, who, placed)
    (order,) = placed.orders
    if state in ("shipped", "received"):
        assert await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1") is None
    if state == "received":
        assert await place.do(orders.confirm_receipt, order, who.id) is None
    return who, of, order


async def ask(
    place: Place, who: Buyer, order: UUID, kind: Kind, reason: str, *items: tuple[int, int], **more: Any
) -> Any:
    asked = Ask(kind, reason, items or ((1, 1),), more.pop("amount_minor", None))
    return await place.do(aftersales.open_case, OpenCase(who.id, order, asked, **more))


async def case_of(place: Place, order: UUID, number: int = 1) -> Any:
    async with place.work() as work:
        return await aftersales.access_case(work, order, number)


async def asked(place: Place) -> tuple[Buyer, Goods, UUID]:
    """Money for two of three units is asked for, and waits for the supplier."""
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2)))
    return who, of, order


async def disputed(place: Place) -> tuple[Buyer, Goods, UUID]:
    """The supplier refused, and the buyer has called the operator."""
    who, of, order = await asked(place)
    assert await place.do(aftersales.refuse, order, 1, of.supplier, Saying("完好发出")) is None
    assert await place.do(aftersales.dispute, order, 1, who.id, BROKEN) is None
    return who, of, order
