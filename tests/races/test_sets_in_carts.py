"""The same sets of a bundle checked out on many devices: bought once, and without the lock the race is lost."""

from typing import Any

import pytest

from tests.given import carts as mine
from tests.given import goods as given
from tests.given.goods import fresh_key
from tests.given.races import CROWD, Rivals, meet_after_loading, one_won, unguarded
from tuan.trade import carts, orders
from tuan.trade.carts import store
from tuan.trade.carts.errors import CartChanged
from tuan.trade.orders.model import PlaceOrder


async def one_cart(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """Fifty devices of one person check out one set; outcomes, and sets that are held."""
    one, other = await given.goods(rivals.one, units=2 * CROWD), await given.goods(rivals.one, units=CROWD)
    who, bundle = await given.buyer(rivals.one), await mine.bundle(rivals.one, one, other)
    assert await mine.put_sets(rivals.one, who, bundle) is None
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        buys = [
            PlaceOrder(who.id, fresh_key(), (), who.address, None, from_cart=True, sets=((bundle, 1),))
            for _ in range(CROWD)
        ]
        outcomes = await rivals.crowd(orders.place_orders, buys)
    return outcomes, CROWD - await given.free_units(rivals.one, other)


async def test_sets_are_checked_out_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, held = await one_cart(rivals, monkeypatch)
    one_won(outcomes, CartChanged)
    assert held == 1
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_sets_are_checked_out_again(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """That they were really deleted stops the others all the same, but as a mistake of ours; without that they are bought often."""
    unguarded(monkeypatch, (store, "LOCK_SETS_SQL"))
    outcomes, held = await one_cart(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, CartChanged)
    assert held == 1

    async def forgets(*_: Any) -> None:
        """What was checked out stays in the cart."""

    monkeypatch.setattr(carts, "save_carts", forgets)
    _, held = await one_cart(rivals, monkeypatch)
    assert held == CROWD
