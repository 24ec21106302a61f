"""Presales for tests: goods with one running, and orders that have paid their deposit."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.kit.time import Instant
from tuan.platform.gateways.payment import Notice
from tuan.play import presale
from tuan.play.presale.model import Booked, BookGoods, Booking, NewOffer, Price

DAY = timedelta(days=1)
BALANCE_FROM, BALANCE_UNTIL = 3 * DAY, 5 * DAY
"""After the launch."""


def new_offer(of: given.Goods, now: Instant, **more: Any) -> NewOffer:
    """For 100.00 each, of which 20.00 are paid at once, unless said otherwise."""
    price = Price(more.pop("price_minor", 10_000), more.pop("deposit_minor", 2_000))
    fields: dict[str, Any] = {
        "kind": "earnest",
        "starts_at": now - timedelta(minutes=1),
        "ends_at": now + 2 * DAY,
        "balance_from": now + BALANCE_FROM,
        "balance_until": now + BALANCE_UNTIL,
        "ships_by": now + 10 * DAY,
    } | more
    return NewOffer(of.product, prices={of.sku: price}, **fields)


async def launch(place: Place, of: given.Goods, **more: Any) -> Any:
    async with place.work() as work:
        return await presale.launch_offer(work, new_offer(of, work.now, **more), reason="test")


async def book(place: Place, who: given.Buyer, of: given.Goods, offer: UUID, units: int = 1, **more: Any) -> Any:
    command = BookGoods(who.id, more.pop("key", given.fresh_key()), offer, of.sku, units, who.address, **more)
    return await place.one(presale.book_goods, command)


async def deposited(place: Place, *, units: int = 1, **more: Any) -> tuple[given.Goods, given.Buyer, Booked]:
    """Goods in a presale, and an order whose deposit is paid."""
    of, who = await given.goods(place, units=10, price_minor=12_000), await given.buyer(place)
    booked = granted(await book(place, who, of, granted(await launch(place, of, **more)), units))
    await given.pay(place, who, booked)
    return of, who, booked


def owed_by(booked: Booked) -> Any:
    """The balance of an order, as the helpers that pay take it."""
    return SimpleNamespace(payable=booked.balance)


async def pay_balance(place: Place, who: given.Buyer, booked: Booked) -> Notice:
    return await given.pay(place, who, owed_by(booked))


async def bought(place: Place, *, units: int = 1, **more: Any) -> tuple[given.Goods, given.Buyer, Booked]:
    """An order of a presale of which everything is paid."""
    of, who, booked = await deposited(place, units=units, **more)
    await place.later(BALANCE_FROM)
    await pay_balance(place, who, booked)
    return of, who, booked


async def booking_of(place: Place, booked: Booked) -> Booking:
    async with place.work() as work:
        return (await presale.bookings_of(work, [booked.order]))[booked.order]
