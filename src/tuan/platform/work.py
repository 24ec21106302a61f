"""Work: one transaction, one market, one actor, one time, one outbox. Nobody below commits."""

import contextvars
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NewType
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from tuan.kit.facts import Fact
from tuan.kit.ids import new_uuid
from tuan.kit.time import Instant
from tuan.platform import locks
from tuan.platform.bulk import Bulk, together

MarketId = NewType("MarketId", int)

SYSTEM = UUID(int=0)
"""The actor of batches, sweeps and reactions to facts."""

trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="")
"""One id that runs through request, fact and intent."""

BEGIN_SQL = (
    "SELECT set_config('tuan.market', $1::bigint::text, true), clock_timestamp() + m.clock_offset AS now, "
    "m.clock_offset, m.currency, m.kind, m.time_zone FROM platform.markets m WHERE m.id = $1"
)
NOTIFY_SQL = "SELECT pg_notify('tuan', $2) FROM (SELECT $1::bigint) AS market"

ROWS_AHEAD = 1000
"""How many rows of a stream are brought at once."""

_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


class OutcomeUnknown(Exception):
    """The commit returned, yet the server could not promise that it will survive: never a success answer."""


class RowsLost(AssertionError):
    """A conditional write met fewer rows than it was sure of: a lock is missing somewhere."""


@dataclass(frozen=True, slots=True)
class Market:
    id: MarketId
    currency: str
    kind: str
    clock_offset: timedelta
    time_zone: str = "UTC"


class Work:
    """What a verb gets: reads, set-based writes, locks in order, facts to tell. Made by `open_work` only."""

    def __init__(self, connection: Any, market: Market, actor: UUID, now: Instant) -> None:
        self.connection = connection
        self.market = market
        self.actor = actor
        self.now = now
        self.facts: list[Fact] = []
        self.topics: set[str] = set()
        self._written: list[tuple[Bulk, list[Any], int]] = []
        self.statements = 0
        self.locked: list[str] = []
        self._locked_at: tuple[int, Any] = (-1, None)

    # ── reading ──
    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        await self.send()
        self.statements += 1
        rows: list[Any] = await self.connection.fetch(sql, self.market.id, *args)
        return rows

    async def fetch_one(self, sql: str, *args: Any) -> Any | None:
        await self.send()
        self.statements += 1
        return await self.connection.fetchrow(sql, self.market.id, *args)

    async def fetch_value(self, sql: str, *args: Any) -> Any:
        await self.send()
        self.statements += 1
        return await self.connection.fetchval(sql, self.market.id, *args)

    async def stream(self, sql: str, *args: Any) -> AsyncIterator[Any]:
        """Rows one after the other, where there may be more of them than should lie in memory at once."""
        await self.send()
        self.statements += 1
        async for row in self.connection.cursor(sql, self.market.id, *args, prefetch=ROWS_AHEAD):
            yield row

    async def run(self, query: sa.Select[Any]) -> list[Any]:
        """A composable list written in SQLAlchemy Core; compiled anew each time, which no hot path does."""
        await self.send()
        self.statements += 1
        compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})  # IN of each value
        values = compiled.construct_params()
        rows: list[Any] = await self.connection.fetch(
            str(compiled), *(values[name] for name in compiled.positiontup or ())
        )
        return rows

    # ── locking ──
    async def lock(self, kind: str, sql: str, *args: Any) -> list[Any]:
        """Rows locked by `sql`; the global lock order is asserted on every run, not only in tests."""
        if self.locked and locks.RANK[kind] < locks.RANK[self.locked[-1]]:
            raise locks.LockOrderBroken(f"{kind} after {self.locked[-1]}")
        self.locked.append(kind)
        rows = await self.fetch(sql, *args)
        if rows and locks.LOCKED_AT in rows[-1]:
            self._locked_at = (self.statements, rows[-1][locks.LOCKED_AT])
        return rows

    async def read_clock(self) -> Instant:
        """Bring `now` forward after waiting for locks, so that a deadline passed while waiting counts as passed.

        Where the statement before this one was a lock that told the time (`locks.timed`), that is the time.
        """
        statement, instant = self._locked_at
        if statement != self.statements:
            self.statements += 1
            instant = await self.connection.fetchval("SELECT clock_timestamp()")
        self.now = instant + self.market.clock_offset
        return self.now

    # ── writing ──
    async def execute(self, sql: str, *args: Any) -> int:
        """Rows touched."""
        await self.send()
        self.statements += 1
        tag: str = await self.connection.execute(sql, self.market.id, *args)
        return int(tag.rpartition(" ")[2])

    async def write(self, bulk: Bulk, rows: Sequence[Any], *same: Any) -> None:
        """All rows in one statement; each must be met, else RowsLost (and the transaction goes back whole).

        It is sent together with other writes, before anything is read and at the latest before the commit. `same` are the
        parameters between the market and the columns: what all rows have in common.
        """
        if rows:
            bulk = bulk.fit(rows)
            if any(bulk.table == e.table and not (bulk.apart or e.apart) for e, _, _ in self._written):
                await self.send()
            self._written.append((bulk, [*same, *bulk.arrays(rows)], len(rows)))

    async def send(self, wake: str = "") -> None:
        """Send what was written, in one statement, and with it a NOTIFY with this payload."""
        written, self._written = self._written, []
        if not written:
            if wake:
                await self.execute(NOTIFY_SQL, wake)
            return
        self.statements += 1
        sql = together(tuple((bulk.sql, len(args)) for bulk, args, _ in written), wakes=bool(wake))
        values = [value for _, args, _ in written for value in args]
        met = await self.connection.fetchrow(sql, self.market.id, *values, *([wake] if wake else ()))
        for (bulk, _, rows), count in zip(written, met, strict=False):
            if count != rows:
                raise RowsLost(f"{count} of {rows} rows: {bulk.sql[:80]}")

    # ── telling ──
    def tell(self, fact: Fact) -> None:
        self.facts.append(fact)

    def notify(self, topic: str) -> None:
        """Wake live pages on this topic once the transaction has committed."""
        self.topics.add(topic)


