"""The sandbox provider as a company of its own: what it says, sends and loses under each of its switches."""

from collections import Counter
from dataclasses import astuple
from datetime import timedelta
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import notices
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.platform.gateways.payment import Charge, ChargeState, RefundOrder, RefundState
from tuan.platform.gateways.sandbox import Fault, ProviderSilent

URL = "http://127.0.0.1:9/hooks/sandbox"
"""Nobody listens at the discard port."""
START = timedelta(0)


def charge_at(place: Place, url: str = URL) -> Charge:
    return Charge(place.market, new_uuid(), 1990, "CNY", url)


async def decided(place: Place, *faults: Fault, pay: bool = True) -> Charge:
    charge = charge_at(place)
    await place.house.sandbox.start([charge])
    await place.house.sandbox.decide([charge], pay=pay, faults=faults)
    return charge


async def owed(place: Place) -> Counter[tuple[str, timedelta]]:
    """What is to be sent: (state, how long after the first of them), counted."""
    rows = await notices.deliveries(place)
    first = min((row["due_at"] for row in rows), default=None)
    return Counter((row["said"], row["due_at"] - first) for row in rows)


STALE = timedelta(seconds=15)


@pytest.mark.parametrize(
    ("faults", "pay", "expected"),
    [
        ((), True, {("paid", START): 1}),
        ((), False, {("declined", START): 1}),
        ((Fault.DUPLICATE,), True, {("paid", START): 3}),
        ((Fault.LOSS,), True, {}),
        ((Fault.LOSS, Fault.DUPLICATE, Fault.REORDER), True, {}),
        ((Fault.REORDER,), True, {("paid", START): 1, ("waiting", STALE): 1, ("declined", STALE): 1}),
        ((Fault.REORDER,), False, {("declined", START): 1, ("waiting", STALE): 1}),
        ((Fault.REORDER, Fault.DUPLICATE), True, {("paid", START): 3, ("waiting", STALE): 3, ("declined", STALE): 3}),
        ((Fault.DECLINE,), True, {("declined", START): 1}),
    ],
)
async def test_what_is_owed(place: Place, faults: tuple[Fault, ...], pay: bool, expected: dict[Any, int]) -> None:
    await decided(place, *faults, pay=pay)
    assert await owed(place) == expected


async def test_a_delayed_notice_is_due_in_two_minutes(place: Place) -> None:
    await decided(place, Fault.DELAY)
    async with place.work() as work:
        now = work.now
    (row,) = await notices.deliveries(place)
    assert timedelta(minutes=1, seconds=50) < row["due_at"] - now <= timedelta(minutes=2)
    assert await notices.post(place) == 0
    await place.move_clock(timedelta(minutes=2))
    assert await notices.post(place) == 1


async def test_nothing_is_owed_without_an_address_or_a_decision(place: Place) -> None:
    sandbox = place.house.sandbox
    silent, waiting, closed, unheard = charge_at(place, ""), charge_at(place), charge_at(place), charge_at(place)
    await sandbox.start([silent, waiting, closed])
    await sandbox.decide([silent, unheard], pay=True, faults=[Fault.DUPLICATE])
    await sandbox.misbehave([waiting], [Fault.DUPLICATE])
    await sandbox.close([closed])
    await sandbox.decide([closed], pay=True)
    assert await notices.deliveries(place) == []
    states = [said.state for said in await sandbox.query([silent, waiting, closed, unheard])]
    assert states == [ChargeState.PAID, ChargeState.WAITING, ChargeState.CLOSED, ChargeState.CLOSED]


async def test_deciding_again_owes_nothing_again(place: Place) -> None:
    charge = await decided(place, pay=False)
    for pay in (False, True, True, False):
        await place.house.sandbox.decide([charge], pay=pay)
    assert [row["said"] for row in await notices.deliveries(place)] == ["declined", "paid"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.CENT_OFF, {"amount_minor": 1989}),
        (Fault.OTHER_CURRENCY, {"currency": "USD"}),
        (Fault.OTHER_MERCHANT, {"merchant": "another-merchant"}),
    ],
)
async def test_what_is_told_wrongly_is_told_wrongly_everywhere(
    place: Place, fault: Fault, said: dict[str, Any]
) -> None:
    right, wrong = await decided(place), await decided(place, fault)
    told, twisted = await place.house.sandbox.query([right, wrong])
    for name in ("amount_minor", "currency", "merchant", "app"):
        assert getattr(twisted, name) == said.get(name, getattr(told, name))
    bodies = await notices.rows(
        place, "SELECT body::json->'data' AS data FROM sandbox.deliveries WHERE market_id = $1 ORDER BY notice_id"
    )
    assert all(str(value) in bodies[1]["data"] for value in said.values())
    assert not any(f'"{value}"' in bodies[0]["data"] or ":1989" in bodies[0]["data"] for value in said.values())
    declined = await decided(place, fault, pay=False)
    (honest,) = await place.house.sandbox.query([declined])
    assert (honest.amount_minor, honest.currency, honest.merchant) == (1990, "CNY", told.merchant)


