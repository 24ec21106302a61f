"""Presales against the database: two payables for one order, and what becomes of a deposit."""

from datetime import timedelta
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import presale as sales
from tests.given.houses import Place
from tests.given.settling import KEPT
from tuan.kit.refusals import NotFound, granted
from tuan.play import presale
from tuan.trade import aftersales, orders, payments, settlement
from tuan.trade.aftersales.errors import InPresale
from tuan.value import ledger

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


async def balances(place: Place) -> dict[str, int]:
    async with place.work() as work:
        return {code: balance for (code, _), balance in (await ledger.balances(work)).items() if balance}


async def order_of(place: Place, booked: Any) -> Any:
    async with place.work() as work:
        return await orders.access_any_order(work, booked.order)


async def test_a_deposit_and_its_balance_buy_the_goods(place: Place) -> None:
    of, who, booked = await sales.deposited(place, units=2)
    row = await order_of(place, booked)
    assert (row["state"], row["total_minor"], row["later_minor"]) == ("deposited", 4_000, 16_000)
    assert await given.free_units(place, of) == 8
    assert await place.breaches() == {}
    await place.later(sales.BALANCE_FROM)
    await sales.pay_balance(place, who, booked)
    row = await order_of(place, booked)
    assert (row["state"], row["total_minor"], row["later_minor"]) == ("to_ship", 20_000, 0)
    assert await place.breaches() == {}
    assert await place.do(orders.ship, booked.order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, booked.order, who.id) is None
    await place.later(KEPT)
    assert (await balances(place))[f"supplier:{of.supplier}:payable"] == 20_000 - 400
    assert await place.breaches() == {}


async def test_earnest_money_is_kept_where_the_balance_never_comes(place: Place) -> None:
    of, _, booked = await sales.deposited(place)
    await place.later(sales.BALANCE_UNTIL - MINUTE)
    assert await given.state_of(place, booked.order) == "deposited"
    await place.later(2 * MINUTE)
    assert await given.state_of(place, booked.order) == "forfeited"
    assert await given.free_units(place, of) == 10
    now = await balances(place)
    assert now[f"supplier:{of.supplier}:payable"] == 2_000 - 40 and "buyers:prepayment" not in now
    async with place.work() as work:
        found = await settlement.statement_lines(work, of.supplier, work.now - timedelta(days=1), work.now + SECOND)
    (claim,) = found.items
    assert claim["kept_minor"] == 2_000
    assert await place.breaches() == {}


async def test_what_is_over_a_fifth_is_no_earnest_money_and_comes_back(place: Place) -> None:
    of, _, booked = await sales.deposited(place, deposit_minor=5_000)
    await place.later(sales.BALANCE_UNTIL + SECOND)
    row = await order_of(place, booked)
    assert (row["state"], row["refunded_minor"]) == ("forfeited", 3_000)
    await place.quiet()
    assert await given.given_back(place, booked.order) == 3_000
    assert (await balances(place))[f"supplier:{of.supplier}:payable"] == 2_000 - 40
    assert await place.breaches() == {}


async def test_a_prepayment_comes_back_whole(place: Place) -> None:
    _, _, booked = await sales.deposited(place, kind="prepayment")
    await place.later(sales.BALANCE_UNTIL + SECOND)
    assert await given.state_of(place, booked.order) == "cancelled"
    await place.quiet()
    assert await given.given_back(place, booked.order) == 2_000
    assert {code: b for code, b in (await balances(place)).items() if not code.startswith("points")} == {}
    assert await place.breaches() == {}


