"""Lanes: group commit for what is contended. While one batch commits, arriving commands gather into the next.

There is no timer: an idle server adds no delay, a crowd makes the batches bigger. What everybody reads in the same way
(his session) goes through a lane too, one that only reads: a crowd asks the database once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog

from tuan.kit.refusals import Busy
from tuan.platform import outbox
from tuan.platform.database import LOST_CONNECTION, may_run_again
from tuan.platform.spans import span
from tuan.platform.telemetry import follow
from tuan.platform.work import SYSTEM, MarketId, OutcomeUnknown, Work, open_work, trace

log = structlog.get_logger()

PluralVerb = Callable[[Work, Sequence[Any]], Awaitable[list[Any]]]

BATCH_MAX = 256
UNDER_WAY_MAX = 2
"""Batches of one lane at a time: one that writes and commits, and one that reads, waits for its locks and decides."""
QUEUE_MAX = 4096
RETRIES_MAX = 5
RETRY_SECONDS = 0.2
READ_SECONDS_MAX = 5.0


class ServerBusy(Busy):
    """The lane's queue is full; nothing was taken. Try again in a moment."""

    code = "platform.busy"


@dataclass(slots=True)
class _Waiting:
    command: Any
    answer: asyncio.Future[Any]
    trace: str


Fetch = Callable[..., Awaitable[list[Any]]]
Query = Callable[[Fetch, Sequence[Any]], Awaitable[list[Any]]]
"""A plural query: gets `fetch(sql, *args)`, whose $1 is the market. Its one statement sets the market itself (see
`tuan.surfaces.web.sessions`) and needs no transaction around it."""


