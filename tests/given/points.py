"""Points for tests: the terms of a market, and persons who have some."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given.goods import Buyer, Goods, fresh_key
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import points
from tuan.value.points.model import Source, Terms

TERMS = Terms(
    earn_points=1, earn_per_minor=100, earn_order_max=500, event_day_max=30, valid_days=365, hundred_minor=100,
    spend_permyriad=5000, spend_min=10, owes_reversed=True,
)  # fmt: skip
"""A point for every yuan, a cent for every point, half of the goods at most."""


async def terms(place: Place, of: Terms = TERMS) -> Terms:
    assert await place.do(points.set_terms, of, reason="test") is None
    return of


async def grant(place: Place, person: UUID, units: int) -> None:
    assert await place.do(points.grant, [person], units, reason="test") is None


async def balance(place: Place, person: UUID) -> Any:
    return await place.do(points.balance, person)


async def place_order(place: Place, who: Buyer, of: Goods, points: int, *, units: int = 1, key: str = "") -> Any:
    """Buy alone, and pay a part with so many points."""
    command = PlaceOrder(who.id, key or fresh_key(), ((of.sku, units),), who.address, None, points=points)
    return await place.one(orders.place_orders, command)


async def tap(place: Place, person: UUID, units: int) -> int:
    """What a reward for a tap today comes to."""
    async with place.work() as work:
        since = work.now - timedelta(hours=1)
        return await points.reward(work, person, Source.CHECK_IN, new_uuid(), units, since=since)


def whole(of: Terms = TERMS) -> Terms:
    """Terms by which points may pay for everything."""
    return replace(of, spend_permyriad=10_000)
