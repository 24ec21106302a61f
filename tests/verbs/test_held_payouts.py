"""Money on its way out to somebody who owes, to an account that is restricted, several times a day, and back again."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import settling
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import TransferState
from tuan.platform.gateways.sandbox import Fault
from tuan.trade import aftersales, settlement
from tuan.trade.aftersales.model import Kind
from tuan.trade.settlement.errors import AccountNotActive, InDebt, NotThisState
from tuan.trade.settlement.model import AccountState, Rules

PRICE, SHARE = 1990, 1951


async def standing(place: Place, withdrawal: UUID) -> tuple[str, str | None, int]:
    """(state, what it is held for, how often the provider was asked)."""
    row = await place.do(settlement.access_withdrawal, withdrawal)
    return row["state"], row["held_for"], row["tries"]


async def balance(place: Place, of: given.Goods) -> tuple[int, int, int]:
    found = await place.do(settlement.balance_of, of.supplier)
    return found.payable_minor, found.withdrawing_minor, found.debt_minor


async def earned(place: Place) -> tuple[given.Goods, given.Buyer, UUID]:
    """A supplier who may claim 19.51 of one order; its buyer, and the order."""
    of, who = await given.goods(place, units=50, price_minor=PRICE), await given.buyer(place)
    order = await settling.received(place, of, who)
    await place.later(settling.KEPT)
    return of, who, order


async def owes(place: Place, of: given.Goods, who: given.Buyer, order: UUID) -> None:
    """A defect that is claimed late: what was settled goes back, and the balance is on its way out."""
    case = granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, order, case.number, of.supplier) is None


async def pays_back(place: Place, of: given.Goods, who: given.Buyer) -> None:
    """Two more orders are kept."""
    for _ in range(2):
        await settling.received(place, of, who)
    await place.later(settling.KEPT)


async def test_nobody_agrees_to_money_for_somebody_who_owes_by_now(place: Place) -> None:
    of, who, order = await earned(place)
    withdrawal, _ = await settling.asked_for(place, of, SHARE)
    await owes(place, of, who, order)
    manager = await given.buyer(place)
    before = await place.snapshot()
    refusal = await place.do(settlement.approve, withdrawal, manager.id, reason="checked")
    assert refusal == InDebt(debt_minor=PRICE) and await place.snapshot() == before
    assert await standing(place, withdrawal) == ("requested", "debt", 0)
    await pays_back(place, of, who)
    assert await standing(place, withdrawal) == ("requested", None, 0)
    assert await place.do(settlement.approve, withdrawal, manager.id, reason="checked") is None
    await place.quiet()
    assert await standing(place, withdrawal) == ("paid", None, 1)
    assert await place.breaches() == {}


async def test_nobody_agrees_to_money_for_an_account_that_is_restricted_by_now(place: Place) -> None:
    of, *_ = await earned(place)
    withdrawal, _ = await settling.asked_for(place, of)
    account = (await place.do(settlement.access_withdrawal, withdrawal))["account_id"]
    assert await place.do(settlement.move_account, account, AccountState.RESTRICTED, reason="odd") is None
    manager = await given.buyer(place)
    before = await place.snapshot()
    refusal = await place.do(settlement.approve, withdrawal, manager.id, reason="checked")
    assert refusal == AccountNotActive(state="restricted") and await place.snapshot() == before
    assert await standing(place, withdrawal) == ("requested", "account", 0)


async def test_what_was_agreed_to_waits_while_its_payee_owes_and_is_paid_when_he_does_not(place: Place) -> None:
    of, who, order = await earned(place)
    withdrawal = await settling.agreed(place, of, SHARE)
    await owes(place, of, who, order)
    await place.later(timedelta(days=1))
    assert await standing(place, withdrawal) == ("due", "debt", 0)
    assert await balance(place, of) == (0, SHARE, PRICE)
    await pays_back(place, of, who)
    assert await standing(place, withdrawal) == ("paid", None, 1)
    assert await balance(place, of) == (2 * SHARE - PRICE, 0, 0)
    assert await place.breaches() == {}


async def test_what_was_agreed_to_waits_while_its_account_is_restricted(place: Place) -> None:
    of, *_ = await earned(place)
    withdrawal = await settling.agreed(place, of)
    account = (await place.do(settlement.access_withdrawal, withdrawal))["account_id"]
    assert await place.do(settlement.move_account, account, AccountState.RESTRICTED, reason="odd") is None
    await place.later(timedelta(days=1))
    assert await standing(place, withdrawal) == ("due", "account", 0)
    assert await place.do(settlement.move_account, account, AccountState.ACTIVE, reason="cleared") is None
    await place.quiet()
    assert await standing(place, withdrawal) == ("paid", None, 1)


@pytest.mark.parametrize("is_agreed", [False, True])
async def test_what_is_held_may_be_refused_and_pays_the_debt(place: Place, is_agreed: bool) -> None:
    of, who, order = await earned(place)
    withdrawal = (
        await settling.agreed(place, of, SHARE) if is_agreed else (await settling.asked_for(place, of, SHARE))[0]
    )
    await owes(place, of, who, order)
    assert await place.do(settlement.reject, withdrawal, reason="he owes") is None
    assert await balance(place, of) == (0, 0, PRICE - SHARE)
    await place.quiet()
    assert (await standing(place, withdrawal))[0] == "rejected"
    assert await place.do(settlement.reject, withdrawal, reason="again") == NotThisState(state="rejected")
    assert await place.breaches() == {}


async def test_what_the_provider_was_asked_for_before_is_asked_about_though_it_is_held(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, who, order = await earned(place)
    withdrawal = await settling.agreed(place, of, SHARE)
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.UNKNOWN}))
    await place.quiet()
    await owes(place, of, who, order)
    assert await standing(place, withdrawal) == ("due", "debt", 1)
    refusal = await place.do(settlement.reject, withdrawal, reason="he owes")
    assert refusal == NotThisState(state="due"), "it may have been paid"
    for _ in range(3):
        await place.later(timedelta(minutes=5))
    assert (await standing(place, withdrawal))[0] == "paid"
    assert await place.breaches() == {}


async def test_what_the_provider_never_heard_of_does_not_begin_while_it_is_held(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was claimed, and whoever was to ask for it died before."""
    of, who, order = await earned(place)
    withdrawal = await settling.agreed(place, of, SHARE)
    await place.do(settlement.hasten_withdrawals, [withdrawal])
    await owes(place, of, who, order)
    await place.later(timedelta(hours=1))
    state, held, tries = await standing(place, withdrawal)
    assert (state, held) == ("due", "debt") and tries > 1
    await pays_back(place, of, who)
    await place.later(timedelta(hours=5))
    assert (await standing(place, withdrawal))[0] == "paid"
    assert await place.breaches() == {}


