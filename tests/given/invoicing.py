"""Invoices for tests: orders that one is asked for, and issued ones."""

from datetime import date
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.kit.time import day_of
from tuan.trade import invoices
from tuan.trade.invoices.model import Titled

COMPANY = Titled("company", "福建公司", "91350100M000100Y43", "books@example.com")
PERSON = Titled("personal", "王小明", "", "me@example.com")


async def bought(place: Place, units: int = 3, price_minor: int = 1990) -> tuple[given.Buyer, given.Goods, UUID]:
    """An order that was paid and is not shipped yet."""
    of, who = await given.goods(place, units=50, price_minor=price_minor), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of, units))
    await given.pay(place, who, placed)
    return who, of, placed.orders[0]


async def today(place: Place) -> date:
    async with place.work() as work:
        return day_of(work.now, work.market.time_zone)


async def ask(place: Place, who: given.Buyer, order: UUID, titled: Titled = COMPANY) -> Any:
    return await place.do(invoices.ask_invoice, order, who.id, titled)


async def issue(place: Place, of: given.Goods, invoice: UUID, number: str = "24952000000000000001") -> Any:
    return await place.do(invoices.issue, invoice, of.supplier, number, await today(place), 1300)


async def issued(place: Place, units: int = 3, price_minor: int = 1990) -> tuple[given.Buyer, given.Goods, UUID, UUID]:
    """Buyer, goods, order, invoice."""
    who, of, order = await bought(place, units, price_minor)
    invoice = granted(await ask(place, who, order))
    assert await issue(place, of, invoice) is None
    return who, of, order, invoice


async def reds_of(place: Place, invoice: UUID) -> list[Any]:
    async with place.work() as work:
        return await invoices.reds_of(work, invoice)


async def of_order(place: Place, order: UUID) -> Any:
    async with place.work() as work:
        return await invoices.of_order(work, order)
