"""Carts, freight templates and limits for tests."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import Freight, FreightRule, NewFreight, Parcel
from tuan.kit.refusals import granted
from tuan.trade import carts, orders
from tuan.trade.orders.model import PlaceOrder

ZHEJIANG, TIBET = "浙江省", "西藏自治区"
RULES = (
    FreightRule(frozenset((ZHEJIANG,)), first_minor=600, next_minor=200, free_above_minor=9900),
    FreightRule(frozenset((TIBET,)), delivers=False),
    FreightRule(first_minor=1200, next_minor=500),
)
"""To Zhejiang 6.00 and 2.00 more each, free from 99.00 on; not to Tibet; elsewhere 12.00 and 5.00."""


async def freight(place: Place, of: Goods, *rules: FreightRule, name: str = "快递", **more: Any) -> Any:
    """The supplier of these goods keeps a template; what the verb answers."""
    measure = more.pop("measure", "pieces")
    new = NewFreight(name, Freight(rules or RULES, measure), more.pop("is_usual", False))
    return await place.do(catalog.keep_freight, of.supplier, new, reason="test", **more)


async def sent(place: Place, *rules: FreightRule, **more: Any) -> Goods:
    """Goods that are sent by a template."""
    of = await given.goods(place, **more)
    granted(await freight(place, of, *rules))
    return of


async def limit(place: Place, of: Goods, most: int) -> None:
    assert await place.do(catalog.set_parcel, of.supplier, of.sku, Parcel(0, 0, most), reason="test") is None


async def put(place: Place, who: Buyer, *wanted: tuple[Goods, int]) -> None:
    for of, units in wanted:
        assert await place.do(carts.put_in_cart, who.id, of.sku, units) is None


async def lines(place: Place, who: Buyer) -> dict[UUID, int]:
    """Units by SKU."""
    async with place.work() as work:
        return {row["sku_id"]: row["units"] for row in await carts.lines_of(work, who.id)}


async def check_out(place: Place, who: Buyer, wanted: Sequence[tuple[Goods, int]], **more: Any) -> Any:
    items = tuple((of.sku, units) for of, units in wanted)
    command = PlaceOrder(who.id, more.pop("key", None) or given.fresh_key(), items, more.pop("address", who.address),
                         more.pop("quoted", None), from_cart=True, **more)  # fmt: skip
    return await place.one(orders.place_orders, command)


async def bundle(place: Place, one: Goods, other: Goods, **terms: Any) -> Any:
    """Two of one and one of the other for so much less than apart; at most three at once."""
    apart = 2 * one.price_minor + other.price_minor
    terms = {"set_minor": apart - 501, "per_order": 3} | terms
    return granted(await promo.rule(place, "bundle", set_units={one.sku: 2, other.sku: 1}, **terms))


async def put_sets(place: Place, who: Buyer, bundle: UUID, sets: int = 1) -> Any:
    """What putting so many sets in answers."""
    return await place.do(carts.put_sets_in_cart, who.id, bundle, sets)


async def sets(place: Place, who: Buyer) -> dict[UUID, tuple[int, int]]:
    """(How many, what one cost when that was said) by bundle."""
    async with place.work() as work:
        return {row["bundle_id"]: (row["sets"], row["set_minor"]) for row in await carts.sets_of(work, who.id)}