# ── two persons ──
async def test_several_below_the_limit_on_one_day_take_two_persons_together(place: Place) -> None:
    of = await settling.earned(place, units=3)
    assert await place.do(settlement.set_rules, Rules(100, 0, 1000), reason="limit") is None
    account, owner = await settling.account_of(place, of.supplier), await given.buyer(place)

    async def two(amount_minor: int) -> bool:
        made = granted(await place.do(settlement.withdraw, of.supplier, account, amount_minor, owner.id))
        found = await place.do(settlement.access_withdrawal, made)
        if found["is_two"]:
            assert await place.do(settlement.reject, made, reason="test") is None
        return bool(found["is_two"])

    assert [await two(600), await two(401), await two(400), await two(100)] == [False, True, False, True]
    await place.later(timedelta(days=1))
    assert [await two(1000), await two(100)] == [False, True], "a new day of the market"


# ── back after it was paid ──
async def test_what_comes_back_after_it_was_paid_is_in_the_balance_once_and_its_fee_too(place: Place) -> None:
    of, *_ = await earned(place)
    assert await place.do(settlement.set_rules, Rules(100, 100, 5000), reason="fees") is None
    withdrawal = await settling.agreed(place, of)
    await settling.answered(place, withdrawal, TransferState.DONE, 990)
    assert await balance(place, of) == (951, 0, 0)
    async with place.work() as work:
        since, until = work.now - timedelta(days=1), work.now + timedelta(days=1)
        assert await settlement.paid_out(work, of.supplier, since, until) == 1000
    for state in (TransferState.FAILED, TransferState.FAILED, TransferState.DONE):
        await settling.answered(place, withdrawal, state, 990)
    assert await balance(place, of) == (1951, 0, 0)
    row = await place.do(settlement.access_withdrawal, withdrawal)
    assert row["state"] == "returned" and row["ended_at"] <= row["returned_at"]
    assert await place.do(settlement.paid_out, of.supplier, since, until) == 0
    async with place.work() as work:
        sql = "SELECT kind, amount FROM ledger.transfers WHERE market_id = $1 AND about = $2"
        booked = {one["kind"]: one["amount"] for one in await work.fetch(sql, withdrawal)}
        told = "SELECT name FROM outbox.facts WHERE market_id = $1 AND name LIKE 'settlement.%' ORDER BY id"
        assert [one["name"] for one in await work.fetch(told)] == [
            "settlement.withdrawal_paid.v1", "settlement.withdrawal_returned.v1",
        ]  # fmt: skip
    assert booked == {
        "withdrawal": 1000, "withdrawal_paid": 990, "withdrawal_fee": 10, "withdrawal_returned": 990, "withdrawal_fee_back": 10,
    }  # fmt: skip
    assert await place.breaches() == {}


async def test_what_comes_back_to_somebody_who_owes_pays_his_debt_first(place: Place) -> None:
    of, who, order = await earned(place)
    withdrawal = await settling.agreed(place, of, SHARE)
    await place.quiet()
    await owes(place, of, who, order)
    assert await balance(place, of) == (0, 0, PRICE)
    await settling.answered(place, withdrawal, TransferState.FAILED)
    assert await balance(place, of) == (0, 0, PRICE - SHARE)
    assert await place.breaches() == {}


async def test_another_provider_does_not_bring_back_what_was_paid(place: Place) -> None:
    of, *_ = await earned(place)
    withdrawal = await settling.agreed(place, of)
    await place.quiet()
    before = await place.snapshot()
    await settling.answered(place, withdrawal, TransferState.FAILED, provider="wechat")
    after = await place.snapshot()
    assert {table for table in before if before[table] != after[table]} == {"payments.quarantine"}
