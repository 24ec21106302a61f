"""Parcels for tests: orders to send, and parcels that the sandbox carrier knows of."""

from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.gateways.sandbox_carrier import SandboxCarrier
from tuan.trade import shipping

CARRIER = "sandbox_express"


def carrier_of(place: Place) -> SandboxCarrier:
    found = place.house.carriers[SandboxCarrier.name]
    assert isinstance(found, SandboxCarrier)
    return found


async def to_ship(place: Place) -> tuple[given.Goods, UUID]:
    """Goods, and a paid order of them."""
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return of, placed.orders[0]


async def made(place: Place, of: given.Goods) -> tuple[UUID, UUID]:
    """Order and parcel of these goods, the number given."""
    who = await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    parcel = granted(await place.do(shipping.announce, placed.orders[0], of.supplier, CARRIER))
    await place.quiet()
    return placed.orders[0], parcel


async def announced(place: Place, notify_url: str = "") -> tuple[given.Goods, UUID, UUID]:
    """Goods, order, and a parcel whose number the carrier has given."""
    of, order = await to_ship(place)
    parcel = granted(await place.do(shipping.announce, order, of.supplier, CARRIER, notify_url=notify_url))
    await place.quiet()
    return of, order, parcel


async def parcel_of(place: Place, order: UUID) -> Any:
    async with place.work() as work:
        return (await shipping.of_orders(work, [order])).get(order)


async def scans_of(place: Place, parcel: UUID) -> list[str]:
    """Statuses, the latest first."""
    async with place.work() as work:
        return [row["status"] for row in (await shipping.scans_of(work, [parcel]))[parcel]]