Flush = Callable[[Work], Any]


@asynccontextmanager
async def open_work(
    pool: asyncpg.Pool, market: MarketId, actor: UUID, *, flush: Flush, read_only: bool = False
) -> AsyncIterator[Work]:
    """Open a transaction, hand out its Work, store its facts and commit; any exception rolls everything back.

    Raises OutcomeUnknown when the commit came back with SQLSTATE 01000 (a cancelled wait for a synchronous standby).
    """
    async with pool.acquire() as connection:
        # A page is made of several reads; they must not see a seat both as held and as taken.
        transaction = connection.transaction(readonly=read_only, isolation="repeatable_read" if read_only else None)
        await transaction.start()
        try:
            row = await connection.fetchrow(BEGIN_SQL, market)
            if row is None:
                raise LookupError(f"there is no market {market}")
            of = Market(market, row["currency"], row["kind"], row["clock_offset"], row["time_zone"])
            work = Work(connection, of, actor, row["now"])
            yield work
            await flush(work)
            await work.send()
        except BaseException:
            with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):  # it may be gone; the cause is told
                await transaction.rollback()
            raise
        if read_only:
            await transaction.commit()
        else:
            await _commit(connection, transaction)


async def _commit(connection: Any, transaction: Any) -> None:
    doubts: list[Any] = []

    def listen(_connection: Any, message: Any) -> None:
        if message.sqlstate == "01000":
            doubts.append(message)

    connection.add_log_listener(listen)
    try:
        await transaction.commit()
    finally:
        with suppress(asyncpg.InterfaceError):  # a lost connection has left the pool already
            connection.remove_log_listener(listen)
    if doubts:
        raise OutcomeUnknown(str(doubts[0]))


def new_trace() -> str:
    return new_uuid().hex[-16:]
