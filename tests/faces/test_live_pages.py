"""Live pages hear of the first change at once, of a rush once more, and of nothing when the process stops."""

import asyncio
import resource
from collections.abc import AsyncGenerator

import pytest

from tuan.launch import open_files_as_allowed
from tuan.platform import live
from tuan.platform.live import Hub
from tuan.surfaces.web.streams import Streams

PAUSE_SECONDS = 0.4


@pytest.fixture(autouse=True)
def a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "COALESCE_SECONDS", PAUSE_SECONDS)


async def opened(hub: Hub, market: int = 1, topic: str = "team:a") -> AsyncGenerator[bool, None]:
    """Somebody who waits for the topic."""
    changes = hub.changes(market, topic)
    assert await anext(changes) is False
    return changes


async def test_the_first_change_is_told_at_once_and_a_rush_once_more() -> None:
    hub, clock = Hub(), asyncio.get_running_loop().time
    changes = await opened(hub)
    hub.heard("1 team:a")
    began = clock()
    assert await anext(changes) is True
    assert clock() - began < PAUSE_SECONDS
    for _ in range(3):
        hub.heard("1 team:b team:a")
    assert await anext(changes) is True
    assert clock() - began >= PAUSE_SECONDS
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(changes), PAUSE_SECONDS * 2)


async def test_a_change_during_the_pause_is_not_lost() -> None:
    hub = Hub()
    changes = await opened(hub)
    hub.heard("1 team:a")
    assert await anext(changes) is True
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(PAUSE_SECONDS / 4)
    hub.heard("1 team:a")
    assert await asyncio.wait_for(waiting, PAUSE_SECONDS * 4) is True


async def test_only_those_who_wait_for_it_are_woken() -> None:
    hub = Hub()
    here, beside, elsewhere = await opened(hub), await opened(hub, topic="team:b"), await opened(hub, market=2)
    waiting = [asyncio.ensure_future(anext(one)) for one in (here, beside, elsewhere)]
    await asyncio.sleep(0)
    hub.heard("1 team:a")
    await asyncio.sleep(0.05)
    assert [one.done() for one in waiting] == [True, False, False]
    hub.heard("1 *")
    await asyncio.sleep(0.05)
    assert [one.done() for one in waiting] == [True, True, False]
    waiting[2].cancel()


async def test_a_page_is_kept_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PING_SECONDS", 0.01)
    assert await anext(await opened(Hub())) is False


async def test_streams_are_counted_and_end_when_the_process_stops() -> None:
    hub = Hub()
    streams = Streams(hub)
    lines = [streams.of(1, "team:a", b"changed", b"here") for _ in range(3)]
    assert [await anext(one) for one in lines] == [b"here"] * 3
    assert streams.count == 3
    await lines[0].aclose()
    assert streams.count == 2
    waiting = asyncio.ensure_future(anext(lines[1]))
    await asyncio.sleep(0)
    streams.stop()
    for line, end in ((lines[1], waiting), (lines[2], anext(lines[2]))):
        assert (await asyncio.wait_for(end, 5)).startswith(b"retry: "), "the browser is told when to come back"
        with pytest.raises(StopAsyncIteration):
            await anext(line)
    assert streams.count == 0
    late = [line async for line in streams.of(1, "team:a", b"changed", b"here")]
    assert late[0] == b"here" and late[1].startswith(b"retry: ") and len(late) == 2, "nobody waits any more"


def test_a_server_opens_as_many_files_as_the_system_allows() -> None:
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, most - 1), most))
        open_files_as_allowed()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))
