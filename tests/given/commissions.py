"""Shops with a plan that pays them, and customers who live elsewhere."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given import settling
from tests.given import sharing as share
from tests.given.aftersales import ask
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.people.compliance.model import Channel
from tuan.people.sharing.model import Code
from tuan.play import distribution
from tuan.play.distribution.model import Rate, Scope, Terms
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders.model import PlaceOrder
from tuan.trade.settlement.model import AccountState, PayeeKind

HOLD = timedelta(days=8, seconds=1)
"""From receipt until a commission is the shop's."""
_streets = itertools.count(1)


@dataclass(slots=True)
class Shop:
    id: UUID
    owner: Buyer
    code: Code
    """Of its link to the goods."""


def ten_percent(**more: Any) -> Terms:
    return Terms((Rate(Scope.MARKET, None, 1, rate_bp=1000),), **more)


async def neighbour(place: Place) -> Buyer:
    """A buyer with a home and a telephone of his own; those of `given.buyer` all live in one house."""
    number = next(_streets)
    home = Address(f"客户{number}", f"137{number:08d}", "浙江省 杭州市 西湖区", f"桂花路 {number} 号")
    async with place.work() as work:
        person = await accounts.admit(work, f"+86137{number:08d}", name=f"客户{number}", locale="zh-CN")
        return Buyer(person, granted(await accounts.add_address(work, person, home)))


async def plan(place: Place, terms: Terms | None = None) -> UUID:
    """A plan that pays from now on."""
    made = granted(await place.do(distribution.draft_plan, "一成", terms or ten_percent(), reason="test"))
    assert await place.do(distribution.switch_on, made, 1, reason="test") is None
    return made


async def shop(place: Place, of: Goods) -> Shop:
    """A shop with a link to these goods."""
    owner = await neighbour(place)
    made = await place.do(parties.admit_shop, "小店", owner.id, reason="test")
    return Shop(made, owner, await share.link(place, owner, of))


async def buy(
    place: Place, who: Buyer, of: Goods, code: str | None, units: int = 1, payer: str = "", channel: str = Channel.WEB
) -> UUID:
    """An order that was placed in this channel and paid, from this account at the provider, and what its payment sets going; its
    order."""
    items = ((of.sku, units),)
    command = PlaceOrder(who.id, given.fresh_key(), items, who.address, None, share=code, channel=channel)
    placed = granted(await place.one(orders.place_orders, command))
    await given.pay(place, who, placed, payer)
    (order,) = placed.orders
    return order


async def receive(place: Place, of: Goods, who: Buyer, order: UUID) -> None:
    """It is sent and received."""
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.quiet()


async def keep(place: Place, of: Goods, who: Buyer, order: UUID) -> None:
    """It is sent and received, and kept through the return window; what was to be settled is."""
    await receive(place, of, who, order)
    await place.later(settling.KEPT)


async def give_back(place: Place, of: Goods, who: Buyer, order: UUID, units: int) -> None:
    """So many units were damaged, the supplier agrees, and their money goes back."""
    case = granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, units)))
    assert await place.do(aftersales.agree, order, case.number, of.supplier) is None
    await place.quiet()


async def commissions(place: Place, order: UUID) -> list[Any]:
    async with place.work() as work:
        return await work.fetch(
            "SELECT * FROM distribution.commissions WHERE market_id = $1 AND order_id = $2 ORDER BY line_number, depth",
            order,
        )


async def balance(place: Place, shop: Shop) -> tuple[int, int, int]:
    """(may claim, on its way, owed), in minor units."""
    async with place.work() as work:
        found = await settlement.balance_of(work, shop.id, kind=PayeeKind.SHOP)
    return found.payable_minor, found.withdrawing_minor, found.debt_minor


async def account(place: Place, shop: Shop, number: str = "6222021234567890", *, mode: str = "transfer") -> UUID:
    terms = (shop.id, "sandbox", mode, "小店", number)
    made = granted(await place.do(settlement.add_account, *terms, kind=PayeeKind.SHOP))
    assert await place.do(settlement.move_account, made, AccountState.ACTIVE, reason="checked") is None
    return made