class Lane:
    """One kind of command in one market: batches decide one after the other, on connections reserved for lanes.

    While one writes and commits, the next may load what it needs: what both draw on is locked until the first is through.
    """

    tries = RETRIES_MAX

    def __init__(self, pool: asyncpg.Pool, verb: Callable[..., Awaitable[list[Any]]], market: MarketId) -> None:
        self.pool, self.verb, self.market = pool, verb, market
        self.queue: deque[_Waiting] = deque()
        self.runners: set[asyncio.Task[None]] = set()
        self.deciding: asyncio.Task[None] | None = None

    def submit(self, command: Any) -> asyncio.Future[Any]:
        """The command's own outcome, after the commit that made it true. ServerBusy when too many wait."""
        answer = asyncio.get_running_loop().create_future()
        if len(self.queue) >= QUEUE_MAX:
            answer.set_result(ServerBusy(retry_after_seconds=1))
        else:
            self.queue.append(_Waiting(command, answer, trace.get()))
            self._begin()
        return answer

    def _begin(self) -> None:
        """A batch of all who wait, unless another still decides."""
        if self.queue and self.deciding is None and len(self.runners) < UNDER_WAY_MAX:
            self.deciding = asyncio.create_task(self._run())
            self.runners.add(self.deciding)

    async def _run(self) -> None:
        batch = [self.queue.popleft() for _ in range(min(len(self.queue), BATCH_MAX))]
        this = asyncio.current_task()
        try:
            await self._apply(batch)
        finally:
            self.runners = {runner for runner in self.runners if runner is not this}
            self._decided()
            self._begin()

    def _decided(self) -> None:
        """What is left of this batch is to write and to commit; whoever has gathered meanwhile need not wait for that."""
        if self.deciding is asyncio.current_task():
            self.deciding = None
            self._begin()

    async def _apply(self, batch: list[_Waiting]) -> None:
        """Apply a batch; one that fails unexpectedly is split until the culprit stands alone."""
        try:
            with self._followed(batch):
                outcomes = await self._transact([w.command for w in batch])
        except Exception as error:
            # A lost or doubtful commit is told to everybody as unknown; splitting would turn the doubt into an answer.
            if len(batch) == 1 or isinstance(error, (OutcomeUnknown, *LOST_CONNECTION)):
                for waiting in batch:
                    _answer(waiting, error=error)
                return
            log.warning("lane.split", verb=self.verb.__name__, size=len(batch), error=repr(error))
            await self._apply(batch[: len(batch) // 2])
            await self._apply(batch[len(batch) // 2 :])
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            _answer(waiting, outcome)

    def _followed(self, batch: list[_Waiting]) -> AbstractContextManager[Any]:
        """Under the trace of who waits for it."""
        follow("lane.batch", [waiting.trace for waiting in batch])
        return span(f"lane {self.verb.__name__}", market=self.market, commands=len(batch))

    async def _once(self, commands: list[Any]) -> list[Any]:
        async with open_work(self.pool, self.market, SYSTEM, flush=outbox.flush) as work:
            outcomes = await self.verb(work, commands)
            self._decided()
        return outcomes

    async def _transact(self, commands: list[Any]) -> list[Any]:
        for attempt in range(self.tries):
            try:
                return await self._once(commands)
            except (asyncpg.PostgresError, *LOST_CONNECTION) as error:
                # After a lost connection the keys tell whether the batch had been committed; asking again is safe.
                lost = isinstance(error, LOST_CONNECTION)
                if attempt == self.tries - 1 or not (lost or may_run_again(error)):
                    raise
                log.info("lane.retry", verb=self.verb.__name__, error=repr(error))
                await asyncio.sleep(RETRY_SECONDS * attempt if lost else 0)
        raise AssertionError("unreachable: the last attempt returns or raises")


class ReadingLane(Lane):
    """Questions instead of commands: nothing is written, so there is no transaction and nothing to trace.

    Everybody waits for the answer, so a connection that has fallen silent is given up soon.
    """

    tries = 2

    def _followed(self, batch: list[_Waiting]) -> AbstractContextManager[Any]:
        return nullcontext()

    async def _once(self, commands: list[Any]) -> list[Any]:
        answers: list[Any] = await self.verb(self._fetch, commands)
        return answers

    async def _fetch(self, sql: str, *args: Any) -> list[Any]:
        rows: list[Any] = await self.pool.fetch(sql, self.market, *args, timeout=READ_SECONDS_MAX)
        return rows


def _answer(waiting: _Waiting, outcome: Any = None, error: Exception | None = None) -> None:
    if waiting.answer.done():  # whoever asked has gone away; the outcome stays under the key
        return
    if error is None:
        waiting.answer.set_result(outcome)
    else:
        waiting.answer.set_exception(error)


class Lanes:
    """The lanes of one process, made when first used; whoever waits here holds no connection."""

    def __init__(self, pool: asyncpg.Pool, reading: asyncpg.Pool) -> None:
        """pool: for what writes and may wait for locks. reading: for questions, which must not wait behind it."""
        self.pool, self.reading = pool, reading
        self._lanes: dict[tuple[PluralVerb | Query, MarketId, int], Lane] = {}

    def submit(self, verb: PluralVerb, market: MarketId, command: Any, *, shard: int = 0) -> asyncio.Future[Any]:
        """The outcome of a command, after the commit that made it true."""
        where = (verb, market, shard)
        lane = self._lanes.get(where)
        if lane is None:
            lane = self._lanes[where] = Lane(self.pool, verb, market)
        return lane.submit(command)

    def read(self, query: Query, market: MarketId, question: Any) -> asyncio.Future[Any]:
        """The answer of a plural query: one answer per question, in their order, read after it was asked."""
        where = (query, market, 0)
        lane = self._lanes.get(where)
        if lane is None:
            lane = self._lanes[where] = ReadingLane(self.reading, query, market)
        return lane.submit(question)

    async def drained(self) -> None:
        """Wait until no lane has anything under way."""
        while running := [runner for lane in self._lanes.values() for runner in lane.runners]:
            await asyncio.gather(*running, return_exceptions=True)
