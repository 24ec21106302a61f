"""Races for gifts and for coupons that friends open. Each with its control."""

from typing import Any

import pytest

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import fresh_key
from tests.given.races import CROWD, Rivals, meet_after_loading, one_won, unguarded
from tuan.kit.refusals import Refusal, granted
from tuan.trade import orders
from tuan.value import promotions
from tuan.value.promotions import store
from tuan.value.promotions.errors import GiftGone
from tuan.value.promotions.model import TakeCoupon, TakeGift


async def one_gift(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Fifty people with the link of one gift."""
    giver, people = await given.buyer(rivals.one), await given.crowd(rivals.one, CROWD)
    gift = granted(await promo.gift(rivals.one, giver, await promo.coupon(rivals.one, giver, giftable=True)))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        return await rivals.crowd(orders.take_gifts, [TakeGift(who.id, fresh_key(), gift.code) for who in people])


async def test_a_gift_is_taken_by_one_of_fifty(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await one_gift(rivals, monkeypatch), GiftGone)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_gift_is_taken_again(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_COUPONS_SQL"), (store, "LOCK_TEMPLATES_SQL"), (store, "MOVE_COUPONS"),
              (store, "END_GIFTS"))  # fmt: skip
    outcomes = await one_gift(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, GiftGone)


FRIENDS = 10


async def friends_come(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[Any]]:
    """Fifty friends at once for a coupon that ten of them open."""
    starter, people = await given.buyer(rivals.one), await given.crowd(rivals.one, CROWD)
    of = await promo.template(rivals.one, way="friends", friends=FRIENDS)
    mine = granted(await promo.take(rivals.one, starter, of))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        asked = [TakeCoupon(who.id, fresh_key(), of, starter=mine) for who in people]
        return mine, await rivals.crowd(promotions.take_coupons, asked)


async def missing(rivals: Rivals, coupon: Any) -> tuple[str, int, int]:
    """The coupon's state, how many friends it misses, how many helped."""
    async with rivals.one.work() as work:
        row = await work.fetch_one(
            "SELECT state, friends_missing, (SELECT count(*) FROM promotions.helps h WHERE h.market_id = $1 "
            "AND h.coupon_id = $2) AS helped FROM promotions.coupons WHERE market_id = $1 AND id = $2", coupon,
        )  # fmt: skip
        assert row is not None
        return row["state"], row["friends_missing"], row["helped"]


async def test_the_tenth_friend_opens_it_exactly_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, outcomes = await friends_come(rivals, monkeypatch)
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes)
    assert await missing(rivals, mine) == ("free", 0, CROWD)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_friends_are_lost(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the fifty counts from the same row, so that hardly anybody counts."""
    unguarded(monkeypatch, (store, "LOCK_COUPONS_SQL"), (store, "LOCK_TEMPLATES_SQL"), (store, "MOVE_COUPONS"))
    mine, _ = await friends_come(rivals, monkeypatch)
    state, friends_missing, helped = await missing(rivals, mine)
    assert state == "locked" and FRIENDS - friends_missing < helped
    assert any(name.startswith("I16c:") for name in await rivals.one.breaches())