async def test_a_balance_that_comes_too_late_goes_back_by_itself(place: Place) -> None:
    _, who, booked = await sales.deposited(place)
    await place.later(sales.BALANCE_FROM)
    attempt = await given.begin_paying(place, who, sales.owed_by(booked))
    await place.house.sandbox.decide([await given.charge_of(place, attempt)], pay=False)
    await place.later(sales.BALANCE_UNTIL)
    assert await given.state_of(place, booked.order) == "forfeited"
    await given.place_notice(place, attempt)
    await place.quiet()
    assert await given.state_of(place, booked.order) == "forfeited"
    async with place.work() as work:
        (capture,) = await payments.captures_of(work, [booked.balance])
    assert (capture["applied_minor"], capture["refunded_minor"]) == (0, 8_000)
    assert await place.breaches() == {}


async def test_a_balance_under_way_is_waited_for_and_counts(place: Place) -> None:
    _, who, booked = await sales.deposited(place)
    await place.later(sales.BALANCE_UNTIL - timedelta(minutes=1))
    attempt = await given.start_paying(place, who, sales.owed_by(booked))
    await place.move_clock(timedelta(minutes=2))
    assert await place.do(presale.lapse_due, limit=10) == 0
    await given.money_comes(place, attempt)
    assert await given.state_of(place, booked.order) == "to_ship"
    assert await place.breaches() == {}


async def test_a_deposit_that_is_never_paid_closes_its_order_and_one_that_comes_late_goes_back(place: Place) -> None:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    booked = granted(await sales.book(place, who, of, granted(await sales.launch(place, of))))
    attempt = await given.begin_paying(place, who, booked)
    await place.house.sandbox.decide([await given.charge_of(place, attempt)], pay=False)
    await place.later(timedelta(minutes=16))
    assert await given.state_of(place, booked.order) == "closed"
    assert await given.free_units(place, of) == 1
    await given.place_notice(place, attempt)
    await place.quiet()
    row = await order_of(place, booked)
    assert (row["state"], row["refunded_minor"], row["later_minor"]) == ("cancelled", 2_000, 8_000)
    await place.later(sales.BALANCE_UNTIL)
    assert await place.breaches() == {}


@pytest.mark.parametrize(("kind", "back", "state"), [("earnest", 0, "forfeited"), ("prepayment", 2_000, "cancelled")])
async def test_a_buyer_may_step_back_for_what_his_deposit_says(place: Place, kind: str, back: int, state: str) -> None:
    of, who, booked = await sales.deposited(place, kind=kind)
    stranger = await given.buyer(place)
    step_back = {"reason": "changed_mind", "shown_back_minor": back}
    assert await place.do(presale.give_up, booked.order, stranger.id, **step_back) == NotFound()
    assert await place.do(presale.give_up, booked.order, who.id, **step_back) is None
    await place.quiet()
    assert await given.state_of(place, booked.order) == state
    assert await given.given_back(place, booked.order) == back
    assert await given.free_units(place, of) == 10
    assert await place.breaches() == {}


@pytest.mark.parametrize(("kind", "owed"), [("earnest", 2_000), ("prepayment", 0)])
async def test_a_supplier_who_does_not_deliver_gives_earnest_money_back_twice(
    place: Place, kind: str, owed: int
) -> None:
    of, _, booked = await sales.deposited(place, kind=kind)
    assert await place.do(aftersales.refund_whole, booked.order, of.supplier, reason="no") == InPresale()
    assert await place.do(presale.fail, booked.order, of.supplier, reason="harvest lost") is None
    await place.quiet()
    assert await given.state_of(place, booked.order) == "cancelled"
    assert await given.given_back(place, booked.order) == 2_000
    now = await balances(place)
    assert (now.get("buyers:compensation", 0), now.get(f"supplier:{of.supplier}:debt", 0)) == (owed, -owed)
    assert await place.breaches() == {}
    if owed:
        assert await place.do(presale.settle_owed, booked.order, "bank 1", reason="paid by hand") is None
        assert "buyers:compensation" not in await balances(place)
        assert await place.breaches() == {}


