"""Races of baskets: the same goods asked for the other way round, and two lines that draw on one stock.

Each race is run twice: as it is, and as its own control with the guard taken off, which must fail.
"""

import asyncio
from contextlib import suppress
from itertools import cycle
from typing import Any

import asyncpg
import pytest

from tests.given import goods as given
from tests.given.goods import fresh_key
from tests.given.races import CROWD, Rivals, count_retries, meet_after_loading
from tuan.goods.supply import store as supply_store
from tuan.goods.supply.errors import NotEnough
from tuan.goods.supply.model import Stock
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.orders.model import Placed, PlaceOrder

DEADLOCK = "40P01"
BASKETS = 200


async def both_ways(rivals: Rivals, count: int) -> list[PlaceOrder]:
    """So many baskets, every other one with its two lines turned round."""
    of = await given.goods(rivals.one, units=count, skus=2)
    lines = ((of.sku, 1), (of.extra[0], 1))
    people = await given.crowd(rivals.one, count)
    ways = cycle((lines, lines[::-1]))
    return [PlaceOrder(who.id, fresh_key(), way, who.address, None) for who, way in zip(people, ways, strict=False)]


async def placed(rivals: Rivals, monkeypatch: pytest.MonkeyPatch, baskets: list[PlaceOrder]) -> tuple[list[Any], int]:
    """(outcomes, deadlocks) of all of them at once."""
    with monkeypatch.context() as patch:
        seen = count_retries(patch)
        return await rivals.crowd(orders.place_orders, baskets), seen[DEADLOCK]


def nobody_stood_in_the_way(outcomes: list[Any], deadlocks: int) -> None:
    assert {type(outcome) for outcome in outcomes} == {Placed}, outcomes
    assert deadlocks == 0


async def test_baskets_turned_round_never_deadlock(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_stood_in_the_way(*await placed(rivals, monkeypatch, await both_ways(rivals, BASKETS)))
    assert await rivals.one.breaches() == {}


async def test_control_without_order_of_locks_baskets_deadlock(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """One basket locks its stock from the smaller id to the larger, the other the other way, and each has its first row
    before either asks for its second."""
    baskets = await both_ways(rivals, 2)
    lock, turns, meeting = Work.lock, cycle((False, True)), asyncio.Barrier(2)

    async def line_by_line(work: Work, kind: str, sql: str, *args: Any) -> list[Any]:
        if sql != supply_store.LOCK_STOCK_SQL:
            return await lock(work, kind, sql, *args)
        first, second = sorted(args[0], reverse=next(turns))
        rows = await lock(work, kind, sql, [first])
        await met(meeting)
        return rows + await lock(work, kind, sql, [second])

    monkeypatch.setattr(Work, "lock", line_by_line)
    outcomes, deadlocks = await placed(rivals, monkeypatch, baskets)
    with pytest.raises(AssertionError):
        nobody_stood_in_the_way(outcomes, deadlocks)
    assert deadlocks > 0 and {type(outcome) for outcome in outcomes} == {Placed}, "the lanes run it again"
    assert await rivals.one.breaches() == {}


async def met(meeting: asyncio.Barrier) -> None:
    """Both are there; once they have been, nobody waits again: the one that is sent back comes alone."""
    with suppress(asyncio.BrokenBarrierError):
        await meeting.wait()
        await meeting.abort()


async def two_lines(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """(outcomes, units left) of fifty orders with two lines each on one SKU, which has one unit more than half of them need."""
    of = await given.goods(rivals.one, units=CROWD + 1)
    people = await given.crowd(rivals.one, CROWD)
    twice = ((of.sku, 1), (of.sku, 1))
    commands = [PlaceOrder(who.id, fresh_key(), twice, who.address, None) for who in people]
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        return await rivals.crowd(orders.place_orders, commands), await given.free_units(rivals.one, of)


def both_lines_or_none(outcomes: list[Any], left: int) -> None:
    assert sum(type(outcome) is Placed for outcome in outcomes) == CROWD // 2, outcomes
    assert all(outcome == NotEnough(left=1) for outcome in outcomes if type(outcome) is not Placed), outcomes
    assert left == 1


async def test_two_lines_on_one_stock_are_decided_together(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """E3: two lines draw on one stock item."""
    both_lines_or_none(*await two_lines(rivals, monkeypatch))
    assert await rivals.one.breaches() == {}


async def test_control_without_sum_the_second_line_takes_what_is_not_there(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is asked about alone, against a number that the other has not lowered; then only the table's own check
    stands between, and the buyer meets an error."""
    why_not = Stock.why_not_hold

    def of_one_line(stock: Stock, sku: Any, units: int, allotment: Any = None) -> Any:
        return why_not(stock, sku, min(units, 1), allotment)

    monkeypatch.setattr(Stock, "why_not_hold", of_one_line)
    outcomes, left = await two_lines(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        both_lines_or_none(outcomes, left)
    assert any(isinstance(outcome, asyncpg.CheckViolationError) for outcome in outcomes)
