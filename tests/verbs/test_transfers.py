"""Paying withdrawals out: once, whatever is lost on the way, and back into the balance if it cannot be."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import notices, settling
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.platform.gateways.payment import TransferOrder, TransferState
from tuan.platform.gateways.sandbox import Fault


async def agreed(place: Place) -> UUID:
    """A withdrawal of 1,000 that somebody else has agreed to."""
    return await settling.agreed(place, await settling.earned(place))


async def state_of(place: Place) -> tuple[str, int]:
    (row,) = await notices.rows(place, "SELECT state, tries FROM settlement.withdrawals WHERE market_id = $1")
    return row["state"], row["tries"]


async def paid_out(place: Place) -> list[tuple[str, int]]:
    rows = await notices.rows(place, "SELECT state, amount_minor FROM sandbox.transfers WHERE market_id = $1")
    return [(row["state"], row["amount_minor"]) for row in rows]


async def test_what_was_agreed_to_is_paid(place: Place) -> None:
    await agreed(place)
    await place.quiet()
    assert await state_of(place) == ("paid", 1)
    assert await paid_out(place) == [("done", 1000)]
    assert await place.breaches() == {}


async def test_what_cannot_be_paid_out_is_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    withdrawal = await agreed(place)
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.DECLINE}))
    await place.quiet()
    assert await state_of(place) == ("failed", 1)
    again = TransferOrder(place.market, withdrawal, "1", "x", 1000, "CNY", "")
    assert [one.state for one in await place.house.sandbox.transfer([again])] == [TransferState.FAILED]
    assert await place.breaches() == {}


async def test_an_unknown_outcome_is_asked_about_and_paid_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await agreed(place)
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.UNKNOWN}))
    await place.quiet()
    assert await state_of(place) == ("due", 1)
    for _ in range(3):
        await place.later(timedelta(minutes=5))
    assert (await state_of(place))[0] == "paid"
    assert await paid_out(place) == [("done", 1000)]
    assert await place.breaches() == {}


@pytest.mark.parametrize(("said", "reason"), [
    ({"provider": "stripe"}, "wrong_provider"), ({"currency": "USD"}, "wrong_currency"), ({"amount": 999}, "wrong_amount"),
])  # fmt: skip
async def test_what_is_told_otherwise_than_agreed_ends_nothing_and_is_put_aside_once(
    place: Place, said: Any, reason: str
) -> None:
    withdrawal = await agreed(place)
    for _ in range(2):
        await settling.answered(place, withdrawal, TransferState.DONE, said.get("amount", 1000),
                                provider=said.get("provider", "sandbox"), currency=said.get("currency", "CNY"))  # fmt: skip
    assert await state_of(place) == ("due", 0)
    assert await notices.set_aside(place) == [reason]
    assert await place.breaches() == {}


async def test_the_end_of_a_transfer_of_nothing_we_know_is_put_aside(place: Place) -> None:
    await settling.answered(place, new_uuid(), TransferState.DONE)
    await settling.answered(place, new_uuid(), TransferState.UNKNOWN)
    assert await notices.set_aside(place) == ["unknown_attempt"]


async def test_the_end_of_a_transfer_is_posted_once(place: Place) -> None:
    withdrawal = await agreed(place)
    order = TransferOrder(place.market, withdrawal, "1", "x", 1000, "CNY", "", "http://127.0.0.1:9/hooks/sandbox")
    for _ in range(2):
        await place.house.sandbox.transfer([order])
    assert [row["said"] for row in await notices.deliveries(place)] == ["transfer.done"]
