"""The way of a notice from the bank to the book: posted by the relay to a shop that may be down, deaf or late.

Two stories go over a real socket, in a market of its own database, since on loopback the oldest market answers; in the
others the courier posts to the same app without a network.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.given import goods as given
from tests.given import houses, notices
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.main import House
from tuan.platform.embedded import EmbeddedServer
from tuan.platform.gateways.payment import Charge
from tuan.platform.gateways.sandbox import Fault
from tuan.play import groupbuy
from tuan.surfaces.web.app import make_app
from tuan.surfaces.web.server import serve
from tuan.trade import aftersales

SECONDS_MAX = 20
SCHEDULE_SECONDS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""WeChat Pay v3: 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h."""
NOBODY = "http://127.0.0.1:9/hooks/sandbox"
"""Nobody listens at the discard port."""


@pytest.fixture
async def town(house: House, server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[Place]:
    """The only market of a database that was cloned for this story; `house` has made what it is cloned from."""
    name = f"tuan_town_{os.getpid()}"
    await houses.clone(server, name)
    async with houses.open_place(houses.settings_of(server, name, tmp_path)) as place:
        yield place


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@asynccontextmanager
async def serving(place: Place, port: int) -> AsyncIterator[None]:
    """The shop answers on this port, as `tuan serve` does."""
    stop = asyncio.Event()
    task = asyncio.create_task(serve(make_app(place.house), "127.0.0.1", port, stop))
    try:
        while not task.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                break
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, SECONDS_MAX)


@pytest.fixture
def hook(place: Place, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the market's hook; what is posted there goes to the app without a network."""
    monkeypatch.setattr(place.house.sandbox, "transport", httpx.ASGITransport(app=make_app(place.house)))
    return f"http://{place.host}/hooks/sandbox"


async def pay(place: Place, charge: Charge, *faults: Fault) -> None:
    await place.house.sandbox.decide([charge], pay=True, faults=faults)


async def answers(place: Place) -> list[str]:
    return [row["answer"] for row in await notices.deliveries(place)]


async def captures(place: Place) -> int:
    return len(await notices.rows(place, "SELECT 1 FROM payments.captures WHERE market_id = $1"))


async def test_the_worker_brings_a_notice_by_itself(town: Place, port: int) -> None:
    _, _, placed, charge = await notices.started(town, f"http://127.0.0.1:{port}/hooks/sandbox")
    async with serving(town, port):
        stop = asyncio.Event()
        working = asyncio.create_task(town.relay.run(stop))
        await pay(town, charge, Fault.DUPLICATE)
        async with asyncio.timeout(SECONDS_MAX):
            while await answers(town) != ["204"] * 3:
                await asyncio.sleep(0.05)
        stop.set()
        await working
    assert await captures(town) == 1 and await given.state_of(town, placed.orders[0]) == "to_ship"
    assert await town.breaches() == {}


async def test_a_shop_that_was_down_hears_of_it_when_it_is_back(town: Place, port: int) -> None:
    _, _, placed, charge = await notices.started(town, f"http://127.0.0.1:{port}/hooks/sandbox")
    await pay(town, charge)
    for seconds in SCHEDULE_SECONDS[:3]:
        assert await notices.post(town) == 1
        assert await answers(town) == ["ConnectError"] and await captures(town) == 0
        assert await notices.post(town) == 0, "not before it is due"
        await town.move_clock(timedelta(seconds=seconds))
    async with serving(town, port):
        assert await notices.post(town) == 1
        assert await notices.post(town) == 0, "what was taken is not sent again"
    (row,) = await notices.deliveries(town)
    assert (row["answer"], row["tries"], row["due_at"]) == ("204", 4, None) and row["delivered_at"]
    assert await given.state_of(town, placed.orders[0]) == "to_ship"


async def test_after_a_day_and_four_minutes_nobody_tries_any_more_and_asking_finds_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.house.sandbox, "transport", None)
    _, _, placed, charge = await notices.started(place, NOBODY)
    await pay(place, charge)
    for seconds in SCHEDULE_SECONDS:
        assert await notices.post(place) == 1
        await place.move_clock(timedelta(seconds=seconds))
    assert await notices.post(place) == 1, "the sixteenth time, 24 h 4 min after the first"
    assert timedelta(seconds=sum(SCHEDULE_SECONDS)) == timedelta(hours=24, minutes=4)
    (row,) = await notices.deliveries(place)
    assert (row["tries"], row["due_at"], row["delivered_at"]) == (16, None, None)
    await place.move_clock(timedelta(days=1))
    assert await notices.post(place) == 0 and await captures(place) == 0
    await place.quiet()
    assert await given.state_of(place, placed.orders[0]) == "to_ship", "it was paid in time and heard of a day late"
    assert await place.breaches() == {}


