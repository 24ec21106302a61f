"""Races for money that is to go out: many withdrawals of one balance, a case against the sweep that settles its line, a late
claim against the last approval, two withdrawals just below the limit.

Each race is run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given import settling
from tests.given.aftersales import ask
from tests.given.races import PATIENCE_SECONDS, Rivals, meet_after_loading, one_won, unguarded
from tuan.kit.refusals import granted
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders import store as orders_store
from tuan.trade.payments import store as payments_store
from tuan.trade.settlement import store as settlement_store
from tuan.trade.settlement.errors import BalanceTooSmall, InDebt, NotThisState, SplitTooSmall
from tuan.trade.settlement.model import Rules
from tuan.value.ledger import store as ledger_store

HANDS = 8
"""Connections for requests of the two processes together, so that all are in the middle of it at once."""


async def emptied_at_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What everybody heard who asked for all of one balance."""
    of = await settling.earned(rivals.one)
    account, owner = await settling.account_of(rivals.one, of.supplier), await given.buyer(rivals.one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, HANDS, before="write")
        places = (rivals.one, rivals.other)
        return await rivals.race(
            *(places[n % 2].do(settlement.withdraw, of.supplier, account, 1951, owner.id) for n in range(HANDS))
        )


async def test_a_balance_goes_out_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await emptied_at_once(rivals, monkeypatch), BalanceTooSmall)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_all_believe_that_it_is_theirs(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (ledger_store, "LOCK_BALANCES_SQL"))
    outcomes = await emptied_at_once(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, BalanceTooSmall)
    assert await rivals.one.breaches() == {}, "the last line, a CHECK, holds all the same"


async def case_against_sweep(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The invariants that do not hold after a case was opened on a line in the moment in which the sweep settles it."""
    of, who = await given.goods(rivals.one), await given.buyer(rivals.one)
    order = await settling.received(rivals.one, of, who)
    await rivals.one.move_clock(settling.KEPT)

    with monkeypatch.context() as patch:
        meet_after_loading(patch)
        asked = ask(rivals.one, who, order, Kind.REFUND_ONLY, "damaged")
        outcomes = await rivals.race(asked, rivals.other.do(settlement.settle_due, limit=10))
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    await rivals.one.quiet()
    return {name.partition(":")[0] for name in await rivals.one.breaches()}


async def test_a_case_and_the_sweep_take_turns(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await case_against_sweep(rivals, monkeypatch) == set()


async def test_control_without_lock_a_line_is_held_and_settled(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (orders_store, "LOCK_ORDERS_SQL"))
    assert "I28" in await case_against_sweep(rivals, monkeypatch)


async def rejected_by_two(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What two heard who decided against one withdrawal at once."""
    of = await settling.earned(rivals.one)
    withdrawal, _ = await settling.asked_for(rivals.one, of)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="execute")
        return await rivals.race(
            *(place.do(settlement.reject, withdrawal, reason="not his") for place in (rivals.one, rivals.other))
        )


async def test_a_withdrawal_is_rejected_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await rejected_by_two(rivals, monkeypatch), NotThisState)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_it_is_rejected_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (settlement_store, "LOCK_WITHDRAWAL_SQL"))
    outcomes = await rejected_by_two(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, NotThisState)


async def agreed_too_late(rivals: Rivals) -> tuple[str, Any]:
    """How a withdrawal ends that one rejects, and what another hears who agrees to it before the first is committed.

    The other way round both are granted: what was agreed to may be rejected until the provider is asked.
    """
    of = await settling.earned(rivals.one)
    withdrawal, _ = await settling.asked_for(rivals.one, of)
    manager = await given.buyer(rivals.one)
    async with rivals.one.work() as work:
        assert await settlement.reject(work, withdrawal, reason="not his") is None
        approving = asyncio.ensure_future(rivals.other.do(settlement.approve, withdrawal, manager.id, reason="checked"))
        await asyncio.wait([approving], timeout=PATIENCE_SECONDS)
        await work.send()
    heard = await approving
    return await paid_of(rivals, withdrawal), heard


async def test_what_is_rejected_is_not_agreed_to(rivals: Rivals) -> None:
    assert await agreed_too_late(rivals) == ("rejected", NotThisState(state="rejected"))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_whoever_agrees_hears_that_it_is_done(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (settlement_store, "LOCK_WITHDRAWAL_SQL"))
    state, heard = await agreed_too_late(rivals)
    with pytest.raises(AssertionError):
        assert heard == NotThisState(state="rejected")
    assert state == "rejected", "the last line, the condition of the write, holds all the same"


# ── a late claim against the last approval ──
SHARE = 1951


