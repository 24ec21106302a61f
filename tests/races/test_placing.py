"""Races of fifty for what is scarce at placement: the last seat, the last unit, one person's limit.

Each race is run twice: as it is, and as its own control with the guard taken off, which must fail.
"""

from typing import Any

import pytest

from tests.given import goods as given
from tests.given.goods import Buyer, Goods, fresh_key
from tests.given.races import CROWD, Rivals, meet_after_loading, one_won, unguarded
from tuan.goods.supply import store as supply_store
from tuan.goods.supply.errors import SoldOut
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy import store as teams_store
from tuan.play.groupbuy.errors import PersonLimit, TeamFull
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder


def buys(who: Buyer, of: Goods) -> PlaceOrder:
    return PlaceOrder(who.id, fresh_key(), ((of.sku, 1),), who.address, None)


async def last_seat(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Fifty people ask for the one seat that a team has left."""
    of = await given.campaign(rivals.one, await given.goods(rivals.one))
    team = await given.paid_team(rivals.one, await given.buyer(rivals.one), of)
    people = await given.crowd(rivals.one, CROWD)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        joins = [JoinTeam(who.id, fresh_key(), team.team, of.sku, 1, who.address) for who in people]
        return await rivals.crowd(groupbuy.seat_buyers, joins)


async def test_the_last_seat_is_sold_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await last_seat(rivals, monkeypatch), TeamFull)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_sells_the_last_seat_again(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (teams_store, "LOCK_TEAMS_SQL"))
    outcomes = await last_seat(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, TeamFull)
    assert any(name.startswith("I2a:") for name in await rivals.one.breaches())


async def last_unit(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Fifty people ask for the one unit that is left."""
    of = await given.goods(rivals.one, units=1)
    people = await given.crowd(rivals.one, CROWD)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        return await rivals.crowd(orders.place_orders, [buys(who, of) for who in people])


async def test_the_last_unit_is_sold_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await last_unit(rivals, monkeypatch), SoldOut)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_sells_the_last_unit_again(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (supply_store, "LOCK_STOCK_SQL"))
    outcomes = await last_unit(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, SoldOut)
    assert any(name.startswith("I4:") for name in await rivals.one.breaches())


async def limited(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One person in fifty windows, with one unit allowed; his limit row is there already."""
    of = await given.campaign(rivals.one, await given.goods(rivals.one), units_per_person_max=1)
    who = await given.buyer(rivals.one)
    tried = granted(await given.open_team(rivals.one, who, of))
    assert await rivals.one.do(orders.cancel_unpaid, tried.order, who.id, reason="test") is None
    await rivals.one.quiet()
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        opens = [OpenTeam(who.id, fresh_key(), of.campaign, of.sku, 1, who.address) for _ in range(CROWD)]
        return await rivals.crowd(groupbuy.seat_buyers, opens)


async def test_a_person_limit_holds_in_fifty_windows(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await limited(rivals, monkeypatch), PersonLimit)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_person_passes_his_limit(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (teams_store, "LOCK_LIMITS_SQL"))
    outcomes = await limited(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, PersonLimit)
    assert any(name.startswith("I10:") for name in await rivals.one.breaches())