async def test_a_notice_that_was_signed_by_somebody_else_comes_again_rightly(place: Place, hook: str) -> None:
    _, _, placed, charge = await notices.started(place, hook)
    await pay(place, charge, Fault.WRONG_SIGNATURE, Fault.DUPLICATE)
    assert await notices.post(place) == 3
    assert await answers(place) == ["401"] * 3 and await captures(place) == 0
    await place.move_clock(timedelta(seconds=15))
    assert await notices.post(place) == 3
    assert await answers(place) == ["204"] * 3 and await captures(place) == 1
    assert await given.state_of(place, placed.orders[0]) == "to_ship"


async def test_old_news_after_the_new_change_nothing(place: Place, hook: str) -> None:
    _, _, placed, charge = await notices.started(place, hook)
    await pay(place, charge, Fault.REORDER)
    assert await notices.post(place) == 1
    await place.move_clock(timedelta(seconds=15))
    assert await notices.post(place) == 2
    assert await answers(place) == ["204"] * 3
    assert await notices.attempt_states(place) == ["captured"]
    assert await given.state_of(place, placed.orders[0]) == "to_ship"


async def test_a_lost_notice_is_found_by_asking(place: Place, hook: str) -> None:
    _, _, placed, charge = await notices.started(place, hook)
    await pay(place, charge, Fault.LOSS)
    await place.quiet()
    assert await given.state_of(place, placed.orders[0]) == "placed"
    await place.later(timedelta(seconds=31))
    assert await notices.deliveries(place) == []
    assert await given.state_of(place, placed.orders[0]) == "to_ship"


async def test_a_payment_for_what_somebody_else_has_bought_meanwhile_comes_back(place: Place, hook: str) -> None:
    """Declined, lapsed, sold to another; then the bank thinks better of it and pays."""
    of, _, placed, charge = await notices.started(place, hook, units=1)
    await declined_and_over(place, charge, placed.orders[0])
    other = await given.buyer(place)
    await given.pay(place, other, granted(await given.place_order(place, other, of)))
    await pay(place, charge)
    await place.quiet()
    await came_back(place, placed.orders[0], of.price_minor)


async def test_a_payment_for_a_team_of_an_ended_campaign_comes_back(place: Place, hook: str) -> None:
    of, who = await given.campaign(place, await given.goods(place)), await given.buyer(place)
    opened = granted(await given.open_team(place, who, of))
    charge = await notices.begun(place, await given.start_paying(place, who, opened), hook)
    await declined_and_over(place, charge, opened.order)
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") is None
    await pay(place, charge)
    await place.quiet()
    await came_back(place, opened.order, of.team_price_minor)


async def declined_and_over(place: Place, charge: Charge, order: Any) -> None:
    await place.house.sandbox.decide([charge], pay=False)
    await place.quiet()
    assert await notices.attempt_states(place) == ["declined"]
    await place.later(timedelta(minutes=16))
    assert await given.state_of(place, order) == "closed"


async def came_back(place: Place, order: Any, amount_minor: int) -> None:
    """Every cent, at the provider as well as in our books, and nobody has asked for it."""
    assert await given.state_of(place, order) == "cancelled"
    assert await given.given_back(place, order) == amount_minor
    returned = await notices.rows(place, "SELECT amount_minor FROM sandbox.refunds WHERE market_id = $1")
    assert [row["amount_minor"] for row in returned] == [amount_minor]
    assert await place.breaches() == {}


async def test_a_refund_of_unknown_outcome_is_asked_again_with_its_key_and_given_back_once(
    place: Place, hook: str
) -> None:
    of, who, placed, charge = await notices.started(place, hook)
    await pay(place, charge, Fault.UNKNOWN)
    await place.quiet()
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    for seconds, back in ((0, 0), (31, 0), (61, of.price_minor)):
        await place.later(timedelta(seconds=seconds))
        assert await given.given_back(place, placed.orders[0]) == back
    (ours,) = await notices.rows(place, "SELECT id, state, tries FROM payments.refunds WHERE market_id = $1")
    (theirs,) = await notices.rows(place, "SELECT refund_id, amount_minor FROM sandbox.refunds WHERE market_id = $1")
    assert (ours["state"], ours["tries"]) == ("done", 3)
    assert tuple(theirs) == (ours["id"], of.price_minor)
    assert await place.breaches() == {}
