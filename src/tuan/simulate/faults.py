"""What may go wrong between a process and its database: planned for one step, and told when it has happened.

The pools of a process are wrapped, not replaced: statements, locks and commits are PostgreSQL's own, a lost connection
is really cut, and only the moment is chosen.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import asyncpg

from tuan.platform.work import OutcomeUnknown


class Fault(StrEnum):
    DEADLOCK = "deadlock"
    CUT_BEFORE = "connection lost before the commit"
    CUT_AFTER = "connection lost after the commit, before the answer"
    DOUBT = "commit without a standby's promise"
    KILL_BEFORE = "process killed before the commit"
    KILL_AFTER = "process killed after the commit, before the answer"


KILLS = (Fault.KILL_BEFORE, Fault.KILL_AFTER)
BEFORE = (Fault.CUT_BEFORE, Fault.KILL_BEFORE)
AFTER = (Fault.CUT_AFTER, Fault.KILL_AFTER)

LOST = "the connection was closed in the middle of an operation (planned)"


@dataclass(slots=True)
class Plan:
    """One fault, in the transaction after `skip` others; a deadlock strikes at its statement number `statement`."""

    fault: Fault
    skip: int = 0
    statement: int = 4


@dataclass(slots=True)
class Switch:
    """The plan of the step that runs, shared by all pools; what has happened stays in `happened` until asked for."""

    plan: Plan | None = None
    happened: list[Fault] = field(default_factory=list)

    def begun(self) -> None:
        """A transaction begins."""
        if self.plan is not None:
            self.plan.skip -= 1

    def strikes(self, *faults: Fault, statement: int = 0) -> Fault | None:
        """The planned fault if it is one of these and its moment is now; it happens once."""
        plan = self.plan
        if plan is None or plan.skip >= 0 or plan.fault not in faults:
            return None
        if plan.fault is Fault.DEADLOCK and statement < plan.statement:
            return None
        self.plan = None
        self.happened.append(plan.fault)
        return plan.fault

    def clear(self) -> list[Fault]:
        """End the step: nothing is planned any more; the answer is what has happened."""
        happened, self.happened, self.plan = self.happened, [], None
        return happened


@dataclass(slots=True)
class Life:
    """Whether a process still lives; after its death no connection of its pools is ever handed out again."""

    is_over: bool = False


class FaultyPool:
    """A pool whose connections do as planned."""

    def __init__(self, pool: asyncpg.Pool, switch: Switch, life: Life) -> None:
        self._pool, self._switch, self._life = pool, switch, life

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["FaultyConnection"]:
        if self._life.is_over:
            raise OutcomeUnknown("this process was killed (planned)")
        async with self._pool.acquire() as connection:
            yield FaultyConnection(connection, self._switch, self._life)

    def terminate(self) -> None:
        self._pool.terminate()


class FaultyConnection:
    """Counts the statements of its transaction; what is not about transactions goes straight to the real connection."""

    def __init__(self, connection: Any, switch: Switch, life: Life) -> None:
        self._connection, self._switch, self._life = connection, switch, life
        self._statements = 0
        self._listeners: list[Callable[[Any, Any], None]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def add_log_listener(self, listener: Callable[[Any, Any], None]) -> None:
        self._listeners.append(listener)
        self._connection.add_log_listener(listener)

    async def fetch(self, *args: Any) -> Any:
        self._count()
        return await self._connection.fetch(*args)

    async def fetchrow(self, *args: Any) -> Any:
        self._count()
        return await self._connection.fetchrow(*args)

    async def fetchval(self, *args: Any) -> Any:
        self._count()
        return await self._connection.fetchval(*args)

    async def execute(self, *args: Any) -> Any:
        self._count()
        return await self._connection.execute(*args)

    def _count(self) -> None:
        self._statements += 1
        if self._switch.strikes(Fault.DEADLOCK, statement=self._statements):
            raise asyncpg.DeadlockDetectedError("deadlock detected (planned)")

    def transaction(self, **terms: Any) -> "FaultyTransaction":
        return FaultyTransaction(self, self._connection.transaction(**terms))

    def begun(self) -> None:
        self._statements = 0
        self._switch.begun()

    async def commit(self, commit: Callable[[], Any]) -> None:
        if fault := self._switch.strikes(*BEFORE):
            self._lose(fault)
        await commit()
        if fault := self._switch.strikes(*AFTER):
            self._lose(fault)
        if self._switch.strikes(Fault.DOUBT):
            for listener in self._listeners:
                listener(self, _Warning())

    def _lose(self, fault: Fault) -> None:
        """Cut the connection; a process that is killed tells nobody anything, whatever it was asked."""
        self._connection.terminate()
        if fault in KILLS:
            self._life.is_over = True
            raise OutcomeUnknown("this process was killed (planned)")
        raise asyncpg.ConnectionDoesNotExistError(LOST)


class _Warning:
    """What PostgreSQL says when the wait for a synchronous standby was cancelled."""

    sqlstate = "01000"


class FaultyTransaction:
    def __init__(self, connection: FaultyConnection, transaction: Any) -> None:
        self._connection, self._transaction = connection, transaction

    async def start(self) -> None:
        self._connection.begun()
        await self._transaction.start()

    async def commit(self) -> None:
        await self._connection.commit(self._transaction.commit)

    async def rollback(self) -> None:
        await self._transaction.rollback()
