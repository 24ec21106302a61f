"""Two who open one shop at once: it opens once. With its control."""

import pytest

from tests.given import shops as shopping
from tests.given.races import Rivals, meet_after_loading, unguarded
from tuan.play import shops
from tuan.play.shops import store
from tuan.play.shops.errors import NotWaiting

SHOPS_SQL = "SELECT count(*)::int FROM parties.shops WHERE market_id = $1"


async def two_approve(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[object]]:
    """How many shops there are when two members of staff approve one application at once, and what each heard."""
    place = rivals.one
    application = await shopping.waiting(place)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        heard = await rivals.race(
            place.do(shops.approve, application, reason="test"),
            rivals.other.do(shops.approve, application, reason="test"),
        )
    async with place.work() as work:
        return await work.fetch_value(SHOPS_SQL), heard


async def test_of_two_approvals_one_opens(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    count, heard = await two_approve(rivals, monkeypatch)
    assert count == 1 and [one for one in heard if isinstance(one, NotWaiting)]
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_both_do(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_APPLICATION_SQL"), (store, "MOVE_APPLICATIONS"))
    assert (await two_approve(rivals, monkeypatch))[0] == 2


async def two_coupons(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> int:
    """What is held of a budget that is enough for one coupon when two are made at once."""
    shop, _, _ = await shopping.with_budget(rivals.one, 1000)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="execute")
        await rivals.race(
            shopping.coupon(rivals.one, shop, off_minor=100, total=7),
            shopping.coupon(rivals.other, shop, off_minor=100, total=7),
        )
    async with rivals.one.work() as work:
        return int(
            await work.fetch_value("SELECT coalesce(sum(held_minor), 0)::int FROM shops.coupons WHERE market_id = $1")
        )


async def test_two_coupons_at_once_never_hold_more_than_the_budget(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await two_coupons(rivals, monkeypatch) == 700
    assert await rivals.one.breaches() == {}


async def test_control_without_the_condition_they_do(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """The condition is taken out of the write, as if it had been looked at before; the check of the table would still stop it."""
    bare = store.HOLD_SQL.replace("held_minor = held_minor + $3", "budget_minor = budget_minor + 0 * $3").replace(
        " AND held_minor + $3 <= budget_minor", ""
    )
    assert bare != store.HOLD_SQL
    monkeypatch.setattr(store, "HOLD_SQL", bare)
    assert await two_coupons(rivals, monkeypatch) == 1400
