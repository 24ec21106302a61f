"""Races around a payment: told fifty times, told and asked for at once, against cancelling, against the end of its time.

Each race is run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.goods import Buyer
from tests.given.races import BOOK, CROWD, Rivals, meet_after_loading, unguarded
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import ChargeState, Notice
from tuan.trade import orders
from tuan.trade.orders.errors import NotNow
from tuan.trade.orders.model import Placed
from tuan.trade.payments import store as payments_store

ATTEMPTS = ((payments_store, "LOCK_ATTEMPTS_SQL"), (payments_store, "MOVE_ATTEMPTS"))
PAIRS = 10


async def captures(rivals: Rivals) -> int:
    async with rivals.one.work() as work:
        counted: int = await work.fetch_value("SELECT count(*) FROM payments.captures WHERE market_id = $1")
    return counted


async def duplicated(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """(answers, captures) of one notice told fifty times at once."""
    one = rivals.one
    of, who = await given.goods(one), await given.buyer(one)
    placed = granted(await given.place_order(one, who, of))
    notice = await given.paid_notice(one, await given.start_paying(one, who, placed))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, CROWD)
        answers = await rivals.crowd(orders.apply_notices, [notice] * CROWD)
    return answers, await captures(rivals)


def taken_once(answers: list[Any], captured: int, payments: int = 1) -> None:
    assert captured == payments
    assert answers == [ChargeState.PAID] * len(answers)


async def test_a_notice_told_fifty_times_at_once_is_one_capture(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E5: one notice, duplicated."""
    taken_once(*await duplicated(rivals, monkeypatch))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_a_notice_told_fifty_times_breaks(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All take the money; only the index of the provider's transactions stands between them, and all but one fail."""
    unguarded(monkeypatch, *BOOK, *ATTEMPTS)
    answers, captured = await duplicated(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        taken_once(answers, captured)


async def told_and_asked(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int, int]:
    """(answers, captures, payments): each is told of by the provider's notice to one process, while its buyer comes back
    from the provider to the other one, which asks."""
    one, other = rivals.one, rivals.other
    of, news = await given.goods(one), []
    for who in await given.crowd(one, PAIRS):
        attempt = await given.begin_paying(one, who, granted(await given.place_order(one, who, of)))
        notice = await given.provider_pays(one, attempt)
        (answer,) = await other.house.sandbox.query([await given.charge_of(other, attempt)])
        news += [notice, answer]
    with monkeypatch.context() as patch:
        meet_after_loading(patch, len(news))
        answers = await rivals.crowd(orders.apply_notices, news)
    return answers, await captures(rivals), PAIRS


async def test_a_payment_told_of_and_asked_for_at_once_is_one_capture(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E6: the notice against the return of the buyer."""
    taken_once(*await told_and_asked(rivals, monkeypatch))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_telling_and_asking_break_each_other(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK, *ATTEMPTS)
    outcome = await told_and_asked(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        taken_once(*outcome)


async def declined_then_paid(rivals: Rivals) -> list[tuple[Buyer, Placed, UUID]]:
    """Buyers who were declined once and go back to the provider's page: nothing is under way, yet money may come."""
    one = rivals.one
    of, found = await given.goods(one), []
    for who in await given.crowd(one, PAIRS):
        placed = granted(await given.place_order(one, who, of))
        attempt = await given.begin_paying(one, who, placed)
        declined = await one.house.sandbox.decide([await given.charge_of(one, attempt)], pay=False)
        assert await one.one(orders.apply_notices, declined[0]) is ChargeState.DECLINED
        found.append((who, placed, attempt))
    return found


async def states_of(rivals: Rivals, found: list[tuple[Buyer, Placed, UUID]]) -> list[str]:
    await rivals.one.quiet()
    return [await given.state_of(rivals.one, placed.orders[0]) for _, placed, _ in found]


async def cancel_against_capture(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[str]]:
    """(what those who cancelled heard, the states of their orders) when the money came in that moment."""
    one, other = rivals.one, rivals.other
    found = await declined_then_paid(rivals)
    notices = [await given.provider_pays(other, attempt) for _, _, attempt in found]
    with monkeypatch.context() as patch:
        meet_after_loading(patch, 2 * PAIRS)
        outcomes = await rivals.race(
            *(one.do(orders.cancel_unpaid, placed.orders[0], who.id, reason="test") for who, placed, _ in found),
            *(other.house.lanes.submit(orders.apply_notices, other.market, n, shard=i) for i, n in enumerate(notices)),
        )
    assert outcomes[PAIRS:] == [ChargeState.PAID] * PAIRS
    return outcomes[:PAIRS], await states_of(rivals, found)


async def the_money_has_its_goods(rivals: Rivals, heard: list[Any], states: list[str]) -> None:
    """Cancelled first: the order came back with the money, whose goods were still there. Paid first: no cancelling."""
    assert all(one in (None, NotNow(state="to_ship")) for one in heard), heard
    assert states == ["to_ship"] * PAIRS
    assert await rivals.one.breaches() == {}


async def test_an_order_was_cancelled_or_paid(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    await the_money_has_its_goods(rivals, *await cancel_against_capture(rivals, monkeypatch))


async def test_control_without_lock_money_comes_for_a_cancelled_order(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK)
    with pytest.raises(AssertionError):
        await the_money_has_its_goods(rivals, *await cancel_against_capture(rivals, monkeypatch))
    assert await rivals.one.breaches() != {}


async def lapse_against_payment(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[str]]:
    """(nothing, the states of orders) whose time ran out in the millisecond in which they were paid, or one beside it."""
    one, other = rivals.one, rivals.other
    found = await declined_then_paid(rivals)
    async with one.work() as work:
        over = await work.fetch_value("SELECT max(pay_by) FROM orders.orders WHERE market_id = $1")
        left = over - work.now
    notices: list[Notice] = []
    for number, (_, _, attempt) in enumerate(found):
        paid_at = over + timedelta(milliseconds=number % 3 - 1)
        notices.append(await given.paid_notice(one, attempt, paid_at=paid_at))
    await one.move_clock(left)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, 1 + PAIRS)
        outcomes = await rivals.race(
            one.do(orders.lapse_unpaid, limit=100),
            *(other.house.lanes.submit(orders.apply_notices, other.market, n, shard=i) for i, n in enumerate(notices)),
        )
    assert outcomes[1:] == [ChargeState.PAID] * PAIRS, outcomes
    return [], await states_of(rivals, found)


async def test_an_order_lapsed_or_was_paid_in_its_last_millisecond(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    await the_money_has_its_goods(rivals, *await lapse_against_payment(rivals, monkeypatch))


async def test_control_without_lock_money_comes_for_a_lapsed_order(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK)
    with pytest.raises(AssertionError):
        await the_money_has_its_goods(rivals, *await lapse_against_payment(rivals, monkeypatch))
    assert await rivals.one.breaches() != {}
