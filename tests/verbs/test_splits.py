"""Paying out by splitting what buyers paid: from their payments and no others, part by part, each once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import commissions as sold
from tests.given import goods as given
from tests.given import notices, settling
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import SplitAnswer, SplitOrder, TransferAnswer, TransferState
from tuan.platform.gateways.sandbox import Fault
from tuan.trade import settlement
from tuan.trade.settlement import queries, store, sweeps
from tuan.trade.settlement.actions import splitting
from tuan.trade.settlement.errors import SplitTooSmall
from tuan.trade.settlement.model import Rules

SHARE = 1951
"""Of a piece at 19.90."""


async def sold_twice(place: Place) -> given.Goods:
    """Goods that two buyers have kept, each a piece, paid one after the other."""
    of = await given.goods(place, units=9, price_minor=1990)
    for who in await given.buyers(place, 2):
        await settling.received(place, of, who)
    await place.later(settling.KEPT)
    return of


async def standing(place: Place, withdrawal: UUID) -> tuple[str, int, list[tuple[int, str]]]:
    """(state, what could not be split, the parts as they stand)."""
    async with place.work() as work:
        row = await settlement.access_withdrawal(work, withdrawal)
        parts = await settlement.parts_of(work, withdrawal)
    return row["state"], row["short_minor"], sorted((one["amount_minor"], one["state"]) for one in parts)


async def split_by_hand(place: Place, withdrawal: UUID) -> None:
    """Of the payment of the smallest part nothing is left at the provider."""
    async with place.work() as work:
        part = min(await settlement.parts_of(work, withdrawal), key=lambda one: one["amount_minor"])
    by_hand = SplitOrder(place.market, new_uuid(), part["transaction"], "x", "x", 1990, "CNY", "")
    await place.house.sandbox.split([by_hand])


async def moved(place: Place) -> list[tuple[int, str]]:
    rows = await notices.rows(
        place, "SELECT amount_minor, state FROM sandbox.splits WHERE market_id = $1 ORDER BY amount_minor"
    )
    return [tuple(row) for row in rows]


async def test_it_is_split_from_the_oldest_payments_and_no_transfer_is_made(place: Place) -> None:
    withdrawal = await settling.agreed(place, await sold_twice(place), 3000, mode="split")
    assert await standing(place, withdrawal) == ("due", 0, [(3000 - SHARE, "held"), (SHARE, "held")])
    await place.quiet()
    assert await standing(place, withdrawal) == ("paid", 0, [(3000 - SHARE, "done"), (SHARE, "done")])
    assert await moved(place) == [(3000 - SHARE, "done"), (SHARE, "done")]
    assert await notices.rows(place, "SELECT FROM sandbox.transfers WHERE market_id = $1") == []
    assert await place.breaches() == {}


async def test_a_transfer_and_a_split_end_in_one_round(place: Place) -> None:
    """Answered at once: both withdrawals are locked before either is booked."""
    of = await sold_twice(place)
    both = [await settling.agreed(place, of, 1000, mode=mode) for mode in ("transfer", "split")]
    await place.quiet()
    assert [(await standing(place, one))[0] for one in both] == ["paid", "paid"]
    assert await place.breaches() == {}


async def test_what_went_back_later_is_not_drawn_from_the_same_payment(place: Place) -> None:
    """Of three pieces one went back when they were settled: what is left of the payment is more than what is left of his share."""
    of = await given.goods(place, units=9, price_minor=1990)
    first, second = await given.buyers(place, 2)
    order = await settling.received(place, of, first, 3)
    await settling.received(place, of, second)
    await place.later(settling.KEPT)
    await sold.give_back(place, of, first, order, 1)
    withdrawal = await settling.agreed(place, of, 3 * 1990 - 119 - 1990 + SHARE, mode="split")
    parts = [(SHARE, "held"), (3 * 1990 - 119 - 1990, "held")]
    assert await standing(place, withdrawal) == ("due", 0, parts)
    await place.quiet()
    assert await place.breaches() == {}


async def test_what_no_payment_by_this_provider_covers_is_refused(place: Place) -> None:
    """The balance is there, but the provider splits no payment that is older than a year, and no other money of the market's."""
    of = await sold_twice(place)
    account, owner = await settling.account_of(place, of.supplier, mode="split"), await given.buyer(place)
    await place.move_clock(timedelta(days=366))
    before = await place.snapshot()
    assert await place.do(settlement.withdraw, of.supplier, account, 1000, owner.id) == SplitTooSmall(most_minor=0)
    assert await place.snapshot() == before, "a refusal changes nothing"


