"""Races for coupons: one that can be used once, one template with one left, one person's share. Each with its control."""

from typing import Any

import pytest

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import fresh_key
from tests.given.races import CROWD, Rivals, meet_after_loading, one_won, unguarded
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import promotions
from tuan.value.promotions import store
from tuan.value.promotions.errors import CouponSpent, TakenAll, TakenEnough
from tuan.value.promotions.model import TakeCoupon

MANY = 200
"""How many try to use one coupon: in four waves, since a wave has a connection for each of them."""


async def one_use(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two hundred orders of one person with the one coupon he has."""
    who, coupon = await given.buyer(rivals.one), None
    coupon = await promo.coupon(rivals.one, who)
    some = [
        await given.goods(rivals.one) for _ in range(CROWD)
    ]  # each its own goods, or their stock would be the guard
    outcomes: list[Any] = []
    for _ in range(MANY // CROWD):
        with monkeypatch.context() as patch:
            meet_after_loading(patch, CROWD)
            buys = [PlaceOrder(who.id, fresh_key(), ((of.sku, 1),), who.address, None, (coupon,)) for of in some]
            outcomes += await rivals.crowd(orders.place_orders, buys)
    return outcomes


async def test_a_coupon_is_used_once_by_two_hundred(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """E9: a coupon for one use."""
    outcomes = await one_use(rivals, monkeypatch)
    assert len(outcomes) == MANY
    one_won(outcomes, CouponSpent)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_coupon_is_used_again(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_COUPONS_SQL"), (store, "MOVE_COUPONS"))
    outcomes = await one_use(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, CouponSpent)
    assert any(name.startswith("I16a:") for name in await rivals.one.breaches())


async def last_one(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Fifty people want the one coupon that is left."""
    of, people = await promo.template(rivals.one, total=1), await given.crowd(rivals.one, CROWD)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        return await rivals.crowd(promotions.take_coupons, [TakeCoupon(who.id, fresh_key(), of) for who in people])


async def test_the_last_coupon_is_taken_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await last_one(rivals, monkeypatch), TakenAll)
    assert await rivals.one.breaches() == {}


async def test_control_without_guards_the_last_coupon_is_taken_again(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock, the condition of the write and the CHECK would each stop it; without the first two the CHECK is what is left."""
    unguarded(monkeypatch, (store, "LOCK_TEMPLATES_SQL"))
    outcomes = await last_one(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, TakenAll)
    assert await rivals.one.breaches() == {}, "the conditional write stops it all the same, but says so less kindly"


async def share(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One person in fifty windows, who may have one."""
    of, who = await promo.template(rivals.one), await given.buyer(rivals.one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        return await rivals.crowd(promotions.take_coupons, [TakeCoupon(who.id, fresh_key(), of) for _ in range(CROWD)])


async def test_a_person_takes_his_share_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """E9: what one person may have."""
    one_won(await share(rivals, monkeypatch), TakenEnough)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_person_is_not_told_why(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unique number of a person's coupons still stops him; what is lost is the reason."""
    unguarded(monkeypatch, (store, "LOCK_TEMPLATES_SQL"))
    outcomes = await share(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, TakenEnough)
    assert await rivals.one.breaches() == {}
