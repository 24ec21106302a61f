"""Coupons and rules for tests, all made by the verbs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given.goods import Buyer, Goods, fresh_key
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import promotions
from tuan.value.promotions.model import NewRule, NewTemplate, TakeCoupon, TakeGift

DAY = timedelta(days=1)


async def launch(place: Place, **terms: Any) -> Any:
    """What launching a template answers: ten off in minor hundreds, in the coupon centre for a week, valid a month."""
    async with place.work() as work:
        given: dict[str, Any] = {
            "name": "立减 10 元", "starts_at": work.now - DAY, "ends_at": work.now + 7 * DAY,
            "valid_seconds": None if "valid_until" in terms else 30 * 86_400,
            "off_minor": 0 if "off_permyriad" in terms else 1000,
        } | terms  # fmt: skip
        return await promotions.launch_template(work, NewTemplate(**given), reason="test")


async def template(place: Place, **terms: Any) -> Any:
    return granted(await launch(place, **terms))


async def take(place: Place, who: Buyer, of: UUID | None, *, key: str | None = None, **more: Any) -> Any:
    """One coupon for this person; what the verb answers."""
    command = TakeCoupon(who.id, key or fresh_key(), of, **more)
    return await place.one(promotions.take_coupons, command)


async def coupon(place: Place, who: Buyer, **terms: Any) -> Any:
    """A coupon of a template of its own."""
    return granted(await take(place, who, await template(place, **terms)))


async def gift(place: Place, who: Buyer, of: UUID) -> Any:
    """What giving this coupon on answers."""
    return await place.do(promotions.give_coupon, of, who.id)


async def take_gift(place: Place, who: Buyer, code: str, *, key: str | None = None) -> Any:
    return await place.one(orders.take_gifts, TakeGift(who.id, key or fresh_key(), code))


async def buy(
    place: Place,
    who: Buyer,
    of: Goods,
    chosen: Sequence[UUID] = (),
    units: int = 1,
    quoted: int | None = None,
    **more: Any,
) -> Any:
    """Buy alone with these coupons; what the verb answers."""
    command = PlaceOrder(who.id, fresh_key(), ((of.sku, units),), who.address, quoted, tuple(chosen), **more)
    return await place.one(orders.place_orders, command)


async def rule(place: Place, kind: str, **terms: Any) -> Any:
    """What launching a rule answers; it runs now, for a day."""
    async with place.work() as work:
        given = {"name": kind, "starts_at": work.now - timedelta(minutes=1), "ends_at": work.now + DAY} | terms
        return await promotions.launch_rule(work, NewRule(kind, **given), reason="test")


async def presents(place: Place, giver: Buyer, taker: Buyer) -> None:
    """A gift that waits, one that was taken, and a coupon that one of three friends has helped to open."""
    of = await template(place, giftable=True, per_person=2)
    gifts = [granted(await gift(place, giver, granted(await take(place, giver, of)))) for _ in range(2)]
    granted(await take_gift(place, taker, gifts[0].code))
    friends = await template(place, way="friends", friends=3)
    mine = granted(await take(place, giver, friends))
    granted(await take(place, taker, friends, starter=mine))


async def states(place: Place) -> dict[UUID, str]:
    """The state of each coupon of the market."""
    async with place.work() as work:
        rows = await work.fetch("SELECT id, state FROM promotions.coupons WHERE market_id = $1")
        return {row["id"]: row["state"] for row in rows}
