"""Carriers are asked: for numbers of parcels that were announced, and where those are that nobody has written of."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog

from tuan.platform.gateways.carrier import Announced, Announcement, Tracked, Waybill
from tuan.platform.gateways.outside import Outside
from tuan.platform.sweeps import Intent, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.shipping import actions, store
from tuan.trade.shipping.model import ASKED_EVERY, CARRIERS, GIVEN_UP_AFTER

log = structlog.get_logger()

PER_CALL_MAX = 100

WAITING_SQL = (
    "SELECT count(*) FILTER (WHERE label = 'due') AS waiting, count(*) FILTER (WHERE label = 'failed') AS stuck, "
    "min(made_at) FILTER (WHERE label = 'due') AS oldest, max(tries) FILTER (WHERE label = 'due') AS tries "
    "FROM shipping.parcels WHERE market_id = $1 AND label IN ('due', 'failed')"
)


async def claim_labels(work: Work) -> list[Announcement]:
    rows = await work.fetch(store.CLAIM_LABELS_SQL, work.now, PER_CALL_MAX)
    follow("labels.batch", [row["trace"] for row in rows])
    claimed = []
    for row in rows:
        address = (await orders.access_any_order(work, row["order_id"]))["address"] or {}
        claimed.append(Announcement(
            work.market.id, row["id"], row["carrier"], address.get("recipient", ""), address.get("phone", ""),
            address.get("region", ""), address.get("street", ""), row["notify_url"],
        ))  # fmt: skip
    return claimed


async def announce(outside: Outside, parcels: Sequence[Announcement]) -> list[Announced]:
    """A carrier that fails leaves his parcels due; the others are not held up."""
    answers: list[Announced] = []
    for name, some in _by_gateway(parcels).items():
        try:
            answers += await outside.carriers[name].announce(some)
        except Exception as error:
            log.warning("carrier.unknown", gateway=name, count=len(some), error=repr(error))
    return answers


async def claim_questions(work: Work) -> list[Waybill]:
    rows = await work.fetch(store.CLAIM_QUESTIONS_SQL, work.now, PER_CALL_MAX, ASKED_EVERY, GIVEN_UP_AFTER)
    follow("tracking.batch", [row["trace"] for row in rows])
    return [Waybill(work.market.id, row["id"], row["carrier"], row["tracking"]) for row in rows]


async def ask(outside: Outside, waybills: Sequence[Waybill]) -> list[Tracked]:
    """A carrier that fails is asked again in some hours."""
    told: list[Tracked] = []
    for name, some in _by_gateway(waybills).items():
        try:
            told += await outside.carriers[name].track(some)
        except Exception as error:
            log.warning("carrier.silent", gateway=name, count=len(some), error=repr(error))
    return told


def _by_gateway(some: Sequence[Any]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for one in some:
        grouped[CARRIERS[one.carrier].gateway].append(one)
    return grouped


async def apply_answers(work: Work, told: Sequence[Tracked]) -> None:
    await actions.hear(work, told)


LABELS = intent(
    Intent(
        name="trade.shipping.labels",
        seconds=2,
        due_sql=(
            "SELECT DISTINCT p.market_id FROM shipping.parcels p JOIN platform.markets m ON m.id = p.market_id "
            "WHERE p.label = 'due' AND p.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_labels,
        call=announce,
        apply=actions.apply_labels,
        waiting_sql=WAITING_SQL,
    )
)
QUESTIONS = intent(
    Intent(
        name="trade.shipping.questions",
        seconds=30,
        due_sql=(
            "SELECT DISTINCT p.market_id FROM shipping.parcels p JOIN platform.markets m ON m.id = p.market_id "
            "WHERE p.label IN ('written', 'made') AND p.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_questions,
        call=ask,
        apply=apply_answers,
    )
)
