"""Money: notices in any order and number, what does not match is put aside, and every refund is asked until it is answered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.platform import sweeps
from tuan.platform.gateways.payment import ChargeState, RefundAnswer, RefundState
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.model import Placed, PlaceOrder
from tuan.trade.payments.errors import NoticeRepeated
from tuan.trade.payments.model import AttemptState
from tuan.value import ledger
from tuan.value.ledger.model import Postings


async def placed_alone(place: Place, **more: Any) -> tuple[Goods, Buyer, Placed]:
    of, who = await given.goods(place, **more), await given.buyer(place)
    return of, who, granted(await given.place_order(place, who, of))


async def rows(place: Place, sql: str) -> list[Any]:
    async with place.work() as work:
        return await work.fetch(sql)


CAPTURES = "SELECT amount_minor, applied_minor, refunded_minor FROM payments.captures WHERE market_id = $1 ORDER BY id"
QUARANTINE = "SELECT reason FROM payments.quarantine WHERE market_id = $1 ORDER BY id"
ATTEMPTS = "SELECT state FROM payments.attempts WHERE market_id = $1 ORDER BY id"


async def test_a_notice_told_five_times_is_one_capture(place: Place) -> None:
    _, who, placed = await placed_alone(place)
    attempt = await given.start_paying(place, who, placed)
    notice = await given.paid_notice(place, attempt)
    async with place.work() as work:
        assert await orders.apply_notices(work, [notice, notice]) == [ChargeState.PAID] * 2
    for _ in range(3):
        assert await given.place_notice(place, attempt) == ChargeState.PAID
    assert len(await rows(place, CAPTURES)) == 1
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    assert await place.breaches() == {}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"amount_minor": 1989}, "wrong_amount"),
        ({"amount_minor": 1991}, "wrong_amount"),
        ({"currency": "EUR"}, "wrong_currency"),
        ({"merchant": "somebody"}, "wrong_merchant"),
        ({"app": "another"}, "wrong_merchant"),
        ({"provider": "wechat"}, "wrong_provider"),
        ({"attempt": uuid4()}, "unknown_attempt"),
    ],
)
async def test_a_notice_that_is_not_what_was_agreed_is_put_aside_once(
    place: Place, said: dict[str, Any], reason: str
) -> None:
    _, who, placed = await placed_alone(place)
    attempt = await given.start_paying(place, who, placed)
    for _ in range(2):
        assert await given.place_notice(place, attempt, **said) == reason
    assert [row["reason"] for row in await rows(place, QUARANTINE)] == [reason]
    assert await rows(place, CAPTURES) == []
    assert await given.state_of(place, placed.orders[0]) == "placed"
    assert await given.place_notice(place, attempt) == ChargeState.PAID


async def test_one_payment_of_the_provider_pays_one_attempt(place: Place) -> None:
    """The same transaction told of another attempt, in the same batch or later, is put aside."""
    _, who, placed = await placed_alone(place)
    _, other, placed_too = await placed_alone(place)
    notice = await given.paid_notice(place, await given.start_paying(place, who, placed))
    attempt = await given.start_paying(place, other, placed_too)
    async with place.work() as work:
        again = replace(notice, attempt=attempt)
        assert await orders.apply_notices(work, [notice, again]) == [ChargeState.PAID, "reused_transaction"]
    assert await place.one(orders.apply_notices, again) == "reused_transaction"
    assert [await given.state_of(place, p.orders[0]) for p in (placed, placed_too)] == ["to_ship", "placed"]
    assert await place.breaches() == {}


async def test_what_comes_twice_goes_back_once(place: Place) -> None:
    """Declined, paid by a second attempt, and then the first one was paid after all."""
    _, who, placed = await placed_alone(place, price_minor=1990)
    first = await given.begin_paying(place, who, placed)
    (notice,) = await place.house.sandbox.decide([await given.charge_of(place, first)], pay=False)
    assert await place.one(orders.apply_notices, notice) == ChargeState.DECLINED
    second = await given.start_paying(place, who, placed)
    await given.money_comes(place, second)
    await given.money_comes(place, first)
    captures = await rows(place, CAPTURES)
    assert [tuple(row) for row in captures] == [(1990, 1990, 0), (1990, 0, 1990)]
    async with place.work() as work:
        balances = await ledger.balances(work)
    assert balances["provider:sandbox:clearing", "CNY"] == -1990
    assert balances["buyers:prepayment", "CNY"] == 1990
    assert balances["buyers:refunds_payable", "CNY"] == 0
    assert await place.breaches() == {}


async def test_news_that_is_older_than_what_is_known_changes_nothing(place: Place) -> None:
    _, who, placed = await placed_alone(place)
    attempt = await given.start_paying(place, who, placed)
    await given.place_notice(place, attempt)
    for state in (ChargeState.DECLINED, ChargeState.CLOSED, ChargeState.WAITING):
        answer = await given.place_notice(place, attempt, state=state, transaction="", paid_at=None)
        assert answer == ChargeState.PAID
    assert [row["state"] for row in await rows(place, ATTEMPTS)] == ["captured"]
    assert await given.state_of(place, placed.orders[0]) == "to_ship"


async def test_a_notice_after_the_order_was_closed_finds_its_order(place: Place) -> None:
    _, who, placed = await placed_alone(place)
    attempt = await given.start_paying(place, who, placed)
    await place.later(timedelta(minutes=16))
    assert await given.state_of(place, placed.orders[0]) == "closed"
    assert [row["state"] for row in await rows(place, ATTEMPTS)] == ["closed"]
    assert await given.place_notice(place, attempt) == ChargeState.PAID
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    assert await place.breaches() == {}


async def test_a_provider_that_never_told_us_is_asked(place: Place) -> None:
    _, who, placed = await placed_alone(place)
    attempt = await given.begin_paying(place, who, placed)
    await given.provider_pays(place, attempt)
    await place.later(timedelta(seconds=31))
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    assert await place.breaches() == {}


async def test_a_silent_provider_is_asked_to_close_before_the_order_lapses(place: Place) -> None:
    of, who, placed = await placed_alone(place, units=1)
    attempt = await given.begin_paying(place, who, placed)
    await place.later(timedelta(minutes=14))
    assert [row["state"] for row in await rows(place, ATTEMPTS)] == ["pending"]
    assert await given.state_of(place, placed.orders[0]) == "placed"
    await place.later(timedelta(minutes=5))
    assert [row["state"] for row in await rows(place, ATTEMPTS)] == ["closed"]
    assert await given.state_of(place, placed.orders[0]) == "closed"
    assert await given.free_units(place, of) == 1
    (said,) = await place.house.sandbox.decide([await given.charge_of(place, attempt)], pay=True)
    assert said.state == ChargeState.CLOSED
    assert await place.breaches() == {}


async def test_an_order_whose_provider_does_not_answer_waits_and_holds_its_goods(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, who, placed = await placed_alone(place, units=1)
    await given.begin_paying(place, who, placed)

    async def silent(_charges: Any) -> Any:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(place.house.sandbox, "close", silent)
        patch.setattr(place.house.sandbox, "query", silent)
        await place.move_clock(timedelta(minutes=16))
        for _ in range(2):
            await place.relay.call_out(sweeps.intents["trade.orders.queries"], place.market)
            await place.do(orders.lapse_unpaid, limit=10)
    assert await given.state_of(place, placed.orders[0]) == "placed"
    assert await given.free_units(place, of) == 0
    await place.later(timedelta(hours=2))
    assert await given.state_of(place, placed.orders[0]) == "closed"


async def test_a_refund_of_unknown_outcome_is_asked_again_with_the_same_key_and_booked_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, who, placed = await placed_alone(place)
    await given.pay(place, who, placed)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    asked: list[Any] = []
    refund = place.house.sandbox.refund

    async def unsure(refunds: Any) -> Any:
        asked.append([r.refund for r in refunds])
        if len(asked) == 1:
            raise ConnectionResetError
        if len(asked) == 2:
            return [RefundAnswer("sandbox", r.refund, RefundState.UNKNOWN, "") for r in refunds]
        return await refund(refunds)

    monkeypatch.setattr(place.house.sandbox, "refund", unsure)
    for _ in range(4):
        await place.move_clock(timedelta(minutes=10))
        await place.relay.call_out(sweeps.intents["trade.payments.refunds"], place.market)
    assert len(asked) == 3 and asked[0] == asked[1] == asked[2]
    assert await given.given_back(place, placed.orders[0]) == 1990
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_refund_that_the_provider_refuses_is_stuck_and_not_booked(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, who, placed = await placed_alone(place)
    await given.pay(place, who, placed)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None

    async def never(refunds: Any) -> Any:
        return [RefundAnswer("sandbox", r.refund, RefundState.FAILED, "closed account") for r in refunds]

    monkeypatch.setattr(place.house.sandbox, "refund", never)
    await place.quiet()
    (refund,) = await rows(place, "SELECT state, provider_ref FROM payments.refunds WHERE market_id = $1")
    assert tuple(refund) == ("stuck", "closed account")
    async with place.work() as work:
        assert (await ledger.balances(work))["buyers:refunds_payable", "CNY"] == 1990
    assert await place.breaches() == {}


@pytest.mark.parametrize(("provider", "amount_minor", "currency", "reason", "state"), [
    ("wechat", 1990, "CNY", "wrong_provider", "due"), ("sandbox", 1990, "USD", "wrong_currency", "stuck"),
    ("sandbox", 1989, "CNY", "wrong_amount", "stuck"),
])  # fmt: skip
async def test_what_is_told_of_a_refund_otherwise_than_agreed_is_put_aside_once_and_books_nothing(
    place: Place, provider: str, amount_minor: int, currency: str, reason: str, state: str
) -> None:
    _, who, placed = await placed_alone(place)
    await given.pay(place, who, placed)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    (refund,) = (await place.do(payments.refunds, states=["due"])).items
    told = RefundAnswer(provider, refund["id"], RefundState.DONE, "r1", amount_minor, currency)
    for _ in range(2):
        await place.do(payments.apply_refund_answers, [told])
    assert [row["state"] for row in (await place.do(payments.refunds)).items] == [state]
    (aside,) = (await place.do(payments.quarantine)).items
    assert (aside["reason"], aside["provider"], aside["notice"]["refund"]) == (reason, provider, str(refund["id"]))
    async with place.work() as work:
        assert (await ledger.balances(work))["buyers:refunds_payable", "CNY"] == 1990
    assert await place.breaches() == {}


async def test_the_end_of_a_refund_that_nobody_here_asked_for_is_put_aside(place: Place) -> None:
    told = RefundAnswer("sandbox", new_uuid(), RefundState.DONE, "r1", 1990)
    await place.do(payments.apply_refund_answers, [told])
    assert [row["reason"] for row in (await place.do(payments.quarantine)).items] == ["unknown_attempt"]


async def test_one_checkout_with_two_suppliers_is_one_payment_and_two_orders(place: Place) -> None:
    first, second = await given.goods(place, price_minor=1000), await given.goods(place, price_minor=500)
    who = await given.buyer(place)
    command = PlaceOrder(who.id, given.fresh_key(), ((first.sku, 1), (second.sku, 2)), who.address, 2000)
    placed = granted(await place.one(orders.place_orders, command))
    assert len(placed.orders) == 2
    await given.pay(place, who, placed)
    assert [await given.state_of(place, order) for order in placed.orders] == ["to_ship"] * 2
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert [await given.state_of(place, order) for order in placed.orders] == ["cancelled", "to_ship"]
    assert [await given.given_back(place, order) for order in placed.orders] == [1000, 0]
    assert await place.do(orders.ship, placed.orders[1], first.supplier, carrier="SF", tracking="1") is not None
    assert await place.do(orders.ship, placed.orders[1], second.supplier, carrier="SF", tracking="1") is None
    assert await place.breaches() == {}


async def test_cancelling_one_order_of_an_unpaid_checkout_ends_all_of_it(place: Place) -> None:
    first, second = await given.goods(place, units=1), await given.goods(place, units=1)
    who = await given.buyer(place)
    command = PlaceOrder(who.id, given.fresh_key(), ((first.sku, 1), (second.sku, 1)), who.address, None)
    placed = granted(await place.one(orders.place_orders, command))
    assert await place.do(orders.cancel_unpaid, placed.orders[0], who.id, reason="test") is None
    assert [await given.state_of(place, order) for order in placed.orders] == ["closed"] * 2
    assert await given.free_units(place, first) == await given.free_units(place, second) == 1
    assert await place.breaches() == {}


async def test_what_is_owed_is_read_by_whoever_owes_it(place: Place) -> None:
    _, who, placed = await placed_alone(place)
    stranger = await given.buyer(place)
    for person, payable in ((stranger.id, placed.payable), (who.id, new_uuid())):
        with pytest.raises(Refused, match=NotFound.code):
            await place.do(payments.access_payable, payable, person)
    row = await place.do(payments.access_payable, placed.payable, who.id)
    assert (row["amount_minor"], row["applied_minor"], row["pending_attempt"], row["last_state"]) == (
        1990,
        0,
        None,
        None,
    )
    assert await place.do(payments.providers_used) == []
    attempt = await given.start_paying(place, who, placed)
    row = await place.do(payments.access_payable, placed.payable, who.id)
    assert (row["pending_attempt"], row["last_state"]) == (attempt, "pending")
    assert await given.place_notice(place, attempt) == ChargeState.PAID
    row = await place.do(payments.access_payable, placed.payable, who.id)
    assert (row["applied_minor"], row["pending_attempt"], row["last_state"]) == (1990, None, "captured")
    assert await place.do(payments.providers_used) == [place.house.sandbox.name]


async def test_a_checkout_is_told_by_its_first_order_and_who_has_bought_by_a_living_one(place: Place) -> None:
    first, second = await given.goods(place), await given.goods(place)
    who, other = await given.buyers(place, 2)
    command = PlaceOrder(who.id, given.fresh_key(), ((first.sku, 1), (second.sku, 1)), who.address, None)
    placed = granted(await place.one(orders.place_orders, command))
    alone = granted(await given.place_order(place, other, first))
    payables = [placed.payable, alone.payable, new_uuid()]
    firsts = {placed.payable: min(placed.orders), alone.payable: alone.orders[0]}
    assert await place.do(orders.first_of_payables, payables) == firsts
    assert await place.do(orders.have_bought, [who.id, other.id]) == {who.id, other.id}
    assert await place.do(orders.have_bought, [who.id, other.id], besides=alone.orders) == {who.id}
    await given.pay(place, who, placed)
    await place.later(timedelta(minutes=16))
    assert await place.do(orders.have_bought, [who.id, other.id, new_uuid()]) == {who.id}


async def test_a_sending_is_heard_once_a_day(place: Place) -> None:
    for provider, nonce in (("wechat", "one"), ("wechat", "two"), ("stripe", "one")):
        assert await place.do(payments.hear_once, provider, nonce) is None
    assert await place.do(payments.hear_once, "wechat", "one") == NoticeRepeated()
    await place.later(timedelta(hours=25))
    assert await place.do(payments.hear_once, "wechat", "one") is None


async def test_a_second_attempt_on_what_is_paid_in_part_asks_for_the_rest(place: Place) -> None:
    _, who, placed = await placed_alone(place)
    first, postings = await given.start_paying(place, who, placed), Postings()
    async with place.work() as work:
        till = await payments.load_till(work, [placed.payable])
        attempts = await payments.lock_attempts(work, [first])
        till.capture(attempts[first], "a part of it", 490, work.now, work.now)
        attempts[first].move(AttemptState.CAPTURED)
        await payments.save_attempts(work, attempts.values())
        await payments.save_till(work, till, postings)
        await ledger.save_postings(work, postings)
    second = await given.start_paying(place, who, placed)
    assert (await given.charge_of(place, second)).amount_minor == 1500
    await given.money_comes(place, second)
    assert await given.state_of(place, placed.orders[0]) == "to_ship"


async def test_so_many_payments_are_asked_about_at_a_time(place: Place) -> None:
    of = await given.goods(place)
    for who in await given.buyers(place, 2):
        await given.start_paying(place, who, granted(await given.place_order(place, who, of)))
    await place.move_clock(timedelta(minutes=10))
    told = [len(await place.do(payments.claim_queries, limit=1)) for _ in range(3)]
    assert told == [1, 1, 0], "each is put off to its next time"
