"""A crowd over HTTP, through two server processes, for a hundred units: exactly a hundred are sold.

The control lets the same crowd loose on two servers whose stock nobody guards, and must sell too many.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.serving import Client, Shopper, server, shoppers
from tuan.goods.catalog.model import SKU

UNITS = 100
CONNECTIONS = 200
P99_SECONDS_MAX = 2


@dataclass(slots=True)
class Sale:
    """What a crowd heard, by status and refusal, how long each waited, and what was sold to it."""

    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    orders: int = 0
    left: int = 0

    @property
    def p99_seconds(self) -> float:
        return sorted(self.seconds)[len(self.seconds) * 99 // 100]


async def queue_up(client: Client, sku: str, buyers: Iterator[Shopper], sale: Sale) -> None:
    try:
        for who in buyers:
            began = time.perf_counter()
            answer = await client.ask(
                who, "POST", "/orders", key="one", sku=sku, units="1", address=who.address, quoted_minor="1990"
            )
            sale.seconds.append(time.perf_counter() - began)
            sale.answers[answer.status, answer.code] += 1
    finally:
        client.close()


async def sell_out(place: Place, count: int, module: str) -> Sale:
    """So many buyers, each with one wish, at two servers at once."""
    of = await given.goods(place, units=UNITS)
    people, sale = iter(await shoppers(place, count)), Sale()
    async with AsyncExitStack() as stack:
        starting = (stack.enter_async_context(server(place.house.settings, module)) for _ in range(2))
        ports = await asyncio.gather(*starting)
        clients = [Client(place.host, ports[number % 2]) for number in range(CONNECTIONS)]
        began = time.perf_counter()
        await asyncio.gather(*(queue_up(client, SKU.show(of.sku), people, sale) for client in clients))
        took = time.perf_counter() - began
    async with place.work() as work:
        sale.orders = await work.fetch_value("SELECT count(*) FROM orders.orders WHERE market_id = $1")
    sale.left = await given.free_units(place, of)
    print(
        f"\n{module}: {count} buyers for {UNITS} units, {sale.orders} sold in {took:.1f} s, "
        f"{count / took:.0f} answers/s, p99 {sale.p99_seconds:.2f} s, {dict(sale.answers)}"
    )
    return sale


def sold_exactly(sale: Sale, count: int) -> None:
    """Whoever got nothing was told so in clear words, and nobody waited long."""
    assert sale.answers == {(201, ""): UNITS, (409, "supply.sold_out"): count - UNITS}
    assert (sale.orders, sale.left) == (UNITS, 0)
    assert sale.p99_seconds < P99_SECONDS_MAX


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.nightly)])
async def test_a_crowd_at_two_servers_buys_what_there_is(place: Place, count: int) -> None:
    sold_exactly(await sell_out(place, count, "tuan.cli"), count)
    assert await place.breaches() == {}


async def test_control_without_lock_a_crowd_buys_more_than_there_is(place: Place) -> None:
    sale = await sell_out(place, 300, "tests.races.unguarded")
    with pytest.raises(AssertionError):
        sold_exactly(sale, 300)
    assert sale.orders > UNITS
    assert any(name.startswith("I4:") for name in await place.breaches())