async def test_after_the_balance_the_supplier_still_owes_twice_and_the_buyer_may_cancel_like_anybody(
    place: Place,
) -> None:
    of, _, booked = await sales.bought(place)
    assert await place.do(aftersales.refund_whole, booked.order, of.supplier, reason="no") == InPresale()
    assert await place.do(presale.fail, booked.order, of.supplier, reason="harvest lost") is None
    await place.quiet()
    assert await given.given_back(place, booked.order) == 10_000
    assert (await sales.booking_of(place, booked)).owed_minor == 2_000
    _, who, other = await sales.bought(place)
    assert await place.do(aftersales.cancel, other.order, who.id, reason="changed_mind") is None
    await place.quiet()
    assert await given.given_back(place, other.order) == 10_000
    await place.later(sales.BALANCE_UNTIL)
    assert await place.breaches() == {}


async def paid_unheard(place: Place, kind: str) -> tuple[given.Goods, given.Buyer, Any]:
    """An order whose deposit was paid in time, of which we have heard nothing yet."""
    of, who = await given.goods(place, units=10, price_minor=12_000), await given.buyer(place)
    booked = granted(await sales.book(place, who, of, granted(await sales.launch(place, of, kind=kind))))
    await given.provider_pays(place, await given.start_paying(place, who, booked))
    return of, who, booked


@pytest.mark.parametrize("kind", ["earnest", "prepayment"])
@pytest.mark.parametrize("early", [-SECOND, SECOND, 14 * MINUTE])
async def test_nobody_loses_a_deposit_that_was_heard_of_when_there_was_no_time_left_for_its_balance(
    place: Place, kind: str, early: timedelta
) -> None:
    """It was paid in time, and we are told of it when the balance's time is over, or nearly."""
    of, _, booked = await paid_unheard(place, kind)
    await place.later(sales.BALANCE_UNTIL - early)
    await place.later(15 * MINUTE)
    assert await given.state_of(place, booked.order) == "cancelled"
    assert await given.given_back(place, booked.order) == 2_000
    assert await given.free_units(place, of) == 10 and await balances(place) == {}
    await place.later(11 * MINUTE)
    assert await place.breaches() == {}


async def test_who_was_asked_for_the_balance_so_late_may_step_back_for_all_of_it_or_pay_it(place: Place) -> None:
    _, who, booked = await paid_unheard(place, "earnest")
    _, other, kept = await paid_unheard(place, "earnest")
    await place.later(sales.BALANCE_UNTIL - 14 * MINUTE)
    step_back = {"reason": "changed_mind", "shown_back_minor": 2_000}
    assert await place.do(presale.give_up, booked.order, who.id, **step_back) is None
    await sales.pay_balance(place, other, kept)
    await place.later(15 * MINUTE)
    assert [await given.state_of(place, one.order) for one in (booked, kept)] == ["cancelled", "to_ship"]
    assert await given.given_back(place, booked.order) == 2_000
    assert await place.breaches() == {}


async def test_asking_twice_is_asking_once_and_the_last_unit_is_booked_once(place: Place) -> None:
    of, who, other = await given.goods(place, units=1), await given.buyer(place), await given.buyer(place)
    offer = granted(await sales.launch(place, of))
    first = granted(await sales.book(place, who, of, offer, key="same"))
    assert granted(await sales.book(place, who, of, offer, key="same")) == first
    assert (await sales.book(place, other, of, offer)).code == "supply.sold_out"


async def test_an_offer_that_was_ended_takes_no_deposit_and_keeps_its_promises(place: Place) -> None:
    of, who, booked = await sales.deposited(place)
    agreed = await sales.booking_of(place, booked)
    assert await place.do(presale.end_offer, agreed.offer_id, reason="enough") is None
    assert await place.do(presale.end_offer, agreed.offer_id, reason="enough") == NotFound()
    assert (await sales.book(place, who, of, agreed.offer_id)).code == "presale.offer_over"
    await place.later(sales.BALANCE_FROM)
    await sales.pay_balance(place, who, booked)
    assert await given.state_of(place, booked.order) == "to_ship"
