"""Paying out: once, whatever is lost on the way, and back where it came from if it cannot be."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import notices
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.platform.gateways.payment import TransferAnswer, TransferState
from tuan.platform.gateways.sandbox import Fault
from tuan.platform.gateways.sandbox.provider import NOBODY
from tuan.trade import payments
from tuan.trade.payments.model import NewTransfer
from tuan.value.ledger.model import PAYOUTS_PAYABLE, PREPAYMENT


async def request(place: Place, *, payee: str = "acct_1", url: str = "") -> UUID:
    """700 to pay out of what buyers have paid, which is what there is in a market of one order."""
    who, of = await given.buyer(place), await given.goods(place)
    await given.pay(place, who, await given.place_order(place, who, of))
    transfer = new_uuid()
    new = NewTransfer(transfer, "sandbox", payee, "王小明", 700, PREPAYMENT, "November", url)
    await place.do(payments.request_transfers, [new])
    return transfer


async def balances(place: Place) -> tuple[int, int, int]:
    """(prepayment, payouts payable, clearing)."""
    rows = await notices.rows(place, "SELECT code, balance FROM ledger.accounts WHERE market_id = $1")
    found = {row["code"]: row["balance"] for row in rows}
    return found[PREPAYMENT], found.get(PAYOUTS_PAYABLE, 0), found["provider:sandbox:clearing"]


async def row_of(place: Place, transfer: UUID) -> Any:
    (row,) = await notices.rows(
        place, "SELECT state, tries, why FROM payments.transfers WHERE market_id = $1 AND id = $2", transfer
    )
    return row


async def told(place: Place) -> list[bool]:
    sql = "SELECT (body::json->>'is_done')::bool AS done FROM outbox.facts WHERE market_id = $1 AND name = 'payments.transfer_ended.v1'"
    return [row["done"] for row in await notices.rows(place, sql)]


async def test_the_money_leaves_at_once_and_is_gone_when_the_provider_has_paid(place: Place) -> None:
    transfer = await request(place)
    assert await balances(place) == (1290, 700, -1990)
    await place.quiet()
    assert await balances(place) == (1290, 0, -1290)
    assert (await row_of(place, transfer))["state"] == "done"
    assert await told(place) == [True]
    assert await place.breaches() == {}


async def test_what_cannot_be_paid_out_goes_back(place: Place) -> None:
    transfer = await request(place, payee=NOBODY)
    await place.quiet()
    assert await balances(place) == (1990, 0, -1990)
    assert tuple(await row_of(place, transfer)) == ("failed", 1, "unknown payee")
    assert await told(place) == [False]
    assert await place.breaches() == {}


async def test_an_unknown_outcome_is_asked_about_and_paid_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.UNKNOWN}))
    transfer = await request(place)
    await place.quiet()
    assert (await row_of(place, transfer))["state"] == "due"
    assert await balances(place) == (1290, 700, -1990)
    for _ in range(3):
        await place.later(timedelta(minutes=5))
    assert (await row_of(place, transfer))["state"] == "done"
    out = await notices.rows(place, "SELECT amount_minor FROM sandbox.transfers WHERE market_id = $1")
    assert [row["amount_minor"] for row in out] == [700]
    assert await place.breaches() == {}


async def test_the_same_end_told_again_changes_nothing(place: Place) -> None:
    transfer = await request(place)
    await place.quiet()
    before = await place.snapshot()
    for state in (TransferState.DONE, TransferState.FAILED, TransferState.WAITING):
        await place.do(payments.apply_transfer_answers, [TransferAnswer(transfer, state, "again")])
    assert await place.snapshot() == before


async def test_another_amount_than_asked_for_is_for_a_person(place: Place) -> None:
    transfer = await request(place)
    answer = TransferAnswer(transfer, TransferState.DONE, "ref", 699)
    await place.do(payments.apply_transfer_answers, [answer])
    assert (await row_of(place, transfer))["state"] == "stuck"
    assert await balances(place) == (1290, 700, -1990)
    assert await told(place) == []
    assert await place.breaches() == {}


async def test_one_that_waits_keeps_what_its_payee_needs(place: Place) -> None:
    transfer = await request(place)
    answer = TransferAnswer(transfer, TransferState.WAITING, "ref", consent="package")
    await place.do(payments.apply_transfer_answers, [answer])
    (row,) = await notices.rows(place, "SELECT state, consent FROM payments.transfers WHERE market_id = $1")
    assert tuple(row) == ("due", "package")
