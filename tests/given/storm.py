"""A database that is torn down again and again, and buyers who go on: what is unknown to them they ask again."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.given.serving import Answer, Client, Shopper
from tuan.platform.embedded import EmbeddedServer, ensure_running

WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "killed": signal.SIGKILL}
"""How a postmaster is told to end; killed, it cannot even tell its own processes."""

DOWN_SECONDS = (0.0, 2.0)
ANSWER_SECONDS_MAX = 60
STILL_RUNNING = "idempotency.still_running"


@dataclass(slots=True)
class Storm:
    """Restarts of a server at random moments; each way once before any comes again."""

    server: EmbeddedServer
    data: Path
    rng: random.Random
    pause_seconds: tuple[float, float]
    restarts: Counter[str] = field(default_factory=Counter)
    down_seconds: float = 0

    async def rage(self, seconds: float) -> None:
        """At least once in each way, and until the time is over."""
        began, left = time.monotonic(), list[str]()
        while len(self.restarts) < len(WAYS) or time.monotonic() - began < seconds:
            await asyncio.sleep(self.rng.uniform(*self.pause_seconds))
            left = left or self.rng.sample(list(WAYS), len(WAYS))
            await self._restart(left.pop())

    async def _restart(self, way: str) -> None:
        began, pid = time.monotonic(), self.server.postmaster_pid()
        assert pid is not None
        os.kill(pid, WAYS[way])
        while self.server.postmaster_pid() == pid:
            await asyncio.sleep(0.01)
        await asyncio.sleep(self.rng.uniform(*DOWN_SECONDS))
        again = await asyncio.to_thread(ensure_running, self.data)
        again.detach()
        self.restarts[way] += 1
        self.down_seconds += time.monotonic() - began


@dataclass(slots=True)
class Buyers:
    """People who open teams, join and pay over HTTP, and what they were told for sure."""

    host: str
    port: int
    sku: str
    campaign: str
    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once somebody has joined a team: server and worker are both at work."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Order by the key it was asked for with."""
    paid: set[str] = field(default_factory=set)
    unknown: Counter[str] = field(default_factory=Counter)

    async def come(self, number: int, leader: Shopper, joiner: Shopper) -> None:
        """Team after team; every fourth one finds nobody to join it."""
        client = Client(self.host, self.port)
        try:
            for turn in count():
                if self.stop.is_set():
                    return
                opened = await self._place(client, leader, "/teams", f"{number}-{turn}-open", campaign=self.campaign)
                await self._pay(client, leader, opened)
                if turn % 4 != 1:
                    await self._waits(client, leader, opened["orders"][0])
                    seats = f"/t/{opened['team']}/seats"
                    joined = await self._place(client, joiner, seats, f"{number}-{turn}-join")
                    self.under_way.set()
                    await self._pay(client, joiner, joined)
        finally:
            client.close()

    async def _place(self, client: Client, who: Shopper, path: str, key: str, **more: str) -> Any:
        fields = {"key": key, "sku": self.sku, "units": "1", "address": who.address, "quoted_minor": "990", **more}
        answer = await self._insist(client, who, "POST", path, **fields)
        assert answer.status == 201, answer
        (self.acknowledged[key],) = answer.body["orders"]
        return answer.body

    async def _pay(self, client: Client, who: Shopper, placed: Any) -> None:
        """Try until it is paid; an attempt that the provider never heard of is closed, and another one begun."""
        page = f"/pay/{placed['payable']}"
        for tries in count():
            key = f"{placed['payable']}-{tries}"
            started = await self._insist(client, who, "POST", f"{page}/attempts", key=key, provider="sandbox")
            if started.status == 201:
                await self._insist(client, who, "POST", f"/sandbox/{started.body['attempt']}", key=key, outcome="pay")
            while (state := (await self._insist(client, who, "GET", f"{page}?ask=1")).body["state"]) == "confirming":
                await asyncio.sleep(0.1)
            if state == "paid":
                self.paid.add(placed["orders"][0])
                return
            assert state == "open", state

    async def _waits(self, client: Client, who: Shopper, order: str) -> None:
        """Until the team is there for others to join."""
        while (await self._insist(client, who, "GET", f"/orders/{order}")).body["state"] != "gathering":
            await asyncio.sleep(0.05)

    async def _insist(self, client: Client, who: Shopper, method: str, path: str, **fields: str) -> Answer:
        """Ask until somebody knows: the same command with the same key, as a browser would send it again."""
        while True:
            try:
                answer = await asyncio.wait_for(client.ask(who, method, path, **fields), ANSWER_SECONDS_MAX)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.unknown[type(error).__name__] += 1
            else:
                if answer.status < 500 and answer.code != STILL_RUNNING:
                    return answer
                assert answer.status in (409, 503), answer
                self.unknown[answer.code] += 1
            await asyncio.sleep(0.1)
