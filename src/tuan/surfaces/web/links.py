"""Links as a process serves them: codes remembered for a second, visits written after their answer, guessing slowed down."""

import asyncio
import hashlib
import hmac
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import structlog

from tuan.kit.refusals import Refused
from tuan.kit.time import day_of
from tuan.people import sharing
from tuan.people.sharing import Seen
from tuan.people.sharing.model import Code, Link, read_code
from tuan.platform.database import LOST_CONNECTION
from tuan.platform.house import House
from tuan.platform.lanes import ServerBusy
from tuan.platform.limits import TooOften
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, MarketId, open_work
from tuan.surfaces.web.errors import LinkClosed

log = structlog.get_logger()

KEPT_SECONDS = 1.0
"""No code opens anything that was revoked longer ago, counted from before it was read from the database."""
KEPT_MAX = 50_000
MISSES_PER_MINUTE_MAX = 60
"""Codes that opened nothing, of one network: whoever has a link hardly ever misses, and fifty bits are not guessed so."""
NETWORKS_MAX = 10_000
MINUTE = 60.0
WRITE_SECONDS = 1.0
WRITTEN_TOGETHER_MAX = 500
"""Visits in one transaction; the next ones begin after other answers had their turn."""
WAITING_MAX = 200_000
"""Visits that wait for the database; beyond, they are not counted, and that is said in the log."""


class Visited(NamedTuple):
    """A visit that is not written yet. `who` says who came, and stays in memory: the database gets a hash of the day."""

    code: Code
    who: str
    is_bot: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A link that was open when it was asked for, until when this may be believed."""

    until: float
    link: Link


class Links:
    """What one process knows of links. A revocation is heard through the live hub, and after a second without it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: dict[tuple[int, str], Kept] = {}
        self._misses: dict[str, tuple[float, int]] = {}
        self._visits: dict[MarketId, list[Visited]] = defaultdict(list)
        self._waiting = 0

    # ── opening ──
    def heard(self, market: int, topics: Sequence[str]) -> None:
        """The hub's wake-up: links that somebody has revoked; where there were too many topics to name, all of them."""
        if "*" in topics:
            self._kept = {key: kept for key, kept in self._kept.items() if key[0] != market}
        for topic in topics:
            if topic.startswith(sharing.TOPIC):
                self._kept.pop((market, topic.removeprefix(sharing.TOPIC)), None)

    async def open(self, market: MarketId, text: str, client: str) -> Link:
        """What this code opens now. Raises Refused: whatever opens nothing answers alike, and a network that guesses waits."""
        code = read_code(text)
        if (kept := self._kept.get((market, code or ""))) is not None and time.monotonic() < kept.until:
            return kept.link
        self._stop_guessing(client)
        link = await self.find(market, code or "")
        if link is None:
            self._missed(client)
            raise Refused(LinkClosed())
        return link

    async def find(self, market: MarketId, code: str) -> Link | None:
        """The link of this code where it is open; asked of the database with all who ask at the same time."""
        began = time.monotonic()
        found: Link | ServerBusy | None = await self._house.lanes.read(sharing.read_links, market, code)
        if isinstance(found, ServerBusy):
            raise Refused(found)
        if found is not None:
            self._keep((market, code), Kept(began + KEPT_SECONDS, found))
        return found

    def _keep(self, key: tuple[int, str], kept: Kept) -> None:
        """At the end of the line; what is at its head and over is forgotten."""
        self._kept.pop(key, None)
        self._kept[key] = kept
        now = time.monotonic()
        while (first := next(iter(self._kept))) != key and (
            self._kept[first].until < now or len(self._kept) > KEPT_MAX
        ):
            del self._kept[first]

    def _stop_guessing(self, client: str) -> None:
        """Counted in this process; whoever has guessed too often may not even learn that he was right now."""
        since, count = self._misses.get(client, (0.0, 0))
        left = since + MINUTE - time.monotonic()
        if count >= MISSES_PER_MINUTE_MAX and left > 0:
            raise Refused(TooOften(retry_after_seconds=int(left) + 1))

    def _missed(self, client: str) -> None:
        now = time.monotonic()
        since, count = self._misses.pop(client, (now, 0))
        self._misses[client] = (since, count + 1) if now < since + MINUTE else (now, 1)
        if len(self._misses) > NETWORKS_MAX:
            del self._misses[next(iter(self._misses))]

    # ── counting ──
    def saw(self, market: MarketId, visited: Visited) -> None:
        """Somebody came through a link; written within a second, after he has had his answer."""
        if self._waiting >= WAITING_MAX:
            log.warning("links.visit_dropped", market=market)
            return
        self._visits[market].append(visited)
        self._waiting += 1

    async def write(self) -> None:
        """What has gathered, market by market; what the database did not take is tried again the next time."""
        visits, self._visits, self._waiting = self._visits, defaultdict(list), 0
        for market, seen in visits.items():
            for start in range(0, len(seen), WRITTEN_TOGETHER_MAX):
                part = seen[start : start + WRITTEN_TOGETHER_MAX]
                try:
                    await self._write(market, part)
                except LOST_CONNECTION:
                    self._visits[market] += part
                    self._waiting += len(part)
                except Exception:
                    log.exception("links.visits_lost", market=market, count=len(part))

    async def _write(self, market: MarketId, visits: list[Visited]) -> None:
        async with open_work(self._house.database.requests, market, SYSTEM, flush=flush) as work:
            salt = self._salt(market, day_of(work.now, work.market.time_zone))
            seen = [Seen(one.code, b"" if one.is_bot else _hashed(salt, one.who), one.is_bot) for one in visits]
            await sharing.count_visits(work, seen)

    def _salt(self, market: MarketId, day: date) -> bytes:
        """Another one each day, so that nobody is recognised on the next."""
        return hmac.digest(self._house.settings.secret, f"visitors {market} {day}".encode(), hashlib.sha256)

    async def run(self) -> None:
        """Write once a second, for as long as the process serves, and what is left at the end."""
        try:
            while True:
                await asyncio.sleep(WRITE_SECONDS)
                await self.write()
        finally:
            with suppress(asyncio.CancelledError):
                await asyncio.shield(self.write())


def _hashed(salt: bytes, who: str) -> bytes:
    return hashlib.blake2b(who.encode(), key=salt, digest_size=16).digest()