async def claimed_late(rivals: Rivals) -> tuple[UUID, Any]:
    """The withdrawal of all that a supplier has, and what the last approver heard, who came while the order that it is
    from was being given back: the claim has its locks, and is not committed."""
    one = rivals.one
    of, who = await given.goods(one, units=9, price_minor=1990), await given.buyer(one)
    order = await settling.received(one, of, who)
    await one.later(settling.KEPT)
    withdrawal, _ = await settling.asked_for(one, of, SHARE)
    case = granted(await ask(one, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)))
    manager = await given.buyer(one)
    async with one.work() as work:
        assert await aftersales.agree(work, order, case.number, of.supplier) is None
        approving = asyncio.ensure_future(rivals.other.do(settlement.approve, withdrawal, manager.id, reason="checked"))
        await asyncio.wait([approving], timeout=PATIENCE_SECONDS)
        await work.send()
    heard = await approving
    await one.quiet()
    return withdrawal, heard


async def paid_of(rivals: Rivals, withdrawal: UUID) -> str:
    found: str = (await rivals.one.do(settlement.access_withdrawal, withdrawal))["state"]
    return found


async def test_the_last_approval_waits_for_a_late_claim_and_is_refused(rivals: Rivals) -> None:
    withdrawal, heard = await claimed_late(rivals)
    assert isinstance(heard, InDebt) and await paid_of(rivals, withdrawal) == "requested"
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_it_is_agreed_to_and_the_claim_for_paying_holds_it(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (ledger_store, "LOCK_BALANCES_SQL"))
    withdrawal, heard = await claimed_late(rivals)
    with pytest.raises(AssertionError):
        assert isinstance(heard, InDebt)
    assert await paid_of(rivals, withdrawal) == "due", "the last line, the condition of the claim, holds all the same"


async def test_control_without_condition_somebody_who_owes_is_paid(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (ledger_store, "LOCK_BALANCES_SQL"))
    bare = settlement_store.CLAIM_WITHDRAWALS_SQL.replace("coalesce(d.balance, 0)", "0")
    assert bare != settlement_store.CLAIM_WITHDRAWALS_SQL
    monkeypatch.setattr(settlement_store, "CLAIM_WITHDRAWALS_SQL", bare)
    withdrawal, _ = await claimed_late(rivals)
    assert await paid_of(rivals, withdrawal) == "paid"


# ── several withdrawals just below the limit ──
async def asked_in_halves(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether two persons must agree, of two withdrawals asked for at once that are one above the limit together."""
    of = await settling.earned(rivals.one)
    assert await rivals.one.do(settlement.set_rules, Rules(100, 0, 1000), reason="limit") is None
    account, owner = await settling.account_of(rivals.one, of.supplier), await given.buyer(rivals.one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        made = await rivals.race(
            *(
                place.do(settlement.withdraw, of.supplier, account, 600, owner.id)
                for place in (rivals.one, rivals.other)
            )
        )
    assert all(isinstance(one, UUID) for one in made), made
    return [(await rivals.one.do(settlement.access_withdrawal, one))["is_two"] for one in made]


async def test_two_withdrawals_at_once_are_counted_together(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(await asked_in_halves(rivals, monkeypatch)) == [False, True]
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_each_is_below_the_limit(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (ledger_store, "LOCK_BALANCES_SQL"))
    with pytest.raises(AssertionError):
        assert sorted(await asked_in_halves(rivals, monkeypatch)) == [False, True]


# ── one payment, drawn on twice ──
async def split_at_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What two heard who drew at once on one payment of 990; the market's coupon pays the rest of 19.90, which nobody can split,
    so that the balance is enough for both."""
    one = rivals.one
    of, who = await given.goods(one, units=9, price_minor=1990), await given.buyer(one)
    placed = granted(await promo.buy(one, who, of, [await promo.coupon(one, who, off_minor=1000)]))
    await given.pay(one, who, placed)
    assert await one.do(orders.ship, placed.orders[0], of.supplier, carrier="SF", tracking="SF1") is None
    assert await one.do(orders.confirm_receipt, placed.orders[0], who.id) is None
    await one.later(settling.KEPT)
    account, owner = await settling.account_of(one, of.supplier, mode="split"), await given.buyer(one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        return await rivals.race(
            *(place.do(settlement.withdraw, of.supplier, account, 800, owner.id) for place in (one, rivals.other))
        )


async def test_a_payment_is_drawn_on_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await split_at_once(rivals, monkeypatch), SplitTooSmall)
    assert await rivals.one.breaches() == {}


async def test_control_without_locks_more_is_drawn_than_the_payment_has(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (payments_store, "LOCK_PAYABLES_SQL"), (ledger_store, "LOCK_BALANCES_SQL"))
    outcomes = await split_at_once(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        one_won(outcomes, SplitTooSmall)
    assert "I86" in {name.partition(":")[0] for name in await rivals.one.breaches()}
