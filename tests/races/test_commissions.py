"""A held commission is released and void at once, and one payment is heard twice at once. Each with its control."""

from typing import Any
from uuid import UUID

import pytest

from tests.given import commissions as given
from tests.given import goods
from tests.given.races import Rivals, meet_after_loading, unguarded
from tests.verbs.test_held_commissions import held
from tuan.kit.refusals import granted
from tuan.play import distribution
from tuan.play.distribution import store
from tuan.play.distribution.actions import following
from tuan.play.distribution.errors import NotInHold
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.trade.settlement import store as settlement_store


async def decide_at_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What both heard who decided about one commission that was settled and lies with its shop."""
    place = rivals.one
    of, shop, who, order, commission = await held(place)
    await given.keep(place, of, who, order)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        heard = await rivals.race(
            place.do(distribution.release, commission, reason="real"),
            rivals.other.do(distribution.void, commission, reason="not real"),
        )
    await place.quiet()
    assert (await given.balance(place, shop))[0] in (0, 199)
    return heard


async def test_of_two_who_decide_one_has_decided(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = await decide_at_once(rivals, monkeypatch)
    assert sum(one is None for one in heard) == 1 and sum(isinstance(one, NotInHold) for one in heard) == 1, heard
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_both_decide(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_ONE_SQL"), (store, "MOVE_COMMISSIONS"))
    heard = await decide_at_once(rivals, monkeypatch)
    assert not any(isinstance(one, NotInHold) for one in heard), heard


async def hear_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], UUID]:
    """What two heard who accrue one order at once."""
    place = rivals.one
    of = await goods.goods(place, price_minor=1990)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    command = PlaceOrder(who.id, goods.fresh_key(), ((of.sku, 1),), who.address, None, share=shop.code)
    placed = granted(await place.one(orders.place_orders, command))
    await given.plan(place)  # too late for what was placed before it
    notice = await goods.provider_pays(place, await goods.start_paying(place, who, placed))
    second = granted(await place.one(orders.place_orders, PlaceOrder(who.id, goods.fresh_key(), ((of.sku, 1),), who.address, None, share=shop.code)))  # fmt: skip
    await place.one(orders.apply_notices, notice)
    await place.one(
        orders.apply_notices, await goods.provider_pays(place, await goods.start_paying(place, who, second))
    )
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        both = [*placed.orders, *second.orders]
        heard = await rivals.race(place.do(following.accrue, both), rivals.other.do(following.accrue, both))
    await place.quiet()
    assert await given.commissions(place, placed.orders[0]) == []
    return heard, second.orders[0]


async def test_a_payment_that_is_heard_twice_promises_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, order = await hear_twice(rivals, monkeypatch)
    assert heard == [None, None]
    assert [row["amount_minor"] for row in await given.commissions(rivals.one, order)] == [199]
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_one_of_them_stumbles(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (settlement_store, "PLACED_SQL"))
    heard, _ = await hear_twice(rivals, monkeypatch)
    assert any(isinstance(one, BaseException) for one in heard), heard