async def test_a_shop_draws_on_what_its_customers_paid(place: Place) -> None:
    of, owner = await given.goods(place, price_minor=1990), await given.buyer(place)
    await sold.plan(place)
    shop, who = await sold.shop(place, of), await sold.neighbour(place)
    await sold.keep(place, of, who, await sold.buy(place, who, of, shop.code))
    await place.later(timedelta(days=2))
    account = await sold.account(place, shop, mode="split")
    withdrawal = granted(await place.do(settlement.withdraw, shop.id, account, 120, owner.id))
    assert await standing(place, withdrawal) == ("requested", 0, [(120, "held")])
    async with place.work() as work:
        found = await store.read_account(work, account)
        assert found is not None
        (source,) = await queries.first_sources(work, found)
    assert (source["order_left"], source["capture_left"]) == (199 - 120, 1990 - 120)
    assert await place.breaches() == {}


async def test_only_what_was_locked_is_drawn_on(place: Place) -> None:
    """A second order is settled after this payee has locked the payments that he may draw on, and before he draws."""
    of = await given.goods(place, units=9, price_minor=1990)
    first, second = await given.buyers(place, 2)
    await settling.received(place, of, first)
    await place.later(timedelta(days=4))
    await settling.received(place, of, second)
    await place.later(settling.KEPT - timedelta(days=4))
    account = await settling.account_of(place, of.supplier, mode="split")
    async with place.work() as work:
        found = await store.read_account(work, account)
        assert found is not None
        known = await splitting.lock_sources(work, found)
        await place.later(timedelta(days=4))
        assert await splitting.draw(work, found, known, 2 * SHARE) == SplitTooSmall(most_minor=SHARE)
    async with place.work() as work:
        assert len(await splitting.lock_sources(work, found)) == 2


async def test_what_was_rejected_may_be_drawn_again(place: Place) -> None:
    of = await sold_twice(place)
    account, owner = await settling.account_of(place, of.supplier, mode="split"), await given.buyer(place)
    first = granted(await place.do(settlement.withdraw, of.supplier, account, 2 * SHARE, owner.id))
    assert await place.do(settlement.reject, first, reason="not his") is None
    assert await standing(place, first) == ("rejected", 0, [(SHARE, "released")] * 2)
    granted(await place.do(settlement.withdraw, of.supplier, account, 2 * SHARE, owner.id))
    assert await place.breaches() == {}


async def test_what_one_payment_will_not_give_is_back_and_the_rest_is_paid(place: Place) -> None:
    """The provider has split one of the payments by hand meanwhile: of it nothing is left."""
    of = await sold_twice(place)
    withdrawal = await settling.agreed(place, of, 3000, mode="split")
    await split_by_hand(place, withdrawal)
    await place.quiet()
    assert await standing(place, withdrawal) == ("paid", 3000 - SHARE, [(3000 - SHARE, "failed"), (SHARE, "done")])
    async with place.work() as work:
        balance = await settlement.balance_of(work, of.supplier)
    assert (balance.payable_minor, balance.withdrawing_minor) == (SHARE, 0)
    assert await place.breaches() == {}


async def test_what_is_back_of_a_split_does_not_count_for_the_two_who_must_agree(place: Place) -> None:
    """3,000 were asked for and 1,951 arrived; with as much as is left again that is within the limit."""
    rules = Rules(min_minor=1, fee_permyriad=0, two_above_minor=2 * SHARE)
    assert await place.do(settlement.set_rules, rules, reason="two above this") is None
    of = await sold_twice(place)
    withdrawal = await settling.agreed(place, of, 3000, mode="split")
    await split_by_hand(place, withdrawal)
    await place.quiet()
    again, _ = await settling.asked_for(place, of, SHARE)
    async with place.work() as work:
        row = await settlement.access_withdrawal(work, again)
    assert row["is_two"] is False


async def test_what_cannot_be_split_at_all_failed_and_is_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    of = await sold_twice(place)
    withdrawal = await settling.agreed(place, of, 3000, mode="split")
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.DECLINE}))
    await place.quiet()
    assert await standing(place, withdrawal) == ("failed", 0, [(3000 - SHARE, "failed"), (SHARE, "failed")])
    assert await place.breaches() == {}


