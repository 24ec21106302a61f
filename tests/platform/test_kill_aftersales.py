"""A process is killed at each await in which something goes back; whoever comes after finds it done or not begun.

It dies before its n-th call to the database or the provider, for n = 1, 2, … until it survives. Then the act is done
again where it was not done, and in the end the provider has given back exactly what our books say, once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.aftersales import ask, bought
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tests.given.kills import ActFailed
from tests.given.trials import Trial
from tuan.platform.work import Work
from tuan.trade import aftersales
from tuan.trade.aftersales.model import Kind
from tuan.trade.payments.sweeps import REFUNDS

STRIDE = 6
GIVEN_BACK_SQL = (
    "SELECT id, amount_minor FROM payments.refunds WHERE market_id = $1 AND order_id = $2 AND state = 'done'"
)
UNIT = 1990


@dataclass(slots=True)
class Story:
    who: Buyer
    of: Goods
    order: UUID


Act = Callable[[Place, Story], Awaitable[Any]]


async def takes_back(place: Place, story: Story) -> Any:
    return await ask(place, story.who, story.order, Kind.CANCEL, "changed_mind", (1, 1))


async def opens(place: Place, story: Story) -> Any:
    return await ask(place, story.who, story.order, Kind.REFUND_ONLY, "damaged", (1, 2))


async def agrees(place: Place, story: Story) -> Any:
    return await place.do(aftersales.agree, story.order, 1, story.of.supplier)


async def time_passes(place: Place, _: Story) -> None:
    await place.quiet()  # facts do not wait that long
    await place.move_clock(timedelta(hours=48))


async def is_silent(place: Place, _: Story) -> Any:
    return await place.do(aftersales.end_due, limit=10)


async def goes_back_whole(place: Place, story: Story) -> Any:
    return await place.do(aftersales.refund_whole, story.order, story.of.supplier, reason="test")


async def money_goes(place: Place, _: Story) -> None:
    while await place.relay.call_out(REFUNDS, place.market):
        pass


ACTS: dict[str, tuple[str, tuple[Act, ...], Act, int]] = {
    "take back": ("to_ship", (), takes_back, UNIT),
    "open": ("received", (), opens, 0),
    "agree": ("received", (opens,), agrees, 2 * UNIT),
    "silence": ("received", (opens, time_passes), is_silent, 2 * UNIT),
    "whole": ("received", (opens,), goes_back_whole, 3 * UNIT),
    "refund": ("received", (opens, agrees), money_goes, 2 * UNIT),
}
"""Where the order is, what has happened before, the act in which the process dies, what has gone back in the end."""


async def footprint(place: Place, story: Story) -> tuple[str, int, int]:
    """State of the order, minor units that are to go back, and cases: what an act changes, it changes together."""
    async with place.work() as work:
        cases = (await aftersales.cases_of(work, [story.order])).get(story.order, [])
        sql = "SELECT state, refunded_minor FROM orders.orders WHERE market_id = $1 AND id = $2"
        row = await work.fetch_one(sql, story.order)
    assert row is not None
    return row["state"], row["refunded_minor"], len(cases)


async def begin(place: Place, state: str, before: tuple[Act, ...]) -> Story:
    who, of, order = await bought(place, state=state)
    await place.quiet()
    story = Story(who, of, order)
    for act in before:
        await act(place, story)
    return story


async def come_after(place: Place, story: Story, act: Act, back: int, was: tuple[str, int, int]) -> None:
    """It was done or it was not: never the money without the case, nor the case without the money."""
    assert await place.breaches() == {}
    if await footprint(place, story) == was:
        await act(place, story)
    assert back == 0 or (await footprint(place, story))[1] == back
    await place.later(timedelta(minutes=1))
    assert await given.given_back(place, story.order) == back
    assert await place.breaches() == {}
    async with place.work() as work:
        day = work.now.date()
    lines = [one for n in range(-3, 1) for one in await _statement(place, day + timedelta(n))]
    async with place.work() as work:
        rows = await work.fetch(GIVEN_BACK_SQL, story.order)
    assert {row["id"]: row["amount_minor"] for row in rows}.items() <= dict(lines).items()
    assert len(lines) == len(dict(lines)), "the provider gave each back once"


async def _statement(place: Place, day: Any) -> list[tuple[Any, int]]:
    found = await place.house.sandbox.statement(place.market, day)
    return [(line.key, line.amount_minor) for line in found if line.kind == "refund"]


def die(trial: Trial, name: str, stride: int, *, dying: Act | None = None) -> None:
    state, before, act, back = ACTS[name]
    place = trial.open()

    async def beginning() -> tuple[Story, tuple[str, int, int]]:
        story = await begin(place, state, before)
        return story, await footprint(place, story)

    trial.run(
        name, place, stride, begin=beginning, dying=lambda new, both: (dying or act)(new, both[0]),
        come_after=lambda both: come_after(place, both[0], act, back, both[1]),
    )  # fmt: skip


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", ACTS)
def test_what_goes_back_killed_at_an_await_went_or_did_not(trial: Trial, name: str, stride: int) -> None:
    """Here at every so manieth await from a random one on, every night at all of them."""
    die(trial, name, stride)


async def agrees_piecemeal(place: Place, story: Story) -> Any:
    """Every statement is committed by itself."""
    send = Work.send

    async def commit_at_once(work: Work, wake: str = "") -> None:
        await send(work, wake)
        market = f"SELECT set_config('tuan.market', '{work.market.id}', true)"
        await work.connection.execute(f"COMMIT; BEGIN; {market}")

    Work.send = commit_at_once  # type: ignore[method-assign]  # in a process that ends with this act
    return await agrees(place, story)


def test_control_without_transaction_something_goes_back_by_half(trial: Trial) -> None:
    with pytest.raises(AssertionError) as found:
        die(trial, "agree", 1, dying=agrees_piecemeal)
    assert not isinstance(found.value, ActFailed)
