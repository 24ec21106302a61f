"""Statements against our books: what was lost is found, what cannot be found has a ticket."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import notices, settling
from tests.given.houses import Place
from tests.given.reconciliation_refusals import ticket
from tuan.kit.ids import new_uuid
from tuan.platform.gateways.payment import ChargeState, RefundAnswer, RefundState, StatementLine, TransferState
from tuan.platform.gateways.sandbox import Fault
from tuan.trade import aftersales, orders, payments, reconciliation, settlement
from tuan.trade.payments.sweeps import claim_refunds
from tuan.trade.settlement.sweeps import claim_withdrawals

FATES = ("told", "lost", "twice", "overtaken")
"""What became of the notice that a charge was paid; overtaken: by a stale "declined", and then it was lost."""


async def today(place: Place) -> date:
    async with place.work() as work:
        found: date = work.now.date()
    return found


async def reconcile(place: Place, day: date | None = None) -> None:
    """As the nightly sweep and what follows it do, without the night."""
    when = day or await today(place)
    await place.do(reconciliation.expect_statements, ["sandbox"], when)
    await place.quiet()
    await place.do(reconciliation.match_tickets)


async def tickets(place: Place, *states: str) -> list[tuple[str, str, str]]:
    """(kind, why, state) of the tickets."""
    async with place.work() as work:
        found = await reconciliation.tickets(work, states=states)
    return sorted((row["kind"], row["why"], row["state"]) for row in found.items)


async def paid_at_the_provider(place: Place, fate: str) -> Any:
    """An order whose money was taken, and as much of the news of it as the fate lets through."""
    of, who = await given.goods(place), await given.buyer(place)
    placed = await given.place_order(place, who, of)
    attempt = await given.start_paying(place, who, placed)
    charge = await given.charge_of(place, attempt)
    await place.house.sandbox.start([charge])
    if fate == "overtaken":
        stale = await given.paid_notice(place, attempt, state=ChargeState.DECLINED, transaction="", paid_at=None)
        await place.one(orders.apply_notices, stale)
    (notice,) = await place.house.sandbox.decide([charge], pay=True)
    for _ in range({"told": 1, "twice": 2}.get(fate, 0)):
        await place.one(orders.apply_notices, notice)
    return placed.orders[0]


async def test_whatever_was_lost_or_told_twice_nothing_is_unmatched_in_the_end(place: Place) -> None:
    """Every fate of a charge's notice, with and without a refund whose answers were lost."""
    made = [(fate, back, await paid_at_the_provider(place, fate)) for fate, back in product(FATES, (False, True))]
    await reconcile(place)
    states = [await given.state_of(place, order) for _, _, order in made]
    assert states == ["to_ship"] * len(made)
    assert await tickets(place, "open") == []
    found = await tickets(place, "matched")
    assert found == [("charge", "not_here", "matched")] * (2 * 2), "the lost and the overtaken, and no other"
    await give_back(place, [order for _, back, order in made if back])
    await reconcile(place)
    assert await tickets(place, "open") == []
    sent = await notices.rows(place, "SELECT count(*) AS n FROM sandbox.refunds WHERE market_id = $1")
    assert sent[0]["n"] == len(FATES)
    assert await place.breaches() == {}


async def give_back(place: Place, of: Sequence[Any]) -> None:
    """Refunds that the provider has done, and of which we think that he refused them."""
    for order in of:
        (owner,) = await notices.rows(
            place, "SELECT person_id FROM orders.orders WHERE market_id = $1 AND id = $2", order
        )
        assert await place.do(aftersales.cancel, order, owner["person_id"], reason="changed_mind") is None
    rows = await notices.rows(place, "SELECT id FROM payments.refunds WHERE market_id = $1 AND state = 'due'")
    claimed = await place.do(claim_refunds)
    await place.house.sandbox.refund([one.order for one in claimed])
    refused = [RefundAnswer("sandbox", row["id"], RefundState.FAILED, "x") for row in rows]
    await place.do(payments.apply_refund_answers, refused)
    # His statement is read again: of the same day it was read before.
    day = await today(place)
    await place.do(
        reconciliation.read_statement, "sandbox", day, await place.house.sandbox.statement(place.market, day)
    )


async def test_what_agrees_opens_no_ticket(place: Place) -> None:
    await paid_at_the_provider(place, "told")
    await reconcile(place)
    assert await tickets(place) == []
    async with place.work() as work:
        (day,) = await reconciliation.days(work, await today(place))
    assert (day["state"], day["lines"], day["charged_minor"], day["differences"]) == ("read", 1, 1990, 0)


async def test_another_amount_than_agreed_waits_for_a_person(place: Place) -> None:
    _, _, _, charge = await notices.started(place)
    await place.house.sandbox.decide([charge], pay=True, faults=[Fault.CENT_OFF])
    await reconcile(place)
    assert await tickets(place) == [("charge", "not_here", "open")]
    assert await notices.set_aside(place) == ["wrong_amount"]
    assert await place.breaches() == {}


