"""A market with some months behind it, and its plain rows."""

from datetime import timedelta
from typing import Any

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import settling
from tests.given import sharing as share
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.sharing import Seen
from tuan.play import groupbuy
from tuan.trade import aftersales, orders
from tuan.trade.orders.model import PlaceOrder

TABLES = (
    "orders.orders", "orders.lines", "settlement.claims", "sharing.visits", "sharing.links", "groupbuy.teams",
    "groupbuy.seats", "groupbuy.campaigns", "groupbuy.campaign_prices", "catalog.products", "parties.shops", "orders.attributions",
    "distribution.commissions",
)  # fmt: skip
Rows = dict[str, list[Any]]


async def months_of_trade(place: Place, months: int = 3) -> tuple[given.Goods, given.Goods]:
    """Two suppliers over some months: kept, given back, unpaid, under way, in teams that form and that lapse, links and a shop."""
    pears, plums = await given.goods(place, units=500), await given.goods(place, units=500, price_minor=700)
    keen, shy, seller = await given.buyers(place, 3)
    _, owner = await share.shop(place)
    await earning.plan(place)
    corner, market_stall = await earning.shop(place, pears), await earning.shop(place, plums)
    for month in range(months):
        await settling.received(place, pears, keen, 1 + month)
        await settling.received(place, plums, owner)
        if month != 1:
            await settling.received(place, plums, seller, 2)
        back = granted(await given.place_order(place, shy, pears))
        await given.pay(place, shy, back)
        assert await place.do(aftersales.refund_whole, back.orders[0], pears.supplier, reason="test") is None
        granted(await given.place_order(place, shy, plums, 3))
        await _teams(place, pears if month == 1 else plums, month, corner)
        await _visits(place, pears, owner if month else keen)
        await _recommended(place, pears, corner, market_stall.owner)
        if month:
            await _recommended(place, plums, market_stall, keen)
            await basket(place, (pears, plums), corner)
        await place.later(timedelta(days=31))
    await settling.received(place, pears, shy)
    await given.pay(place, keen, granted(await given.place_order(place, keen, plums)))
    return pears, plums


async def _teams(place: Place, of: given.Goods, month: int, shop: earning.Shop) -> None:
    """One by a shop's link that forms with a newcomer, one with somebody who came before, one by the link that nobody joins."""
    running = await given.campaign(place, of, price_minor=600 + 1000 * month)
    leader, friend = await given.buyers(place, 2)
    first = await given.paid_team(place, leader, running, share=shop.code)
    await given.paid_join(place, friend, first.team, running)
    again = await given.paid_team(place, friend, running)
    await given.paid_join(place, leader, again.team, running)
    await given.paid_team(place, await given.buyer(place), running, share=shop.code)
    assert await place.do(groupbuy.end_campaign, running.campaign, reason="test") is None
    await place.later(timedelta(hours=2))


async def _recommended(place: Place, of: given.Goods, shop: earning.Shop, also: given.Buyer) -> None:
    """Through a shop's link: somebody new who keeps what he buys, somebody who gives it back, one who never pays, and `also`."""
    new, fickle = await earning.neighbour(place), await earning.neighbour(place)
    for who, units in ((new, 2), (also, 1)):
        order = await earning.buy(place, who, of, shop.code, units)
        await earning.receive(place, of, who, order)
    back = await earning.buy(place, fickle, of, shop.code)
    assert await place.do(aftersales.refund_whole, back, of.supplier, reason="test") is None
    command = PlaceOrder(fickle.id, given.fresh_key(), ((of.sku, 1),), fickle.address, None, share=shop.code)
    granted(await place.one(orders.place_orders, command))
    await place.do(sharing.count_visits, [Seen(shop.code, bytes([number]) * 16, is_bot=False) for number in range(7)])


async def basket(place: Place, of: tuple[given.Goods, ...], shop: earning.Shop) -> None:
    """Somebody new buys at several suppliers in one checkout, through a shop's link."""
    new = await earning.neighbour(place)
    lines = tuple((one.sku, 1) for one in of)
    command = PlaceOrder(new.id, given.fresh_key(), lines, new.address, None, share=shop.code)
    placed = granted(await place.one(orders.place_orders, command))
    assert len(placed.orders) == len(of)
    await given.pay(place, new, placed)


async def _visits(place: Place, of: given.Goods, sharer: given.Buyer) -> None:
    for channel, campaign in (("web", ""), ("poster", "autumn")):
        code = await share.link(place, sharer, of, channel=channel, campaign=campaign)
        seen = [Seen(code, bytes([number]) * 16, is_bot=number == 0) for number in (0, 1, 2, 2)]
        await place.do(sharing.count_visits, seen)


async def plain_rows(place: Place) -> Rows:
    async with place.work() as work:
        return {name: await work.fetch(f"SELECT * FROM {name} WHERE market_id = $1") for name in TABLES}
