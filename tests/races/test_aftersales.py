"""Races for what goes back: one order asked for by a hundred at once, a part of it against its parcel, two cases on one line.

Each race is run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.aftersales import ask, bought
from tests.given.races import BOOK, Rivals, meet_after_loading, unguarded
from tuan.goods import supply
from tuan.goods.supply import store as supply_store
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal, granted
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.platform.gateways.sandbox import Sandbox
from tuan.trade import aftersales, orders, payments
from tuan.trade.aftersales import store as cases_store
from tuan.trade.aftersales.errors import LineInCase, TooLateToCancel, UnitsNotLeft
from tuan.trade.aftersales.model import Kind

CROWD = 100
HANDS = 8
"""Connections for requests of the two processes together, so that as many are in the middle of it at once."""
STOCK = (supply_store, "LOCK_STOCK_SQL")


async def hundred_refunds(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, list[Any]]:
    """A buyer takes one of his three units back, a hundred times at once."""
    who, _, order = await bought(rivals.one, state="to_ship")
    places = (rivals.one, rivals.other)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, HANDS)
        asks = (ask(places[n % 2], who, order, Kind.CANCEL, "changed_mind", (1, 1)) for n in range(CROWD))
        return order, await rivals.race(*asks)


def three_won(outcomes: Sequence[Any]) -> None:
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert len(outcomes) - len(refused) == 3
    assert all(isinstance(one, UnitsNotLeft | TooLateToCancel) for one in refused), refused


async def answers_are_lost(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch, order: UUID, *, same_key: bool = True
) -> list[UUID]:
    """The keys under which the provider was asked, one after the other; what he says first of each refund does not
    come through. same_key: as it is; otherwise each asking takes a key of its own, for the control."""
    asked: list[UUID] = []

    def lost(call: Any) -> Any:
        async def ask(sandbox: Sandbox, requests: Sequence[Any]) -> list[RefundAnswer]:
            sent = requests if same_key else [replace(one, refund=new_uuid()) for one in requests]
            answers = await call(sandbox, sent)
            ours = dict(zip((one.refund for one in sent), (one.refund for one in requests), strict=True))
            told = [replace(answer, refund=ours[answer.refund]) for answer in answers]
            again = [answer for answer in told if answer.refund in asked]
            asked.extend(answer.refund for answer in told)
            return [a if a in again else RefundAnswer("sandbox", a.refund, RefundState.UNKNOWN, "") for a in told]

        return ask

    with monkeypatch.context() as patch:
        for name in ("refund", "query_refunds"):
            patch.setattr(Sandbox, name, lost(getattr(Sandbox, name)))
        await rivals.one.quiet()
        assert await given.given_back(rivals.one, order) == 0
        for _ in range(3):
            await rivals.one.later(timedelta(minutes=2))
    return asked


async def given_back_by_provider(rivals: Rivals) -> int:
    """By the provider's own statement of today."""
    async with rivals.one.work() as work:
        today = work.now.date()
    lines = [
        one
        for n in (-1, 0)
        for one in await rivals.one.house.sandbox.statement(rivals.one.market, today + timedelta(n))
    ]
    return sum(line.amount_minor for line in lines if line.kind == "refund")


async def test_a_hundred_refunds_of_one_order_give_back_what_was_paid(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E12. Nor does the provider give more back when its answers are lost: it is asked again under the same key."""
    order, outcomes = await hundred_refunds(rivals, monkeypatch)
    three_won(outcomes)
    asked = await answers_are_lost(rivals, monkeypatch, order)
    assert len(set(asked)) == 3 and len(asked) == 6
    assert await given.given_back(rivals.one, order) == await given_back_by_provider(rivals) == 3 * 1990
    assert await given.state_of(rivals.one, order) == "cancelled"
    assert await rivals.one.breaches() == {}


async def test_control_with_another_key_each_time_the_provider_gives_back_twice(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unit of three: what was paid for the others would not stop him."""
    who, _, order = await bought(rivals.one, state="to_ship")
    granted(await ask(rivals.one, who, order, Kind.CANCEL, "changed_mind", (1, 1)))
    await answers_are_lost(rivals, monkeypatch, order, same_key=False)
    with pytest.raises(AssertionError):
        assert await given.given_back(rivals.one, order) == await given_back_by_provider(rivals)


async def test_control_without_lock_more_units_go_back_than_there_are(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK, STOCK)
    _, outcomes = await hundred_refunds(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        three_won(outcomes)


async def take_back_against_ship(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, int]:
    """One of three units is taken back while the parcel is packed: what both heard, and what is on hand."""
    who, of, order = await bought(rivals.one, state="to_ship")
    with monkeypatch.context() as patch:
        meet_after_loading(patch)
        took, shipped = await rivals.race(
            ask(rivals.one, who, order, Kind.CANCEL, "too_slow", (1, 1)),
            rivals.other.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1"),
        )
    await rivals.one.quiet()
    async with rivals.one.work() as work:
        return took, shipped, (await supply.levels(work, [of.sku]))[of.sku]["on_hand"]


async def both_agree(rivals: Rivals, took: Any, shipped: Any, on_hand: int) -> None:
    assert shipped is None, shipped
    if isinstance(took, TooLateToCancel):
        assert on_hand == 97
    else:
        assert took.amount_minor == 1990 and on_hand == 98
    assert await rivals.one.breaches() == {}


async def test_a_unit_is_taken_back_or_shipped(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    await both_agree(rivals, *await take_back_against_ship(rivals, monkeypatch))


async def test_control_without_lock_a_unit_is_taken_back_and_shipped(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK, STOCK)
    with pytest.raises((AssertionError, AttributeError)):
        await both_agree(rivals, *await take_back_against_ship(rivals, monkeypatch))


async def two_cases(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two of three units are asked for from two devices at once."""
    who, _, order = await bought(rivals.one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch)
        return await rivals.race(
            *(ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2)) for place in (rivals.one, rivals.other))
        )


def one_opened(outcomes: Sequence[Any]) -> None:
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Case", LineInCase.__name__], outcomes


async def test_a_line_is_in_one_case(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_opened(await two_cases(rivals, monkeypatch))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_both_believe_that_theirs_is_the_only_one(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK, (cases_store, "LOCK_CASES_SQL"))
    outcomes = await two_cases(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_opened(outcomes)
    assert await rivals.one.breaches() == {}, "the last line, a unique index, holds all the same"


async def test_a_case_is_granted_once_by_many_hands_and_by_its_deadline(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, of, order = await bought(rivals.one)
    await ask(rivals.one, who, order, Kind.REFUND_ONLY, "damaged", (1, 2))
    await rivals.one.move_clock(timedelta(hours=48))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, 2)
        outcomes = await rivals.race(
            rivals.one.do(aftersales.end_due, limit=10),
            *(rivals.other.do(aftersales.agree, order, 1, of.supplier) for _ in range(4)),
        )
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    await rivals.one.quiet()
    assert await given.given_back(rivals.one, order) == 2 * 1990
    async with rivals.one.work() as work:
        assert len((await payments.refunds_of(work, [order]))[order]) == 1
    assert await rivals.one.breaches() == {}
