"""The relay: hands facts up, runs what is due and calls the outside, for every market, in one worker process or several."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog

from tuan.kit import facts
from tuan.platform import outbox, sweeps
from tuan.platform.audit import SEAL_DUE_SQL, seal
from tuan.platform.database import LOST_CONNECTION
from tuan.platform.gateways.outside import Outside
from tuan.platform.spans import span
from tuan.platform.telemetry import DELIVERED_FACTS, FAILED_ROUNDS, PARKED_FACTS, WAITING_FACTS, follow
from tuan.platform.work import SYSTEM, MarketId, new_trace, open_work, trace

log = structlog.get_logger()

BATCH_MAX = 500
TRIES_MAX = 8
POLL_SECONDS = 1.0
COUNT_SECONDS = 10

WAITING_SQL = (
    "SELECT DISTINCT p.market_id, p.consumer FROM outbox.pending p JOIN platform.markets m ON m.id = p.market_id "
    "WHERE p.parked_at IS NULL AND p.due_at <= clock_timestamp() + m.clock_offset"
)
WAITING_COUNT_SQL = "SELECT count(*) FROM outbox.pending WHERE parked_at IS NULL"
TAKE_SQL = (
    "DELETE FROM outbox.pending p WHERE p.market_id = $1 AND p.consumer = $2 AND p.fact_id = ANY(ARRAY("
    "SELECT q.fact_id FROM outbox.pending q WHERE q.market_id = $1 AND q.consumer = $2 AND q.parked_at IS NULL "
    "AND q.due_at <= $3 ORDER BY q.fact_id LIMIT $4 FOR UPDATE SKIP LOCKED)) RETURNING p.fact_id"
)
FACTS_SQL = (
    "SELECT id, name, body::text AS body, trace FROM outbox.facts WHERE market_id = $1 AND id = ANY($2::uuid[]) "
    "ORDER BY id"
)
PUT_OFF_SQL = (
    "UPDATE outbox.pending SET tries = tries + 1, due_at = $4::timestamptz + interval '1 second' * (1 << least(tries, 10)), "
    "parked_at = CASE WHEN tries + 1 >= $5 THEN $4 END "
    "WHERE market_id = $1 AND consumer = $2 AND fact_id = $3 RETURNING parked_at"
)


@dataclass(slots=True)
class Relay:
    """Everything that happens without a request. `works` runs Works as the app role, `eyes` sees what is due."""

    works: asyncpg.Pool
    eyes: asyncpg.Pool
    gateways: Outside
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    handed: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; each concern is a loop of its own, so that a slow provider delays no fact."""
        loops = [self._forever("facts", 0, self.hand_up), self._forever("seals", 1, self._seal_due), self._listen()]
        loops.append(self._forever("count", COUNT_SECONDS, self._count_waiting))
        for one in sweeps.sweeps.values():
            loops += [self._forever(one.name, one.seconds, self._sweeper(one, hand)) for hand in one.hands]
        loops += [self._forever(i.name, i.seconds, self._caller(i)) for i in sweeps.intents.values()]
        tasks = [asyncio.create_task(one) for one in loops]
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _forever(self, name: str, seconds: float, step: Callable[[], Awaitable[int]]) -> None:
        while True:
            done = 0
            try:
                done = await step()
            except LOST_CONNECTION as error:
                log.warning("relay.connection_lost", loop=name, error=repr(error))
            except Exception:
                log.exception("relay.failed", loop=name)
            if done:
                continue
            if seconds:
                await asyncio.sleep(seconds)
            else:
                self.wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), POLL_SECONDS)

    async def _listen(self) -> None:
        """Be woken by the NOTIFY of a batch; the poll of `_forever` is what delivery relies on."""

        def wake(*_message: Any) -> None:
            self.wake.set()

        while True:
            try:
                async with self.eyes.acquire() as connection:
                    await connection.add_listener("tuan", wake)
                    try:
                        while not connection.is_closed():
                            await asyncio.sleep(POLL_SECONDS)
                    finally:
                        await connection.remove_listener("tuan", wake)
            except LOST_CONNECTION:
                await asyncio.sleep(POLL_SECONDS)

    # ── facts ──
    async def hand_up(self) -> int:
        """Hand one batch to each consumer that has something waiting; the number of facts delivered."""
        waiting = await self.eyes.fetch(WAITING_SQL)
        counts = [await self._deliver(MarketId(w["market_id"]), w["consumer"], BATCH_MAX) for w in waiting]
        return sum(counts)

    async def _deliver(self, market: MarketId, consumer: str, limit: int) -> int:
        """The effect and the end of the waiting are one transaction; a batch that fails is tried one by one."""
        if consumer not in outbox.consumers:
            log.error("relay.no_such_consumer", consumer=consumer)
            return 0
        kind, handler = outbox.consumers[consumer]
        taken: list[Any] = []
        try:
            async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
                waiting = await work.fetch(TAKE_SQL, consumer, work.now, limit)
                if waiting:
                    taken = await work.fetch(FACTS_SQL, [row["fact_id"] for row in waiting])
                    follow("relay.batch", [row["trace"] for row in taken])
                    told = [facts.decode(row["name"], row["body"]) if kind else row["id"] for row in taken]
                    with span(f"facts {consumer}", market=market, facts=len(taken)):
                        await handler(work, told)
        except LOST_CONNECTION:
            raise
        except Exception as error:
            if not taken:
                raise
            if limit > 1:
                log.warning("relay.split", consumer=consumer, size=len(taken), error=repr(error))
                return sum([await self._deliver(market, consumer, 1) for _ in taken])
            await self._put_off(market, consumer, taken[0]["id"], error)
            return 0
        self.handed += len(taken)
        DELIVERED_FACTS.labels(consumer).inc(len(taken))
        return len(taken)

    async def _put_off(self, market: MarketId, consumer: str, fact_id: Any, error: Exception) -> None:
        async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
            parked = await work.fetch_value(PUT_OFF_SQL, consumer, fact_id, work.now, TRIES_MAX)
        if parked:
            PARKED_FACTS.labels(consumer).inc()
        log.error("relay.parked" if parked else "relay.put_off", consumer=consumer, fact=str(fact_id), exc_info=error)

    # ── sweeps and intents ──
    def _sweeper(self, one: sweeps.Every, hand: sweeps.Sweep) -> Callable[[], Awaitable[int]]:
        async def sweep(market: MarketId) -> int:
            trace.set(new_trace())
            async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
                with span(f"sweep {one.name}", market=market) as noted:
                    done = await hand(work)
                    noted.note("done", done)
            return done

        return lambda: self._in_each(one.name, one.due_sql, sweep)

    def _caller(self, one: sweeps.Intent) -> Callable[[], Awaitable[int]]:
        return lambda: self._in_each(one.name, one.due_sql, lambda market: self.call_out(one, market))

    async def _in_each(self, name: str, due_sql: str, act: Callable[[MarketId], Awaitable[int]]) -> int:
        """Act in each market that has something due; one that fails is told and holds up no other."""
        done = 0
        for row in await self.eyes.fetch(due_sql):
            try:
                done += await act(MarketId(row["market_id"]))
            except LOST_CONNECTION:
                raise
            except Exception:
                FAILED_ROUNDS.labels(name).inc()
                log.exception("relay.market_failed", loop=name, market=row["market_id"])
        return done

    async def call_out(self, one: sweeps.Intent, market: MarketId) -> int:
        """Claim, call without a transaction, apply; a crash in between leaves the claim to come due again."""
        trace.set(new_trace())
        async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
            claimed = await one.claim(work)
        if not claimed:
            return 0
        started = time.monotonic()
        with span(f"intent {one.name}", market=market, claimed=len(claimed)):
            answers = await one.call(self.gateways, claimed)
        log.debug("intent.called", intent=one.name, count=len(claimed), seconds=time.monotonic() - started)
        async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
            await one.apply(work, answers)
        return len(claimed)

    async def _count_waiting(self) -> int:
        WAITING_FACTS.set(await self.eyes.fetchval(WAITING_COUNT_SQL))
        return 0

    async def _seal_due(self) -> int:
        async def chain(market: MarketId) -> int:
            async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
                return await seal(work)

        await self._in_each("seals", SEAL_DUE_SQL, chain)
        return 0

    async def settle_all(self, market: MarketId, rounds: int = 500) -> None:
        """Deliver and run everything due in one market now, for tests and imports; not for a serving process.

        A simulation takes a step a round, and a dozen of them may wait.
        """
        for _ in range(rounds):
            done = {"facts": await self.hand_up()}
            for sweep in sweeps.sweeps.values():
                for hand in sweep.hands:
                    async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
                        done[sweep.name] = done.get(sweep.name, 0) + await hand(work)
            for each in sweeps.intents.values():
                done[each.name] = await self.call_out(each, market)
            async with open_work(self.works, market, SYSTEM, flush=outbox.flush) as work:
                done["seals"] = await seal(work)
            if not any(done.values()):
                return
        busy = {name: count for name, count in done.items() if count}
        raise RuntimeError(f"market {market} is still not quiet after {rounds} rounds: {busy}")
