"""The sandbox carrier's postman: posts what is owed until our side says that it has it, or a day is over."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import httpx
import structlog

from tuan.kit.time import Instant
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.sandbox import signing
from tuan.platform.gateways.sandbox_carrier.carrier import SandboxCarrier
from tuan.platform.sweeps import Intent, intent
from tuan.platform.work import Work

log = structlog.get_logger()

PAUSES_SECONDS = (60, 600, 3600, 6 * 3600, 24 * 3600)
"""After each try that was not taken; then it is given up, and the parcel is asked about instead."""
ANSWER_SECONDS_MAX = 5
LETTERS_PER_ROUND_MAX = 50

CLAIM_SQL = (
    "WITH due AS (SELECT l.id, l.copy FROM sandbox_carrier.letters l WHERE l.market_id = $1 AND l.due_at <= $2 "
    "ORDER BY l.due_at LIMIT $3 FOR UPDATE SKIP LOCKED) UPDATE sandbox_carrier.letters AS l SET tries = l.tries + 1, "
    "due_at = $2::timestamptz + interval '1 second' * ($4::int[])[l.tries + 1] FROM due "
    "WHERE l.market_id = $1 AND l.id = due.id AND l.copy = due.copy "
    "RETURNING l.id, l.copy, l.url, l.body, l.tries, l.is_signed_right"
)
TAKEN_SQL = (
    "UPDATE sandbox_carrier.letters AS l SET delivered_at = $4, due_at = NULL FROM unnest($2::uuid[], $3::int[]) AS u(id, copy) "
    "WHERE l.market_id = $1 AND l.id = u.id AND l.copy = u.copy"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One try of one copy."""

    market: int
    id: UUID
    copy: int
    url: str
    body: bytes
    sent_at: Instant
    is_signed_right: bool


async def claim_letters(work: Work) -> list[Letter]:
    rows = await work.fetch(CLAIM_SQL, work.now, LETTERS_PER_ROUND_MAX, list(PAUSES_SECONDS))
    return [
        Letter(work.market.id, r["id"], r["copy"], r["url"], r["body"].encode(), work.now,
               r["is_signed_right"] or r["tries"] > 1)
        for r in rows
    ]  # fmt: skip


async def post_letters(outside: Outside, some: Sequence[Letter]) -> list[Letter]:
    """Those that were taken. All at once, so copies of one letter race."""
    carrier = outside.carriers.get(SandboxCarrier.name)
    assert isinstance(carrier, SandboxCarrier)
    async with httpx.AsyncClient(
        transport=carrier.transport, timeout=ANSWER_SECONDS_MAX, follow_redirects=False, trust_env=False
    ) as client:
        taken = await asyncio.gather(*(_is_taken(client, carrier, letter) for letter in some))
    return [letter for letter, is_taken in zip(some, taken, strict=True) if is_taken]


async def _is_taken(client: httpx.AsyncClient, carrier: SandboxCarrier, letter: Letter) -> bool:
    """Only the status counts; what else is answered is not read."""
    key = carrier.key_of(letter.market) if letter.is_signed_right else b"somebody else's"
    headers = signing.signed(key, f"msg_{letter.id.hex}", letter.sent_at, letter.body)
    headers["content-type"] = "application/json"
    try:
        async with client.stream("POST", letter.url, content=letter.body, headers=headers) as answer:
            return answer.is_success
    except Exception as error:
        log.info("sandbox_carrier.not_delivered", letter=str(letter.id), error=repr(error))
        return False


async def note_taken(work: Work, taken: Sequence[Letter]) -> None:
    if taken:
        await work.execute(TAKEN_SQL, [one.id for one in taken], [one.copy for one in taken], work.now)


COURIER = intent(
    Intent(
        name="platform.gateways.sandbox_carrier.courier",
        seconds=5,
        due_sql=(
            "SELECT DISTINCT l.market_id FROM sandbox_carrier.letters l JOIN platform.markets m ON m.id = l.market_id "
            "WHERE l.due_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_letters,
        call=post_letters,
        apply=note_taken,
    )
)
