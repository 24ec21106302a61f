"""Live pages: one LISTEN connection per process, fan-out in memory, the newest state wins."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from tuan.platform.database import LOST_CONNECTION

COALESCE_SECONDS = 0.1
PING_SECONDS = 20.0
RECONNECT_SECONDS = 1.0


class Hub:
    """Who waits for which topic of which market. A wake-up carries no data: the page asks for its own fragment."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, str], set[asyncio.Event]] = defaultdict(set)

    def heard(self, payload: str) -> None:
        """A NOTIFY payload: the market's number, then topics, or `*` when there were too many to name."""
        market_text, *topics = payload.split(" ")
        market = int(market_text)
        if topics == ["*"]:
            topics = [topic for number, topic in self._waiting if number == market]
        for topic in topics:
            for event in self._waiting.get((market, topic), ()):
                event.set()

    async def changes(self, market: int, topic: str) -> AsyncIterator[bool]:
        """True for each change (several within a tenth of a second count once), False to keep the connection warm."""
        event = asyncio.Event()
        self._waiting[market, topic].add(event)
        try:
            while True:
                try:
                    await asyncio.wait_for(event.wait(), PING_SECONDS)
                except TimeoutError:
                    yield False
                    continue
                await asyncio.sleep(COALESCE_SECONDS)
                event.clear()
                yield True
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
        connection: Any = await asyncpg.connect(url, server_settings={"application_name": "tuan live"})
        try:
            await connection.add_listener("tuan", lambda *message: self.heard(message[3]))
            while not connection.is_closed():
                await asyncio.sleep(RECONNECT_SECONDS)
        finally:
            connection.terminate()