async def test_what_no_statement_has_is_told_until_one_has_it(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    placed = await given.place_order(place, who, of)
    attempt = await given.start_paying(place, who, placed)
    await given.place_notice(place, attempt)
    await reconcile(place)
    assert await tickets(place) == [("charge", "not_there", "open")]
    day = await today(place)
    line = StatementLine("charge", attempt, f"sandbox-{attempt.hex}", 1990, "CNY", await _now(place))
    await place.do(reconciliation.read_statement, "sandbox", day + timedelta(days=1), [line])
    await place.do(reconciliation.match_tickets)
    assert await tickets(place) == [("charge", "not_there", "matched")]


async def _now(place: Place) -> Any:
    async with place.work() as work:
        return work.now


async def test_a_withdrawal_of_which_nobody_heard_is_paid_once_its_statement_is_read(place: Place) -> None:
    withdrawal, _ = await settling.asked_for(place, await settling.earned(place))
    manager = await given.buyer(place)
    assert await place.do(settlement.approve, withdrawal, manager.id, reason="checked") is None
    claimed = await place.do(claim_withdrawals)
    await place.house.sandbox.transfer([one.order for one in claimed])
    await reconcile(place)
    assert await tickets(place, "open") == []
    rows = await notices.rows(place, "SELECT state FROM settlement.withdrawals WHERE market_id = $1")
    assert [row["state"] for row in rows] == ["paid"]
    assert await place.breaches() == {}


async def test_what_came_back_and_only_the_statement_says_it_is_a_ticket_until_it_is_booked(place: Place) -> None:
    withdrawal = await settling.agreed(place, await settling.earned(place))
    await place.quiet()
    at = await _now(place)
    paid = StatementLine("transfer", withdrawal, "x", 1000, "CNY", at)
    back = StatementLine("return", withdrawal, "x", 1000, "CNY", at)
    await place.do(reconciliation.read_statement, "sandbox", await today(place), [paid, back])
    (sums,) = await notices.rows(
        place, "SELECT paid_out_minor FROM reconciliation.statements WHERE market_id = $1 AND lines = 2"
    )
    assert sums["paid_out_minor"] == 0, "what came back is out no more"
    assert await tickets(place) == [("return", "not_here", "open")]
    assert await place.breaches() == {}
    await settling.answered(place, withdrawal, TransferState.FAILED, 1000)
    await place.do(reconciliation.match_tickets)
    assert await tickets(place) == [("return", "not_here", "matched")]
    assert await place.breaches() == {}


async def test_splits_are_compared_part_by_part(place: Place) -> None:
    """One that was made and not heard of is asked about; one that no statement has is a ticket, and so is another amount."""
    withdrawal = await settling.agreed(place, await settling.earned(place), mode="split")
    claimed = await place.do(claim_withdrawals)
    await place.house.sandbox.split([one.order for one in claimed])
    await reconcile(place)
    assert await tickets(place, "open") == []
    async with place.work() as work:
        assert (await settlement.access_withdrawal(work, withdrawal))["state"] == "paid"
        (part,) = await settlement.parts_of(work, withdrawal)
    line = StatementLine("split", part["id"], "x", 999, "CNY", await _now(place))
    await place.do(reconciliation.read_statement, "sandbox", await today(place), [line])
    assert ("split", "other_amount", "open") in await tickets(place)
    assert await place.breaches() == {}


@pytest.mark.parametrize("other", [{"amount_minor": 1989}, {"currency": "USD"}, {"key": new_uuid()}])
async def test_each_way_to_differ_has_its_name(place: Place, other: dict[str, Any]) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    notice = await given.pay(place, who, await given.place_order(place, who, of))
    said = {"key": notice.attempt, "amount_minor": 1990, "currency": "CNY"} | other
    line = StatementLine(
        "charge", said["key"], notice.transaction, said["amount_minor"], said["currency"], await _now(place)
    )
    await place.do(reconciliation.read_statement, "sandbox", await today(place), [line])
    names = {"amount_minor": "other_amount", "currency": "other_currency", "key": "other_payment"}
    assert await tickets(place) == [("charge", names[next(iter(other))], "open")]
    assert await place.breaches() == {}


async def test_a_person_settles_and_that_is_audited(place: Place) -> None:
    one = await ticket(place)
    assert await place.do(reconciliation.settle_ticket, one, "corrected_there", reason="they were wrong") is None
    assert await tickets(place) == [("transfer", "not_here", "settled")]
    rows = await notices.rows(
        place, "SELECT reason FROM audit.entries WHERE market_id = $1 AND action = 'reconciliation.settle_ticket'"
    )
    assert [row["reason"] for row in rows] == ["they were wrong"]
    await place.do(reconciliation.match_tickets)
    assert await place.breaches() == {}


async def test_the_night_has_yesterdays_statement_read(place: Place) -> None:
    await paid_at_the_provider(place, "lost")
    await paid_at_the_provider(place, "told")
    await place.later(timedelta(days=1, hours=11))
    async with place.work() as work:
        days = await reconciliation.days(work, date(2000, 1, 1))
    assert [row["state"] for row in days] == ["read"]
    assert await tickets(place, "open") == []
