"""A process is killed at each await of a cart's checkout and of its payment; whoever comes after finds all of it or nothing.

It dies before its n-th call to the database or the provider, for n = 1, 2, … until it survives: never one order without the
other, never orders whose lines are still in the cart, never a cart that is empty for nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.given import carts as mine
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tests.given.kills import ActFailed
from tests.given.trials import Trial
from tuan.kit.refusals import granted
from tuan.trade import carts, orders, payments
from tuan.trade.orders.model import Placed
from tuan.trade.payments import StartAttempt

STRIDE = 4


@dataclass(slots=True)
class Story:
    """Goods of two suppliers in one cart, a coupon for both, and something that stays in it."""

    who: Buyer
    wanted: list[tuple[Goods, int]]
    stays: Goods
    coupon: Any
    placed: Placed | None = None
    before: dict[Any, int] = field(default_factory=dict)


Act = Callable[[Place, Story], Awaitable[None]]


async def checks_out(place: Place, story: Story) -> None:
    remarks = ((story.wanted[1][0].supplier, "轻放"),)
    story.placed = granted(
        await mine.check_out(place, story.who, story.wanted, key="cart", coupons=(story.coupon,), remarks=remarks)
    )


async def pays(place: Place, story: Story) -> None:
    assert story.placed is not None
    sandbox = place.house.sandbox
    start = StartAttempt(story.who.id, "pay", story.placed.payable, sandbox.name, sandbox.merchant, sandbox.app)
    notice = await given.provider_pays(place, granted(await place.one(payments.start_attempts, start)))
    await place.one(orders.apply_notices, notice)


ACTS: dict[str, tuple[tuple[Act, ...], Act, str]] = {
    "check out": ((), checks_out, "placed"),
    "pay": ((checks_out,), pays, "to_ship"),
}
"""What has happened before, the act in which the process dies, and where both orders are once it has been repeated."""


async def begin(place: Place, before: tuple[Act, ...]) -> Story:
    apples, pears, stays = [await mine.sent(place) for _ in range(3)]
    who = await given.buyer(place)
    story = Story(who, [(apples, 2), (pears, 1)], stays, await promo.coupon(place, who))
    await mine.put(place, who, *story.wanted, (stays, 1))
    story.before = await mine.lines(place, who)
    for act in before:
        await act(place, story)
    await place.quiet()
    return story


async def check(place: Place, story: Story) -> list[str]:
    """States of the buyer's orders; the cart says the same as they do."""
    assert await place.breaches() == {}
    async with place.work() as work:
        rows = (await orders.orders_of(work, story.who.id)).items
        held = [await given.free_units(place, of) for of, _ in story.wanted]
    assert len(rows) in (0, 2), "one order without the other"
    assert await mine.lines(place, story.who) == ({story.stays.sku: 1} if rows else story.before)
    assert held == ([98, 99] if rows else [100, 100])
    return [row["state"] for row in rows]


async def come_after(place: Place, story: Story, act: Act, wanted: str) -> None:
    """The command, sent again with its key, has its one outcome."""
    await check(place, story)
    await act(place, story)
    await place.quiet()
    assert await check(place, story) == [wanted, wanted]


def die(trial: Trial, name: str, stride: int, *, dying: Act | None = None) -> None:
    before, act, wanted = ACTS[name]
    place = trial.open()
    trial.run(
        name, place, stride, begin=lambda: begin(place, before), dying=dying or act,
        come_after=lambda story: come_after(place, story, act, wanted),
    )  # fmt: skip


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", ACTS)
def test_a_cart_killed_at_an_await_was_bought_or_was_not(trial: Trial, name: str, stride: int) -> None:
    """Here at every so manieth await from a random one on, every night at all of them."""
    die(trial, name, stride)


async def checks_out_piecemeal(place: Place, story: Story) -> None:
    """What was bought leaves the cart in a transaction before that of the orders."""
    for of, _ in story.wanted:
        await place.do(carts.take_out, story.who.id, of.sku)
    await checks_out(place, story)


def test_control_without_transaction_a_cart_is_empty_for_nothing(trial: Trial) -> None:
    with pytest.raises(AssertionError) as found:
        die(trial, "check out", 1, dying=checks_out_piecemeal)
    assert not isinstance(found.value, ActFailed)