async def test_answers_are_lost_though_the_thing_was_done(place: Place) -> None:
    sandbox = place.house.sandbox
    charge, other = await decided(place, Fault.UNKNOWN), await decided(place)
    with pytest.raises(ProviderSilent):
        await sandbox.query([charge])
    (said,) = await sandbox.query([charge, other])
    assert said.attempt == other.attempt, "what is known of others is not held back"
    assert [one.state for one in await sandbox.query([charge])] == [ChargeState.PAID]


async def test_a_close_whose_answer_is_lost_has_closed(place: Place) -> None:
    sandbox, charge = place.house.sandbox, charge_at(place)
    await sandbox.start([charge])
    await sandbox.misbehave([charge], [Fault.UNKNOWN])
    for _ in range(2):
        with pytest.raises(ProviderSilent):
            await sandbox.close([charge])
    await sandbox.decide([charge], pay=True)
    assert [one.state for one in await sandbox.close([charge])] == [ChargeState.CLOSED]


async def refund(place: Place, charge: Charge, amount_minor: int, key: Any = None) -> tuple[Any, RefundState]:
    order = RefundOrder(place.market, key or new_uuid(), f"sandbox-{charge.attempt.hex}", amount_minor, "CNY")
    (answer,) = await place.house.sandbox.refund([order])
    assert answer.refund == order.refund
    return answer.refund, answer.state


async def given_back(place: Place) -> list[int]:
    rows = await notices.rows(place, "SELECT amount_minor FROM sandbox.refunds WHERE market_id = $1 ORDER BY done_at")
    return [row["amount_minor"] for row in rows]


async def test_a_refund_of_unknown_outcome_is_done_once(place: Place) -> None:
    charge = await decided(place, Fault.UNKNOWN)
    key, state = await refund(place, charge, 1990)
    states = [state, *[(await refund(place, charge, 1990, key))[1] for _ in range(3)]]
    assert states == [RefundState.UNKNOWN, RefundState.UNKNOWN, RefundState.DONE, RefundState.DONE]
    assert await given_back(place) == [1990]


async def test_never_more_is_given_back_than_was_paid(place: Place) -> None:
    charge = await decided(place)
    first, state = await refund(place, charge, 1000)
    assert state == RefundState.DONE
    assert (await refund(place, charge, 991))[1] == RefundState.FAILED
    assert (await refund(place, charge, 990))[1] == RefundState.DONE
    assert (await refund(place, charge, 1))[1] == RefundState.FAILED
    assert (await refund(place, charge, 1000, first))[1] == RefundState.DONE, "the same key is the same refund"
    assert (await refund(place, charge, 999, first))[1] == RefundState.FAILED, "and is of one amount"
    assert sorted(await given_back(place)) == [990, 1000]


async def test_nothing_is_given_back_of_what_was_never_taken(place: Place) -> None:
    unheard, waiting, closed = (charge_at(place) for _ in range(3))
    await place.house.sandbox.start([waiting, closed])
    await place.house.sandbox.close([closed])
    assert {(await refund(place, charge, 1))[1] for charge in (unheard, waiting, closed)} == {RefundState.FAILED}
    assert await given_back(place) == []


async def test_a_habit_is_what_new_charges_of_a_market_are_born_with(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = place.house.sandbox
    monkeypatch.setitem(sandbox.habits, place.market, frozenset({Fault.DUPLICATE, Fault.UNKNOWN}))
    charge = charge_at(place)
    await sandbox.start([charge])
    assert (await sandbox.look(charge)).faults == {"duplicate", "unknown"}
    await sandbox.decide([charge], pay=True)
    assert len(await notices.deliveries(place)) == 3
    with pytest.raises(ProviderSilent):
        await sandbox.query([charge])


async def test_the_statement_has_what_was_paid_and_given_back_on_its_day(place: Place) -> None:
    sandbox, charge = place.house.sandbox, charge_at(place)
    await sandbox.start([charge])
    async with place.work() as work:
        now = work.now
    day = now.date()
    await sandbox.decide([charge], pay=True, paid_at=now - timedelta(days=1))
    key, _ = await refund(place, charge, 500)
    transaction = f"sandbox-{charge.attempt.hex}"
    (paid,) = await sandbox.statement(place.market, day - timedelta(days=1))
    assert astuple(paid)[:5] == ("charge", charge.attempt, transaction, 1990, "CNY")
    (returned,) = [line for d in (0, 1) for line in await sandbox.statement(place.market, day + timedelta(days=d))]
    assert astuple(returned)[:5] == ("refund", key, transaction, 500, "CNY")


async def test_a_price_told_wrongly_stands_in_the_statement_and_not_in_our_books(place: Place) -> None:
    """So that comparing the two finds it."""
    _, _, _, charge = await notices.started(place)
    (told,) = await place.house.sandbox.decide([charge], pay=True, faults=[Fault.CENT_OFF])
    assert await given.place_notice(place, charge.attempt, amount_minor=told.amount_minor) == "wrong_amount"
    assert told.paid_at is not None
    (line,) = await place.house.sandbox.statement(place.market, told.paid_at.date())
    assert line.amount_minor == 1989
    assert await notices.rows(place, "SELECT 1 FROM payments.captures WHERE market_id = $1") == []
