"""Earning: what orders earn as they go their way, and one tap a day."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given import points as wallets
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.play import loyalty
from tuan.trade import aftersales, orders, settlement
from tuan.value.points import Balance

DAY = timedelta(days=1)


async def test_an_order_earns_when_it_is_paid_and_gives_when_it_is_over(place: Place) -> None:
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    await given.pay(place, who, placed)
    assert await wallets.balance(place, who.id) == Balance(0, 0, 19, 0)
    assert await place.do(orders.ship, placed.orders[0], of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, placed.orders[0], who.id) is None
    await place.later(8 * DAY)
    assert await wallets.balance(place, who.id) == Balance(19, 0, 0, 0)
    assert await place.breaches() == {}


async def test_an_order_that_goes_back_takes_its_points_along(place: Place) -> None:
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    for _ in range(2):
        await place.do(loyalty.follow_orders, placed.orders)
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    assert await place.breaches() == {}


async def test_an_order_that_is_heard_of_when_it_is_back_or_over_already(place: Place) -> None:
    """The first fact that arrives may be the last: what it earns, what goes back and what may be spent are one transaction."""
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    back, kept = [granted(await given.place_order(place, who, of)) for _ in range(2)]
    for placed in (back, kept):
        attempt = await given.start_paying(place, who, placed)
        await place.one(orders.apply_notices, await given.provider_pays(place, attempt))
    assert await place.do(aftersales.cancel, back.orders[0], who.id, reason="test") is None
    assert await place.do(orders.ship, kept.orders[0], of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, kept.orders[0], who.id) is None
    await place.move_clock(8 * DAY)
    assert await place.do(settlement.settle_due, limit=10) == 1
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(19, 0, 0, 0)
    assert await place.breaches() == {}


async def test_a_market_without_terms_gives_nothing_for_orders(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await given.pay(place, who, granted(await given.place_order(place, who, of)))
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)


async def tap(place: Place, who: Any) -> tuple[int, int]:
    """(days in a row, points) of a tap now."""
    done = granted(await place.do(loyalty.check_in, who.id))
    return done.streak, done.points


async def test_one_tap_a_day_along_the_ladder(place: Place) -> None:
    await wallets.terms(place)
    assert await place.do(loyalty.set_ladder, [5, 10, 20], reason="test") is None
    who = await given.buyer(place)
    seen = []
    for wait in (DAY, DAY, DAY, 2 * DAY):
        seen.append(await tap(place, who))
        assert await tap(place, who) == seen[-1], "asking again is asking once"
        await place.later(wait)
    seen.append(await tap(place, who))
    assert seen == [(1, 5), (2, 10), (3, 20), (4, 5), (1, 5)]
    assert (await wallets.balance(place, who.id)).spendable == 45
    ladder = await place.do(loyalty.ladder_of, who.id)
    assert (ladder.streak, ladder.is_done, ladder.step) == (1, True, 0)
    assert await place.breaches() == {}


async def test_fifty_taps_at_once_are_one(place: Place) -> None:
    await wallets.terms(place)
    assert await place.do(loyalty.set_ladder, [5, 10], reason="test") is None
    who = await given.buyer(place)
    taps = await asyncio.gather(*(tap(place, who) for _ in range(50)))
    assert set(taps) == {(1, 5)}
    assert (await wallets.balance(place, who.id)).spendable == 5
    assert await place.breaches() == {}


async def test_the_market_gives_a_day_no_more_than_its_terms(place: Place) -> None:
    await wallets.terms(place)
    assert await place.do(loyalty.set_ladder, [100], reason="test") is None
    assert await tap(place, await given.buyer(place)) == (1, 30)
    assert await place.breaches() == {}
