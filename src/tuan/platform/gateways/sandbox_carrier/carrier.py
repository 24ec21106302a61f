"""The sandbox carrier as a gateway: the calls of the port."""

import hmac
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.gateways.carrier import Announced, Announcement, Tracked, Waybill
from tuan.platform.gateways.sandbox import signing
from tuan.platform.gateways.sandbox_carrier import letters, tables
from tuan.platform.gateways.sandbox_carrier.way import Habit, letters_of, tracking_of, way_of
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, MarketId, Work, open_work

CODE = "sandbox_express"
DOUBTS = 2
"""How many answers are lost, although the parcel is taken, before one arrives."""

INSERT_WAYBILL_SQL = (
    "INSERT INTO sandbox_carrier.waybills (market_id, parcel_id, tracking, announced_at, habits, doubts) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
)
INSERT_LETTERS = bulk.insert(
    tables.letters, "id", "copy", "parcel_id", "url", "body", "is_signed_right", "due_at"
)  # fmt: skip
DOUBTS_SQL = (
    "UPDATE sandbox_carrier.waybills SET doubts = doubts - 1 WHERE market_id = $1 AND parcel_id = $2 AND doubts > 0"
)
WAYBILLS_SQL = "SELECT tracking, announced_at, habits FROM sandbox_carrier.waybills WHERE market_id = $1 AND tracking = ANY($2::text[])"

One = TypeVar("One", Announcement, Waybill)


class CarrierSilent(ConnectionError):
    """What was asked has been done, and the answer was lost on its way."""


@dataclass(slots=True)
class LetterRow:
    id: UUID
    copy: int
    parcel_id: UUID
    url: str
    body: str
    is_signed_right: bool
    due_at: Instant


class SandboxCarrier:
    """Parcels for development, demos and tests.

    habits: of a market, for the parcels that are announced from then on. transport: how letters are posted, where it is not
    over the network; httpx's transport.
    """

    name = "sandbox"
    carriers = (CODE,)

    def __init__(self, pool: asyncpg.Pool, secret: bytes) -> None:
        self._pool, self._secret = pool, secret
        self.habits: dict[int, frozenset[Habit]] = {}
        self.transport: Any = None

    # ── the port ──
    async def announce(self, parcels: Sequence[Announcement]) -> list[Announced]:
        answers: list[Announced] = []
        for market, some in _by_market(parcels).items():
            habits = self.habits.get(market, frozenset())
            async with self._books(market) as work:
                for one in some:
                    answers += await self._announce(work, one, habits)
        if parcels and not answers:
            raise CarrierSilent(f"no answer about {len(parcels)} parcels")
        return answers

    async def track(self, waybills: Sequence[Waybill]) -> list[Tracked]:
        answers: list[Tracked] = []
        for market, some in _by_market(waybills).items():
            async with self._books(market) as work:
                rows = await work.fetch(WAYBILLS_SQL, [one.tracking for one in some])
                known = {row["tracking"]: row for row in rows}
                answers += [_tracked(one, known.get(one.tracking), work.now) for one in some]
        return answers

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Tracked | Refusal:
        return signing.why_not_believe(self.key_of(market), headers, body, now) or letters.read(body)

    # ── inside ──
    def key_of(self, market: int) -> bytes:
        """What this carrier and a market sign with; made from the installation's secret and never stored."""
        return hmac.digest(self._secret, f"sandbox carrier {market}".encode(), sha256)

    @asynccontextmanager
    async def _books(self, market: int) -> AsyncIterator[Work]:
        async with open_work(self._pool, MarketId(market), SYSTEM, flush=flush) as work:
            yield work

    async def _announce(self, work: Work, one: Announcement, habits: frozenset[Habit]) -> list[Announced]:
        if Habit.REFUSES in habits:
            return [Announced(one.parcel, "", "no such address")]
        tracking = tracking_of(one.parcel)
        doubts = DOUBTS if Habit.UNKNOWN in habits else 0
        if await work.execute(INSERT_WAYBILL_SQL, one.parcel, tracking, work.now, sorted(habits), doubts):
            await work.write(INSERT_LETTERS, _letters(one, tracking, work.now, habits))
        lost = await work.execute(DOUBTS_SQL, one.parcel)
        return [] if lost else [Announced(one.parcel, tracking)]


def _letters(one: Announcement, tracking: str, now: Instant, habits: frozenset[Habit]) -> list[LetterRow]:
    due = letters_of(way_of(tracking, now, habits), habits) if one.notify_url else []
    rows = []
    for letter in due:
        number, body = new_uuid(), letters.write(one.carrier, tracking, letter.scan)
        rows += [
            LetterRow(
                number, copy, one.parcel, one.notify_url, body, Habit.WRONG_SIGNATURE not in habits, letter.due_at
            )
            for copy in range(1, letter.copies + 1)
        ]
    return rows


def _tracked(one: Waybill, row: Any | None, now: Instant) -> Tracked:
    if row is None:
        return Tracked(one.carrier, one.tracking, (), is_known=False)
    way = way_of(row["tracking"], row["announced_at"], row["habits"])
    return Tracked(one.carrier, one.tracking, [scan for scan in way if scan.at <= now])


def _by_market(items: Iterable[One]) -> dict[int, list[One]]:
    grouped: dict[int, list[One]] = {}
    for item in items:
        grouped.setdefault(item.market, []).append(item)
    return grouped
