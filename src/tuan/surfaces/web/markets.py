"""Which market a request is for: its host name says so; on this machine itself, the default market answers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from tuan.people import sharing
from tuan.platform import markets
from tuan.platform.database import Database
from tuan.platform.work import MarketId
from tuan.surfaces.web.i18n import zone_of

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
KEPT_SECONDS = 30.0
KEPT_MAX = 1000


@dataclass(frozen=True, slots=True)
class Market:
    """What the faces need to know of a market. link_host: its own domain for links, "" where it has none."""

    id: MarketId
    name: str
    currency: str
    zone: tzinfo
    host: str
    link_host: str


class Markets:
    """Markets by host name, remembered for half a minute; an unknown host is remembered as unknown.

    That one has taken or given up a domain is heard through the live hub.
    """

    def __init__(self, database: Database) -> None:
        self._pool = database.requests
        self._kept: dict[str, tuple[float, Market | None]] = {}

    def heard(self, _: int, topics: Sequence[str]) -> None:
        """The hub's wake-up. A name that nobody had may lead to a market now, so all are forgotten."""
        if sharing.HOST_TOPIC in topics:
            self._kept.clear()

    async def of(self, host: str) -> Market | None:
        """The market that a Host header leads to, with or without a port: by its host, or by its domain for links."""
        name = host_name(host)
        now = time.monotonic()
        kept = self._kept.get(name)
        if kept is not None and kept[0] > now:
            return kept[1]
        row = await self._first() if name in LOOPBACK else await markets.find_answering(self._pool, name)
        found = _market(row) if row else None
        if len(self._kept) >= KEPT_MAX:  # a stranger may send any host name; memory stays small
            self._kept.clear()
        if found is not None or name not in LOOPBACK:
            self._kept[name] = (now + KEPT_SECONDS, found)
        return found

    async def _first(self) -> Any | None:
        """The default market: the oldest that is not a replay of the past."""
        every = await markets.everything(self._pool)
        return next((row for row in every if row["kind"] != "replay"), None)


def _market(row: Any) -> Market:
    zone = zone_of(row["time_zone"])
    return Market(MarketId(row["id"]), row["name"], row["currency"], zone, row["host"], row["link_host"] or "")


def host_name(host: str) -> str:
    """The name in a Host header, in lower case, without its port; an IPv6 address keeps its brackets."""
    name, bracket, _ = host.partition("]")
    return (name + bracket if bracket else host.partition(":")[0]).lower()


def port_of(host: str) -> str:
    """`:8000` of a Host header that says a port, and says it as a number; else nothing."""
    port = host[len(host_name(host)) :].removeprefix(":")
    return f":{port}" if port.isascii() and port.isdigit() else ""
