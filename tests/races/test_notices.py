"""Races of news (E5): in any order and fifty times over, a day late for an order that is no more, never told at all.

Each race is run twice: as it is, and as its own control with the guard taken off, which must fail.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.races import BOOK, CROWD, Rivals, meet_after_loading, unguarded
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.platform import sweeps
from tuan.platform.gateways.payment import ChargeState, Notice, RefundAnswer, RefundState
from tuan.platform.gateways.sandbox import Fault
from tuan.trade import orders, payments
from tuan.trade.orders.sweeps import QUERIES
from tuan.trade.payments import store as payments_store
from tuan.trade.payments.model import Capture, Till

ATTEMPTS = ((payments_store, "LOCK_ATTEMPTS_SQL"), (payments_store, "MOVE_ATTEMPTS"))
PAIRS = 10
TOLD = (ChargeState.PAID, ChargeState.PAID, ChargeState.WAITING, ChargeState.DECLINED, ChargeState.CLOSED)
"""What is told of each payment, at once and in any order: the stale and the untrue beside what holds."""
LATE = timedelta(hours=24, minutes=4)


async def begun(rivals: Rivals, count: int, **more: Any) -> tuple[given.Goods, list[tuple[UUID, UUID]]]:
    """(order, attempt) of so many buyers whose payment is under way at the provider."""
    of, found = await given.goods(rivals.one, **more), []
    for who in await given.crowd(rivals.one, count):
        placed = granted(await given.place_order(rivals.one, who, of))
        found.append((placed.orders[0], await given.begin_paying(rivals.one, who, placed)))
    return of, found


async def captured(rivals: Rivals) -> int:
    async with rivals.one.work() as work:
        counted: int = await work.fetch_value("SELECT count(*) FROM payments.captures WHERE market_id = $1")
    return counted


async def out_of_order(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[str], int]:
    """(answers, states of the orders, captures): fifty pieces of news of ten payments, shuffled, all at once; and before
    all of them the end of a refund that nobody here has asked for."""
    one, chance = rivals.one, Random(5)
    _, found = await begun(rivals, PAIRS)
    stranger = RefundAnswer("sandbox", new_uuid(), RefundState.DONE, "refund-before-paid", 1990)
    await one.do(payments.apply_refund_answers, [stranger])
    news: list[Notice] = []
    for _, attempt in found:
        paid = await given.provider_pays(one, attempt)
        news += [paid if state is ChargeState.PAID else replace(paid, state=state, transaction="", paid_at=None)
                 for state in TOLD]  # fmt: skip
    chance.shuffle(news)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, len(news))
        answers = await rivals.crowd(orders.apply_notices, news)
    await one.quiet()
    return answers, [await given.state_of(one, order) for order, _ in found], await captured(rivals)


def money_is_believed(answers: list[Any], states: list[str], captures: int) -> None:
    assert not any(isinstance(answer, BaseException) for answer in answers), answers
    assert (states, captures) == (["to_ship"] * PAIRS, PAIRS)


async def test_news_in_any_order_is_one_capture(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """E5: closed, declined and waiting are told after paid as well as before it, and a refund before its payment."""
    money_is_believed(*await out_of_order(rivals, monkeypatch))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_news_overtake_each_other(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, *BOOK, *ATTEMPTS)
    heard = await out_of_order(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        money_is_believed(*heard)


async def a_day_late(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], UUID, UUID]:
    """(answers, the order, the attempt): declined at first, paid in time after all, and told of it fifty times when a day
    has passed, the order is closed, and its last unit is somebody else's."""
    one = rivals.one
    of, ((order, attempt),) = await begun(rivals, 1, units=1)
    (declined,) = await one.house.sandbox.decide([await given.charge_of(one, attempt)], pay=False)
    assert await one.one(orders.apply_notices, declined) is ChargeState.DECLINED
    notice = await given.provider_pays(one, attempt)
    await one.later(LATE)
    assert await given.state_of(one, order) == "closed"
    other = await given.buyer(one)
    await given.pay(one, other, granted(await given.place_order(one, other, of)))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        answers = await rivals.crowd(orders.apply_notices, [notice] * CROWD)
    await one.quiet()
    return answers, order, attempt


async def goes_back_once(rivals: Rivals, answers: list[Any], order: UUID, attempt: UUID) -> None:
    assert answers == [ChargeState.PAID] * CROWD, answers
    assert await given.state_of(rivals.one, order) == "cancelled"
    assert await given.given_back(rivals.one, order) == 1990
    async with rivals.one.work() as work:
        today = work.now.date()
    lines = await rivals.one.house.sandbox.statement(rivals.one.market, today)
    assert sum(line.amount_minor for line in lines if line.kind == "refund") == 1990
    assert await rivals.one.breaches() == {}


async def test_money_told_of_a_day_late_goes_back_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """E5: 24 h 4 min late, for a closed order."""
    await goes_back_once(rivals, *await a_day_late(rivals, monkeypatch))


async def test_control_without_memory_late_news_break_each_other(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A till that does not know which of the provider's transactions it has; only their unique index stands then."""

    def forgetful(till: Till, capture: Capture) -> None:
        till.captures.setdefault(capture.payable_id, []).append(capture)

    monkeypatch.setattr(Till, "_know", forgetful)
    heard = await a_day_late(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        await goes_back_once(rivals, *heard)


async def never_told(rivals: Rivals) -> list[str]:
    """The states of orders that were paid, of which the provider never says a word; both processes ask at once."""
    one, other = rivals.one, rivals.other
    _, found = await begun(rivals, PAIRS)
    charges = [await given.charge_of(one, attempt) for _, attempt in found]
    await one.house.sandbox.decide(charges, pay=True, faults={Fault.LOSS})
    await one.move_clock(timedelta(seconds=40))
    asking = sweeps.intents[QUERIES.name]
    await rivals.race(*(place.relay.call_out(asking, place.market) for place in (one, other)))
    await one.later(timedelta(hours=1))
    return [await given.state_of(one, order) for order, _ in found]


async def test_a_payment_that_nobody_tells_of_is_found_by_asking(rivals: Rivals) -> None:
    """E5: the notice is never delivered."""
    assert await never_told(rivals) == ["to_ship"] * PAIRS
    assert await captured(rivals) == PAIRS
    assert await rivals.one.breaches() == {}


async def test_control_without_asking_it_is_never_found(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_work: Any) -> list[Any]:
        return []

    monkeypatch.setitem(sweeps.intents, QUERIES.name, replace(QUERIES, claim=nothing))
    states = await never_told(rivals)
    with pytest.raises(AssertionError):
        assert states == ["to_ship"] * PAIRS
    assert set(states) == {"placed"}, "not closed either: what is under way is being confirmed"
