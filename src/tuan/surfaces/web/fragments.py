"""Pages that are the same for everybody who has not signed in: made once for a crowd, kept as bytes for at most a second.

Written by hand, since what makes it safe is ours: who is nobody, what a page has told one visitor alone, and which
wake-ups of the live hub make a kept page old before its second is over.
"""

import asyncio
import gzip
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT_SECONDS = 1.0
"""No answer tells of a state that is older than this; counted from before the page was read from the database."""
KEPT_BYTES_MAX = 32 * 1024 * 1024
ZIP_LEVEL = 5
EVERYTHING = "*"
"""The hub's word for more topics than it could name."""


class Key(NamedTuple):
    """All that a page for nobody depends on; the address holds scheme, host, path and query."""

    market: int
    language: str
    address: str
    block: str


class Page:
    """A page as it is sent. Its ETag is weak: the same for its compressed form, which is made when first asked for."""

    __slots__ = ("_zipped", "body", "etag", "route")

    def __init__(self, body: bytes, route: str) -> None:
        self.body, self.route = body, route
        self.etag = f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
        self._zipped: bytes | None = None

    @property
    def zipped(self) -> bytes:
        if self._zipped is None:
            self._zipped = gzip.compress(self.body, ZIP_LEVEL, mtime=0)
        return self._zipped


@dataclass(slots=True, eq=False)
class Showing:
    """A page being made, or made: since when, what it shows, and the page (None where it is one visitor's alone)."""

    began: float
    topics: set[str]
    page: asyncio.Future[Page | None] = field(default_factory=asyncio.Future)
    size: int = 0


class SharedPages:
    """What a process keeps of pages for nobody, oldest first, and when each topic of the hub was last heard."""

    def __init__(self, bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._showings: dict[Key, Showing] = {}
        self._heard: dict[tuple[int, str], float] = {}
        self._bytes, self._bytes_max = 0, bytes_max

    def heard(self, market: int, topics: Sequence[str]) -> None:
        """The hub's wake-up: what was read before it is old. Wake-ups older than any page that is kept are forgotten."""
        now = time.monotonic()
        for topic in topics:
            self._heard.pop((market, topic), None)
            self._heard[market, topic] = now
        while (first := next(iter(self._heard), None)) and self._heard[first] < now - KEPT_SECONDS:
            del self._heard[first]

    def find(self, key: Key) -> Page | None:
        """The page where it is made and fresh."""
        showing = self._showings.get(key)
        if showing is None or not showing.page.done() or not self._is_fresh(key.market, showing):
            return None
        return showing.page.result()

    async def get(self, key: Key, topics: set[str], make: Callable[[], Awaitable[Page | None]]) -> Page | None:
        """The page, from memory or made now; whoever asks meanwhile waits for the same one.

        None where what was made is for one visitor only: then everybody makes his own. `topics` may grow while it is made.
        """
        showing = self._showings.get(key)
        if showing is not None and self._is_fresh(key.market, showing):
            return showing.page.result() if showing.page.done() else await asyncio.shield(showing.page)
        showing = self._showings[key] = self._begun(key, Showing(time.monotonic(), topics))
        try:
            page = await make()
        except BaseException as error:
            self._drop(key, showing)
            if isinstance(error, Exception):
                showing.page.set_exception(error)
                showing.page.exception()  # seen here, where nobody else waits for it
            else:  # only this visitor gave up
                showing.page.set_result(None)
            raise
        showing.page.set_result(page)
        if page is None:
            self._drop(key, showing)
        else:
            self._keep(key, showing, page)
        return page

    def _is_fresh(self, market: int, showing: Showing) -> bool:
        if showing.began + KEPT_SECONDS <= time.monotonic():
            return False
        changed = (self._heard.get((market, topic), 0.0) for topic in (EVERYTHING, *showing.topics))
        return all(at < showing.began for at in changed)

    def _begun(self, key: Key, showing: Showing) -> Showing:
        """In the place of an older one, at the end of the line."""
        if (older := self._showings.pop(key, None)) is not None:
            self._bytes -= older.size
        return showing

    def _keep(self, key: Key, showing: Showing, page: Page) -> None:
        if self._showings.get(key) is not showing:
            return
        showing.size = 2 * len(page.body)  # with room for its compressed form
        self._bytes += showing.size
        while self._bytes > self._bytes_max and self._showings:
            first = next(iter(self._showings))
            self._drop(first, self._showings[first])

    def _drop(self, key: Key, showing: Showing) -> None:
        if self._showings.get(key) is showing:
            del self._showings[key]
            self._bytes -= showing.size
            showing.size = 0
