"""The sandbox provider: takes play money for charges and gives it back, with books of its own.

It stands in for a company that we cannot look into: it has its own tables, its own transactions and its own clock
reading, and the rest of the house meets it only through the port.
"""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import asyncpg

from tuan.kit.time import Instant
from tuan.platform.gateways.payment import Charge, ChargeState, Notice, RefundAnswer, RefundOrder, RefundState
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, MarketId, Work, open_work

START_SQL = (
    "INSERT INTO sandbox.charges (market_id, attempt_id, amount_minor, currency, state) "
    "SELECT $1, u.*, 'waiting' FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS u(attempt_id, amount_minor, currency) "
    "ON CONFLICT DO NOTHING"
)
READ_SQL = (
    "SELECT attempt_id, amount_minor, currency, state, paid_at FROM sandbox.charges "
    "WHERE market_id = $1 AND attempt_id = ANY($2::uuid[])"
)
DECIDE_SQL = (
    "UPDATE sandbox.charges SET state = $3, paid_at = $4 WHERE market_id = $1 AND attempt_id = ANY($2::uuid[]) "
    "AND state IN ('waiting', 'declined')"
)
REFUND_SQL = (
    "INSERT INTO sandbox.refunds (market_id, refund_id, transaction, amount_minor, done_at) "
    "SELECT $1, u.*, $5 FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS u(refund_id, transaction, amount_minor) "
    "ON CONFLICT DO NOTHING"
)


T = TypeVar("T", Charge, RefundOrder)


class Sandbox:
    """Play money for development, demos, replays and tests; `serve` refuses it outside development."""

    name = "sandbox"
    merchant = "sandbox-merchant"
    app = "sandbox-app"

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def start(self, charges: Sequence[Charge]) -> None:
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                await work.execute(
                    START_SQL,
                    [c.attempt for c in some],
                    [c.amount_minor for c in some],
                    [c.currency for c in some],
                )

    async def query(self, charges: Sequence[Charge]) -> list[Notice]:
        notices: list[Notice] = []
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                notices += await self._read(work, some)
        return notices

    async def close(self, charges: Sequence[Charge]) -> list[Notice]:
        notices: list[Notice] = []
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                await work.execute(DECIDE_SQL, [c.attempt for c in some], ChargeState.CLOSED, None)
                notices += await self._read(work, some)
        return notices

    async def decide(self, charges: Sequence[Charge], *, pay: bool, paid_at: Instant | None = None) -> list[Notice]:
        """The buyers' own doing on the sandbox's page: pay or decline; a paid charge stays paid."""
        notices: list[Notice] = []
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                state = ChargeState.PAID if pay else ChargeState.DECLINED
                moment = (paid_at or work.now) if pay else None
                await work.execute(DECIDE_SQL, [c.attempt for c in some], state, moment)
                notices += await self._read(work, some)
        return notices

    async def refund(self, refunds: Sequence[RefundOrder]) -> list[RefundAnswer]:
        for market, some in _by_market(refunds).items():
            async with self._books(market) as work:
                await work.execute(
                    REFUND_SQL,
                    [r.refund for r in some],
                    [r.transaction for r in some],
                    [r.amount_minor for r in some],
                    work.now,
                )
        return [RefundAnswer(r.refund, RefundState.DONE, f"sandbox-{r.refund.hex}") for r in refunds]

    def _books(self, market: int):  # type: ignore[no-untyped-def]
        return open_work(self._pool, MarketId(market), SYSTEM, flush=flush)

    async def _read(self, work: Work, charges: Sequence[Charge]) -> list[Notice]:
        rows = {row["attempt_id"]: row for row in await work.fetch(READ_SQL, [c.attempt for c in charges])}
        return [self._notice(charge, rows.get(charge.attempt)) for charge in charges]

    def _notice(self, charge: Charge, row: asyncpg.Record | None) -> Notice:
        if row is None:  # not heard of yet; should its start still arrive and be paid, that is late money
            return self._said(charge.attempt, ChargeState.CLOSED, charge.amount_minor, charge.currency, None)
        return self._said(
            charge.attempt, ChargeState(row["state"]), row["amount_minor"], row["currency"], row["paid_at"]
        )

    def _said(
        self, attempt: UUID, state: ChargeState, amount_minor: int, currency: str, paid_at: Instant | None
    ) -> Notice:
        transaction = f"sandbox-{attempt.hex}" if state is ChargeState.PAID else ""
        return Notice(self.name, attempt, state, transaction, self.merchant, self.app, amount_minor, currency, paid_at)


def _by_market(items: Sequence[T]) -> dict[int, list[T]]:
    grouped: dict[int, list[T]] = {}
    for item in items:
        grouped.setdefault(item.market, []).append(item)
    return grouped
