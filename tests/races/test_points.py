"""Races for one person's points: spent by fifty sessions and taken by an operator at once, spent by two orders, spent as they end.

Each race is run twice: as it is, and as its own control with the guard taken off, which must fail.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import points as wallets
from tests.given.goods import fresh_key
from tests.given.houses import Place
from tests.given.races import CROWD, Rivals, meet_after_loading, unguarded
from tuan.kit.refusals import Refusal
from tuan.trade import orders
from tuan.trade.orders.model import Placed, PlaceOrder
from tuan.value import ledger, points
from tuan.value.ledger.model import Postings
from tuan.value.points import Balance
from tuan.value.points import store as points_store
from tuan.value.points.errors import PointsShort

EACH, HAS = 100, 1050
"""What each session spends, and what there is: ten can, and something is left over."""


async def each_of_its_own(place: Place, who: given.Buyer, count: int, spends: int) -> list[PlaceOrder]:
    """Orders of goods of their own, so that nothing but the points is wanted by two of them."""
    of = await given.goods(place, skus=count)
    skus = (of.sku, *of.extra)
    return [PlaceOrder(who.id, fresh_key(), ((sku, 1),), who.address, None, points=spends) for sku in skus]


async def sessions(rivals: Rivals, monkeypatch: pytest.MonkeyPatch, count: int) -> tuple[list[Any], given.Buyer]:
    """So many sessions of one person spend his points at once; the last of them is an operator who takes some."""
    place = rivals.one
    await wallets.terms(place)
    who = await given.buyer(place)
    await wallets.grant(place, who.id, HAS)
    commands = await each_of_its_own(place, who, count - 1, EACH)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, count)
        taking = rivals.other.do(points.deduct, who.id, EACH, reason="test")
        spent = [
            (rivals.one, rivals.other)[n % 2].house.lanes.submit(orders.place_orders, place.market, command, shard=n)
            for n, command in enumerate(commands)
        ]
        return await rivals.race(*spent, taking), who


def nothing_is_spent_twice(outcomes: list[Any], has: Balance) -> None:
    """Whoever had points had them once; the others heard how many are left."""
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    had = sum(outcome is None or isinstance(outcome, Placed) for outcome in outcomes)
    assert had == HAS // EACH
    assert {outcome for outcome in outcomes if isinstance(outcome, Refusal)} == {PointsShort(left=HAS % EACH)}
    assert has.spendable == HAS % EACH


async def test_fifty_sessions_and_an_operator_spend_what_there_is(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E10: the wallet of one person."""
    outcomes, who = await sessions(rivals, monkeypatch, CROWD)
    nothing_is_spent_twice(outcomes, await wallets.balance(rivals.one, who.id))
    await rivals.one.quiet()
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_points_are_spent_again(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (points_store, "LOCK_WALLETS_SQL"))
    outcomes, who = await sessions(rivals, monkeypatch, CROWD)
    with pytest.raises(AssertionError):
        nothing_is_spent_twice(outcomes, await wallets.balance(rivals.one, who.id))
    assert any(name.startswith("I35a:") for name in await rivals.one.breaches())


async def two_orders(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two orders, in two processes, want the same points."""
    place = rivals.one
    await wallets.terms(place)
    who = await given.buyer(place)
    await wallets.grant(place, who.id, 900)
    commands = await each_of_its_own(place, who, 2, 900)
    with monkeypatch.context() as patch:
        meet_after_loading(patch)
        return await rivals.crowd(orders.place_orders, commands)


def one_has_them(outcomes: list[Any]) -> None:
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Placed", "PointsShort"], outcomes


async def test_the_same_points_pay_one_order(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_has_them(await two_orders(rivals, monkeypatch))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_they_pay_both(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (points_store, "LOCK_WALLETS_SQL"))
    outcomes = await two_orders(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_has_them(outcomes)


async def spent_as_they_end(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """An order wants points a moment before their end; the sweep that lets them expire comes at the same time, and its
    clock says that they are over."""
    place = rivals.one
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 900)
    await place.do(_end_now, who.id)
    command = PlaceOrder(who.id, fresh_key(), ((of.sku, 1),), who.address, None, points=900)
    with monkeypatch.context() as patch:
        meet_after_loading(patch)
        expiring = rivals.other.do(_expire_slowly)
        return await rivals.race(place.house.lanes.submit(orders.place_orders, place.market, command), expiring)


async def _end_now(work: Any, person: Any) -> None:
    await work.execute(
        "UPDATE points.lots SET expires_at = $3 WHERE market_id = $1 AND person_id = $2",
        person,
        work.now + timedelta(seconds=1),
    )


async def _expire_slowly(work: Any) -> int:
    """The sweep as it is, at a time that is a little ahead, with a pause before it decides."""
    work.now += timedelta(seconds=5)
    due = await points_store.expiry_due(work, limit=10)
    lots = await points_store.load_lots(work, due)
    at = work.now
    await work.read_clock()
    ended = lots.expire_due(at)
    postings = Postings()
    await points_store.save_lots(work, lots, postings)
    await ledger.save_postings(work, postings)
    return ended


def spent_or_gone(outcomes: list[Any]) -> None:
    """Either the order holds them, or they are gone: not both, and no error in between."""
    order, expired = outcomes
    assert (isinstance(order, Placed), expired) in ((True, 0), (False, 1)), outcomes


async def test_points_are_spent_or_expire(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    spent_or_gone(await spent_as_they_end(rivals, monkeypatch))
    await rivals.one.quiet()
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_they_are_spent_and_expire(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (points_store, "LOCK_WALLETS_SQL"))
    outcomes = await spent_as_they_end(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        spent_or_gone(outcomes)
