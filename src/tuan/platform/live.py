"""Live pages: one LISTEN connection per process, fan-out in memory, the newest state wins."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from typing import Any

from tuan.platform.database import LOST_CONNECTION, connect

COALESCE_SECONDS = 0.1
PING_SECONDS = 20.0
RECONNECT_SECONDS = 1.0


class Hub:
    """Who waits for which topic of which market. A wake-up carries no data: the page asks for its own fragment."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, str], set[asyncio.Event]] = defaultdict(set)
        self._also: list[Callable[[int, Sequence[str]], None]] = []
        self._stopping = asyncio.Event()

    def also(self, heard: Callable[[int, Sequence[str]], None]) -> None:
        """Tell this of every wake-up too (market, topics), before the pages that wait: they come and ask at once."""
        self._also.append(heard)

    def heard(self, payload: str) -> None:
        """A NOTIFY payload: the market's number, then topics, or `*` when there were too many to name."""
        market_text, *topics = payload.split(" ")
        market = int(market_text)
        for heard in self._also:
            heard(market, topics)
        if topics == ["*"]:
            topics = [topic for number, topic in self._waiting if number == market]
        for topic in topics:
            for event in self._waiting.get((market, topic), ()):
                event.set()

    def stop(self) -> None:
        """End every live page of this process."""
        self._stopping.set()
        for events in self._waiting.values():
            for event in events:
                event.set()

    async def changes(self, market: int, topic: str) -> AsyncGenerator[bool, None]:
        """True for each change from now on, False to begin with and to keep the connection warm.

        The first change after a quiet time is told at once; those within a tenth of a second after it count once.
        """
        event = asyncio.Event()
        self._waiting[market, topic].add(event)
        try:
            yield False
            while not self._stopping.is_set():
                has_changed = await _is_set_within(event, PING_SECONDS)
                if self._stopping.is_set():
                    return
                event.clear()
                yield has_changed
                if has_changed:
                    await asyncio.sleep(COALESCE_SECONDS)
        finally:
            waiting = self._waiting[market, topic]
            waiting.discard(event)
            if not waiting:
                del self._waiting[market, topic]

    async def listen(self, url: str) -> None:
        """Keep one connection listening, and reconnect for ever; runs as a task of the server process."""
        while True:
            try:
                await self._listen_once(url)
            except LOST_CONNECTION:
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self, url: str) -> None:
        connection: Any = await connect(url, server_settings={"application_name": "tuan live"})
        try:
            await connection.add_listener("tuan", lambda *message: self.heard(message[3]))
            while not connection.is_closed():
                await asyncio.sleep(RECONNECT_SECONDS)
        finally:
            connection.terminate()


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether it was set in time; without a task of its own, since a thousand pages wait here."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()  # it may have been set in the very moment in which the time was over
