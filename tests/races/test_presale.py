"""Races of presales: a balance against the sweep that ends its order, stepping back against paying, the last unit.

Each race is run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from typing import Any

import pytest

from tests.given import goods as given
from tests.given import invoicing
from tests.given import presale as sales
from tests.given.races import BOOK, CROWD, Rivals, meet_after_loading, one_won, unguarded
from tuan.goods.supply import store as stock_store
from tuan.goods.supply.errors import SoldOut
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import ChargeState
from tuan.play import presale
from tuan.play.presale.model import BookGoods
from tuan.trade import invoices, orders
from tuan.trade.invoices import store as invoices_store

ORDERS = 6


async def lapse_against_balance(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """(state of the order, what of its balance counts, what of it went back), for balances told of while the sweep ends
    their orders: the provider had declined them, and says now that they were paid after all."""
    one, other = rivals.one, rivals.other
    booked, notices = [], []
    for _ in range(ORDERS):
        _, who, order = await sales.deposited(one, kind="earnest")
        booked.append((who, order))
    await one.move_clock(sales.BALANCE_FROM)
    for who, order in booked:
        attempt = await given.begin_paying(one, who, sales.owed_by(order))
        await given.place_notice(one, attempt, state=ChargeState.DECLINED, transaction="", paid_at=None)
        notices.append(await given.paid_notice(one, attempt))
    await one.move_clock(sales.BALANCE_UNTIL - sales.BALANCE_FROM)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, 1 + len(notices))
        heard = (
            other.house.lanes.submit(orders.apply_notices, other.market, n, shard=i) for i, n in enumerate(notices)
        )
        outcomes = await rivals.race(one.do(presale.lapse_due, limit=100), *heard)
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    await one.quiet()
    found = []
    for _, order in booked:
        async with one.work() as work:
            sql = (
                "SELECT p.applied_minor, c.refunded_minor FROM payments.payables p JOIN payments.captures c "
                "ON c.market_id = p.market_id AND c.payable_id = p.id WHERE p.market_id = $1 AND p.id = $2"
            )
            row = await work.fetch_one(sql, order.balance)
        found.append((await given.state_of(one, order.order), row["applied_minor"], row["refunded_minor"]))
    return found


async def every_balance_counts_or_goes_back(rivals: Rivals, found: list[tuple[str, int, int]]) -> None:
    assert all(one in [("to_ship", 8_000, 0), ("forfeited", 0, 8_000)] for one in found), found
    assert await rivals.one.breaches() == {}


async def test_a_balance_counts_or_goes_back_when_it_meets_the_end(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    await every_balance_counts_or_goes_back(rivals, await lapse_against_balance(rivals, monkeypatch))


async def test_control_without_lock_a_balance_is_taken_and_its_order_ended(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK)
    with pytest.raises(AssertionError):
        await every_balance_counts_or_goes_back(rivals, await lapse_against_balance(rivals, monkeypatch))


async def booked_by_a_crowd(rivals: Rivals) -> list[Any]:
    one = rivals.one
    of = await given.goods(one, units=1, price_minor=12_000)
    offer = granted(await sales.launch(one, of))
    people = await given.crowd(one, CROWD)
    commands = [BookGoods(who.id, given.fresh_key(), offer, of.sku, 1, who.address) for who in people]
    return await rivals.crowd(presale.book_goods, commands)


async def test_the_last_unit_is_booked_once(rivals: Rivals) -> None:
    one_won(await booked_by_a_crowd(rivals), SoldOut)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_the_last_unit_is_booked_twice(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (stock_store, "LOCK_STOCK_SQL"))
    meet_after_loading(monkeypatch)
    with pytest.raises(AssertionError):
        one_won(await booked_by_a_crowd(rivals), SoldOut)


async def red_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Minor units that became red, and that went back, where the same news is followed by two at once."""
    one, other = rivals.one, rivals.other
    who, _, order, invoice = await invoicing.issued(one)
    async with one.work() as work:
        sql = "UPDATE orders.lines SET refunded_minor = 1990, returned_units = 1 WHERE market_id = $1 AND order_id = $2"
        await work.execute(sql, order)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        outcomes = await rivals.race(*(place.do(invoices.follow, [order]) for place in (one, other)))
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    assert who
    return sum(red["amount_minor"] for red in await invoicing.reds_of(one, invoice)), 1990


async def test_what_went_back_becomes_red_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    red, back = await red_twice(rivals, monkeypatch)
    assert red == back


async def test_control_without_lock_what_went_back_becomes_red_twice(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK[1:2], (invoices_store, "LOCK_ISSUED_SQL"))
    red, back = await red_twice(rivals, monkeypatch)
    assert red != back
