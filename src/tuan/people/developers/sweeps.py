"""Events on their way to endpoints: claimed, posted outside any transaction, their answers written down."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.people.developers import actions, model, store
from tuan.people.developers.actions import Outcome
from tuan.people.developers.model import EVENT
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.posting import Post
from tuan.platform.sweeps import Intent, every, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work

POSTS_PER_ROUND_MAX = 50
KEPT = timedelta(days=60)
"""So long it can be seen what became of a delivery, and it can be sent again; the event itself stays in the feed."""
FORGOTTEN_PER_ROUND_MAX = 1000

Claimed = tuple[UUID, int, Post]

WAITING_SQL = (
    "SELECT count(*) FILTER (WHERE state = 'due') AS waiting, count(*) FILTER (WHERE state = 'parked') AS stuck, "
    "min(made_at) AS oldest, max(tries) AS tries FROM developers.deliveries "
    "WHERE market_id = $1 AND state IN ('due', 'parked')"
)


async def claim_deliveries(work: Work) -> list[Claimed]:
    """What is due, to be posted under the trace of the fact that is told."""
    claimed = await work.fetch(store.CLAIM_SQL, work.now, POSTS_PER_ROUND_MAX, list(model.PAUSES_SECONDS))
    rows = await work.fetch(store.CLAIMED_SQL, [row["id"] for row in claimed]) if claimed else []
    follow("deliveries.batch", [row["trace"] for row in rows])
    return [
        (
            row["id"],
            row["tries"],
            Post(
                work.market.id, row["endpoint_id"],
                model.versions_at(row["secret_version"], row["previous_until"], work.now),
                row["url"], EVENT.show(row["fact_id"]), work.now,
                model.message_of(row["name"], row["told_at"], row["body"]),
            ),
        )
        for row in rows
    ]  # fmt: skip


async def post_deliveries(outside: Outside, claimed: Sequence[Any]) -> list[Outcome]:
    answers = await outside.poster.post([post for _, _, post in claimed])
    return [Outcome(delivery, tries, answer) for (delivery, tries, _), answer in zip(claimed, answers, strict=True)]


DELIVERIES = intent(
    Intent(
        name="people.developers.deliveries",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT d.market_id FROM developers.deliveries d JOIN platform.markets m ON m.id = d.market_id "
            "WHERE d.state = 'due' AND d.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_deliveries,
        call=post_deliveries,
        apply=actions.note_outcomes,
        waiting_sql=WAITING_SQL,
    )
)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_deliveries(work: Work) -> int:
    """What was delivered or given up long ago, with its tries; what is still owed stays."""
    old = [row["id"] for row in await work.fetch(store.OLD_DELIVERIES_SQL, work.now - KEPT, FORGOTTEN_PER_ROUND_MAX)]
    if old:
        await work.execute(store.FORGET_TRIES_SQL, old)
        await work.execute(store.FORGET_DELIVERIES_SQL, old)
    return len(old)
