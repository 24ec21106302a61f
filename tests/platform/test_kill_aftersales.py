"""A process is killed at each await in which something goes back; whoever comes after finds it done or not begun.

It dies before its n-th call to the database or the provider, for n = 1, 2, … until it survives. Then the act is done
again where it was not done, and in the end the provider has given back exactly what our books say, once.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import houses
from tests.given.aftersales import ask, bought
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tests.given.kills import ActFailed, die_at
from tuan.kit.refusals import Refused
from tuan.main import open_house, open_relay
from tuan.platform.embedded import EmbeddedServer
from tuan.platform.settings import Settings
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


@dataclass(slots=True)
class Trial:
    runner: asyncio.Runner
    settings: Settings
    stack: AsyncExitStack

    async def prepare(self) -> Place:
        house = await self.stack.enter_async_context(open_house(self.settings, requests=2, lanes=2))
        relay = await self.stack.enter_async_context(open_relay(house))
        market, host = await houses.make_market(house)
        return Place(house, relay, market, host)

    async def begin(self, place: Place, state: str, before: tuple[Act, ...]) -> Story:
        who, of, order = await bought(place, state=state)
        await place.quiet()
        story = Story(who, of, order)
        for act in before:
            await act(place, story)
        return story

    async def come_after(self, place: Place, story: Story, act: Act, back: int, was: tuple[str, int, int]) -> None:
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
        lines = [one for n in range(-3, 1) for one in await self._statement(place, day + timedelta(n))]
        async with place.work() as work:
            rows = await work.fetch(GIVEN_BACK_SQL, story.order)
        assert {row["id"]: row["amount_minor"] for row in rows}.items() <= dict(lines).items()
        assert len(lines) == len(dict(lines)), "the provider gave each back once"

    async def _statement(self, place: Place, day: Any) -> list[tuple[Any, int]]:
        found = await place.house.sandbox.statement(place.market, day)
        return [(line.key, line.amount_minor) for line in found if line.kind == "refund"]

    def run(self, name: str, first: int, stride: int, *, dying: Act | None = None) -> tuple[int, int]:
        state, before, act, back = ACTS[name]
        place = self.runner.run(self.prepare())
        try:
            for deaths in itertools.count():
                story = self.runner.run(self.begin(place, state, before))
                was = self.runner.run(footprint(place, story))
                calls = die_at(first + deaths * stride, self.process(place, dying or act, story))
                self.runner.run(self.come_after(place, story, act, back, was))
                if calls is not None:
                    return deaths, calls
        finally:
            self.runner.run(self.stack.aclose())
        raise AssertionError("unreachable: an act has an end")

    def process(self, place: Place, act: Act, story: Story) -> Callable[[Callable[[], None]], Any]:
        async def live(start_counting: Callable[[], None]) -> None:
            async with open_house(self.settings, requests=1, lanes=1) as house, open_relay(house) as relay:
                start_counting()
                try:
                    await act(Place(house, relay, place.market, place.host), story)
                except Refused as refused:
                    raise ActFailed(str(refused)) from refused

        return live


@pytest.fixture(scope="module")
def settings(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database of its own, in which no worker is about."""
    asyncio.run(houses.make_template(server))
    asyncio.run(houses.clone(server, "tuan_kills_after"))
    return houses.settings_of(server, "tuan_kills_after", tmp_path_factory.mktemp("kills"))


@pytest.fixture
def trial(settings: Settings) -> Iterator[Trial]:
    with asyncio.Runner() as runner:
        yield Trial(runner, settings, AsyncExitStack())


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", ACTS)
def test_what_goes_back_killed_at_an_await_went_or_did_not(trial: Trial, name: str, stride: int) -> None:
    """Here at every so manieth await from a random one on, every night at all of them."""
    first = random.randint(1, stride)
    deaths, awaits = trial.run(name, first, stride)
    print(f"\n{name}: killed at {deaths} of {awaits} awaits, from {first} on")
    assert deaths == len(range(first, awaits + 1, stride))


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
        trial.run("agree", 1, 1, dying=agrees_piecemeal)
    assert not isinstance(found.value, ActFailed)
