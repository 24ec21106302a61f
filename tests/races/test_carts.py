"""Races of carts: one cart checked out on many devices, one person's share of limited goods, the last line of a cart.

Each race is run twice: as it is, and as its own control with the guard taken off, which must fail.
"""

from typing import Any

import pytest

from tests.given import carts as mine
from tests.given import goods as given
from tests.given.goods import fresh_key
from tests.given.races import CROWD, Rivals, meet_after_loading, one_won, unguarded
from tuan.trade import carts, orders
from tuan.trade.carts import store as carts_store
from tuan.trade.carts.errors import CartChanged, CartFull
from tuan.trade.carts.model import LINES_MAX
from tuan.trade.orders import store as orders_store
from tuan.trade.orders.errors import PersonLimit
from tuan.trade.orders.model import PlaceOrder


async def one_cart(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """Fifty devices of one person check out the same cart of two suppliers; outcomes, and units that are held."""
    apples, pears = await given.goods(rivals.one, units=CROWD), await given.goods(rivals.one, units=CROWD)
    who = await given.buyer(rivals.one)
    await mine.put(rivals.one, who, (apples, 1), (pears, 1))
    items = ((apples.sku, 1), (pears.sku, 1))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        buys = [PlaceOrder(who.id, fresh_key(), items, who.address, None, from_cart=True) for _ in range(CROWD)]
        outcomes = await rivals.crowd(orders.place_orders, buys)
    return outcomes, CROWD - await given.free_units(rivals.one, apples)


async def test_a_cart_is_checked_out_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, held = await one_cart(rivals, monkeypatch)
    one_won(outcomes, CartChanged)
    assert held == 1
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_cart_is_checked_out_again(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines, read without a lock, are there for everybody; that each of them was really deleted stops the others all
    the same, but as a mistake of ours. Without that, too, the same cart is bought many times."""
    unguarded(monkeypatch, (carts_store, "LOCK_LINES_SQL"))
    outcomes, held = await one_cart(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, CartChanged)
    assert held == 1
    monkeypatch.setattr(carts_store, "CHECK_OUT_SQL", "")
    monkeypatch.setattr(carts, "save_carts", _forgets)
    _, held = await one_cart(rivals, monkeypatch)
    assert held == CROWD


async def _forgets(*_: Any) -> None:
    """What was checked out stays in the cart."""


async def share(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One person in fifty windows, who may have two of it, wants two in each."""
    of, who = await given.goods(rivals.one, units=2 * CROWD), await given.buyer(rivals.one)
    await mine.limit(rivals.one, of, 2)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        buys = [PlaceOrder(who.id, fresh_key(), ((of.sku, 2),), who.address, None) for _ in range(CROWD)]
        return await rivals.crowd(orders.place_orders, buys)


async def test_a_person_buys_his_share_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await share(rivals, monkeypatch), PersonLimit)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_person_buys_more_than_his_share(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (orders_store, "LOCK_BUYERS_SQL"))
    with pytest.raises(AssertionError):
        one_won(await share(rivals, monkeypatch), PersonLimit)


async def last_line(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two devices put different goods into a cart that takes one more line."""
    of, who = await given.goods(rivals.one, skus=LINES_MAX + 1), await given.buyer(rivals.one)
    *there, one, other = (of.sku, *of.extra)
    for sku in there:
        assert await rivals.one.do(carts.put_in_cart, who.id, sku, 1) is None
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="execute")
        return await rivals.race(
            rivals.one.do(carts.put_in_cart, who.id, one, 1), rivals.other.do(carts.put_in_cart, who.id, other, 1)
        )


async def test_a_cart_takes_its_last_line_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await last_line(rivals, monkeypatch), CartFull)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_cart_takes_more_than_its_last_line(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (carts_store, "LOCK_PERSON_SQL"))
    assert await last_line(rivals, monkeypatch) == [None, None]
    assert any(name.startswith("I51:") for name in await rivals.one.breaches())
