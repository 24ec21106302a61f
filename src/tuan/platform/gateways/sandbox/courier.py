"""The sandbox's courier: posts what is owed, on the schedule of a real provider, until our side says that it has it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import httpx
import structlog

from tuan.kit.time import Instant
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.sandbox import books, signing
from tuan.platform.gateways.sandbox.faults import Fault
from tuan.platform.gateways.sandbox.provider import Sandbox
from tuan.platform.housekeeping import KEPT, WALKED_MAX
from tuan.platform.sweeps import Intent, every, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import MarketId, Work

log = structlog.get_logger()

MINUTE, HOUR = 60, 3600
PAUSES_SECONDS = (15, 15, 30, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE,
                  3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR)  # fmt: skip
"""After each try that was not taken; those of WeChat Pay v3, 24 hours and 4 minutes in all. Then it is given up."""
ANSWER_SECONDS_MAX = 5
LETTERS_PER_ROUND_MAX = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One try of one copy of a notice."""

    market: int
    notice: UUID
    copy: int
    url: str
    body: bytes
    sent_at: Instant
    is_signed_right: bool


@dataclass(frozen=True, slots=True)
class Reply:
    letter: Letter
    answer: str
    is_taken: bool


async def claim_letters(work: Work) -> list[Letter]:
    """What is due, to be posted under the trace of the request that decided it."""
    rows = await work.fetch(books.CLAIM_DELIVERIES_SQL, work.now, LETTERS_PER_ROUND_MAX, list(PAUSES_SECONDS))
    follow("letters.batch", [r["trace"] for r in rows])
    return [
        Letter(work.market.id, r["notice_id"], r["copy"], r["url"], r["body"].encode(), work.now,
               r["tries"] > 1 or Fault.WRONG_SIGNATURE not in r["faults"])
        for r in rows
    ]  # fmt: skip


async def post_letters(outside: Outside, letters: Sequence[Letter]) -> list[Reply]:
    """All at once: copies of one notice race, as they do when a provider's machines do not know of each other."""
    sandbox = outside.providers[Sandbox.name]
    assert isinstance(sandbox, Sandbox)
    async with httpx.AsyncClient(
        transport=sandbox.transport, timeout=ANSWER_SECONDS_MAX, follow_redirects=False, trust_env=False
    ) as client:
        return await asyncio.gather(*(_post(client, sandbox, letter) for letter in letters))


async def _post(client: httpx.AsyncClient, sandbox: Sandbox, letter: Letter) -> Reply:
    """Only the status counts; what else is answered is not read."""
    key = sandbox.key_of(letter.market) if letter.is_signed_right else b"somebody else's"
    headers = signing.signed(key, f"msg_{letter.notice.hex}", letter.sent_at, letter.body)
    headers["content-type"] = "application/json"
    try:
        async with client.stream("POST", letter.url, content=letter.body, headers=headers) as answer:
            return Reply(letter, str(answer.status_code), answer.is_success)
    except Exception as error:
        log.info("sandbox.not_delivered", notice=str(letter.notice), error=repr(error))
        return Reply(letter, type(error).__name__, False)


async def note_replies(work: Work, replies: Sequence[Reply]) -> None:
    await work.execute(
        books.ANSWERED_SQL,
        [r.letter.notice for r in replies],
        [r.letter.copy for r in replies],
        [r.answer for r in replies],
        [r.is_taken for r in replies],
        work.now,
    )


COURIER = intent(
    Intent(
        name="platform.gateways.sandbox.courier",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT d.market_id FROM sandbox.deliveries d JOIN platform.markets m ON m.id = d.market_id "
            "WHERE d.due_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_letters,
        call=post_letters,
        apply=note_replies,
    )
)

START = (UUID(int=0), 0)

_reached: dict[MarketId, tuple[UUID, int]] = {}
"""Where this worker's walk through a market's notices stands."""


@every(seconds=60, due="SELECT id AS market_id FROM platform.markets")
async def forget_letters(work: Work) -> int:
    """Notices that were delivered more than thirty days ago, piece by piece; one that was given up stays to be seen."""
    at = _reached.get(work.market.id, START)
    last = await work.fetch_one(books.OLD_DELIVERIES_SQL, *at, WALKED_MAX, work.now - KEPT)
    _reached[work.market.id] = (last["notice_id"], last["copy"]) if last else START
    return 0