async def test_an_unknown_outcome_is_asked_about_and_split_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    withdrawal = await settling.agreed(place, await sold_twice(place), 3000, mode="split")
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.UNKNOWN}))
    await place.quiet()
    assert (await standing(place, withdrawal))[0] == "due"
    for _ in range(3):
        await place.later(timedelta(minutes=5))
    assert (await standing(place, withdrawal))[0] == "paid"
    assert await moved(place) == [(3000 - SHARE, "done"), (SHARE, "done")]
    assert await place.breaches() == {}


async def test_what_had_no_room_in_a_call_was_not_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may still be rejected, and does not wait for another minute."""
    monkeypatch.setattr(sweeps, "SPLITS_PER_CALL_MAX", 1)
    of = await sold_twice(place)
    account, owner, manager = await settling.account_of(place, of.supplier, mode="split"), *await given.buyers(place, 2)
    for _ in range(2):
        withdrawal = granted(await place.do(settlement.withdraw, of.supplier, account, SHARE // 2, owner.id))
        assert await place.do(settlement.approve, withdrawal, manager.id, reason="checked") is None
    (asked,) = await place.do(sweeps.claim_withdrawals)
    async with place.work() as work:
        rows = await work.fetch(
            "SELECT s.id, w.tries, w.next_attempt_at <= $2 AS is_next FROM settlement.withdrawals w "
            "JOIN settlement.splits s ON s.market_id = $1 AND s.withdrawal_id = w.id WHERE w.market_id = $1", work.now,
        )  # fmt: skip
    assert {(row["id"] == asked.key, row["tries"], row["is_next"]) for row in rows} == {
        (True, 1, False),
        (False, 0, True),
    }
    (late,) = [row["id"] for row in rows if row["id"] != asked.key]
    (asked_next,) = await place.do(sweeps.claim_withdrawals)
    assert asked_next.key == late


@pytest.mark.parametrize(("said", "reason"), [
    ({"provider": "stripe"}, "wrong_provider"), ({"currency": "USD"}, "wrong_currency"), ({"amount_minor": 999}, "wrong_amount"),
])  # fmt: skip
async def test_what_is_told_otherwise_ends_nothing_and_is_put_aside_once(place: Place, said: Any, reason: str) -> None:
    withdrawal = await settling.agreed(place, await settling.earned(place), mode="split")
    async with place.work() as work:
        (part,) = await settlement.parts_of(work, withdrawal)
    told = {"provider": "sandbox", "split": part["id"], "state": TransferState.DONE, "provider_ref": "1"} | said
    for _ in range(2):
        await place.do(settlement.apply_answers, [], [SplitAnswer(**told)])
    assert await standing(place, withdrawal) == ("due", 0, [(1000, "held")])
    assert await notices.set_aside(place) == [reason]


async def test_parts_of_one_withdrawal_that_are_told_otherwise_are_each_put_aside(place: Place) -> None:
    withdrawal = await settling.agreed(place, await sold_twice(place), 3000, mode="split")
    async with place.work() as work:
        parts = await settlement.parts_of(work, withdrawal)
    await place.do(settlement.apply_answers, [],
                   [SplitAnswer("sandbox", one["id"], TransferState.DONE, "1", amount_minor=1) for one in parts])  # fmt: skip
    assert await notices.set_aside(place) == ["wrong_amount"] * 2


async def test_of_what_could_not_be_split_no_fee_is_kept(place: Place) -> None:
    rules = Rules(min_minor=1, fee_permyriad=1000, two_above_minor=10**9)
    assert await place.do(settlement.set_rules, rules, reason="test") is None
    of = await sold_twice(place)
    withdrawal = await settling.agreed(place, of, 3000, mode="split")  # 300 of it for the market
    await split_by_hand(place, withdrawal)
    await place.quiet()
    fee = 300 * SHARE // 2700
    assert await standing(place, withdrawal) == (
        "paid",
        3000 - fee - SHARE,
        [(2700 - SHARE, "failed"), (SHARE, "done")],
    )
    async with place.work() as work:
        balance = await settlement.balance_of(work, of.supplier)
    assert balance.payable_minor == 2 * SHARE - fee - SHARE
    assert await place.breaches() == {}


async def test_an_answer_about_a_transfer_ends_no_split(place: Place) -> None:
    withdrawal = await settling.agreed(place, await settling.earned(place), mode="split")
    told = TransferAnswer("sandbox", withdrawal, TransferState.DONE, "1", 1000)
    await place.do(settlement.apply_transfer_answers, [told])
    assert await standing(place, withdrawal) == ("due", 0, [(1000, "held")])
    assert await place.breaches() == {}
