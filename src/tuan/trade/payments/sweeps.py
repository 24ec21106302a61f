"""Refunds on their way: claimed in batches, asked of the provider outside any transaction, answers applied."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import (
    PaymentProvider,
    RefundAnswer,
    RefundOrder,
    RefundState,
    TransferAnswer,
    TransferOrder,
    TransferState,
)
from tuan.platform.sweeps import Intent, every, intent
from tuan.platform.telemetry import follow
from tuan.platform.work import Work
from tuan.trade.payments import actions, store

log = structlog.get_logger()

REFUNDS_PER_CALL_MAX = 500
TRANSFERS_PER_CALL_MAX = 100

WAITING_SQL = (
    "SELECT count(*) FILTER (WHERE state = 'due') AS waiting, count(*) FILTER (WHERE state = 'stuck') AS stuck, "
    "min(asked_at) AS oldest, max(tries) AS tries FROM payments.refunds "
    "WHERE market_id = $1 AND state IN ('due', 'stuck')"
)

TRANSFERS_WAITING_SQL = (
    "SELECT count(*) FILTER (WHERE state = 'due') AS waiting, count(*) FILTER (WHERE state = 'stuck') AS stuck, "
    "min(asked_at) AS oldest, max(tries) AS tries FROM payments.transfers "
    "WHERE market_id = $1 AND state IN ('due', 'stuck')"
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """is_again: it was asked for before, so the provider is first asked what became of that."""

    provider: str
    is_again: bool
    order: Any


def _by_provider(claimed: Sequence[Claimed], *, is_again: bool) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for one in claimed:
        if one.is_again == is_again:
            found[one.provider].append(one.order)
    return found


async def _asked(
    name: str, orders: Sequence[Any], ask: Callable[[PaymentProvider, Any], Awaitable[Sequence[Any]]], outside: Outside
) -> list[Any]:
    """The provider's answers; none where he fails, so that all of it is asked again."""
    try:
        return list(await ask(outside.providers[name], orders))
    except Exception as error:
        log.warning("provider.unknown", provider=name, count=len(orders), error=repr(error))
        return []


async def claim_refunds(work: Work) -> list[Claimed]:
    rows = await work.fetch(store.CLAIM_REFUNDS_SQL, work.now, REFUNDS_PER_CALL_MAX)
    follow("refunds.batch", [row["trace"] for row in rows])
    return [
        Claimed(r["provider"], r["tries"] > 1, RefundOrder(
            work.market.id, r["id"], r["transaction"], r["amount_minor"], work.market.currency, r["paid_minor"]))
        for r in rows
    ]  # fmt: skip


async def ask_refunds(outside: Outside, claimed: Sequence[Any]) -> list[RefundAnswer]:
    """A provider that fails leaves its refunds due; the others are not held up."""
    answers: list[RefundAnswer] = []
    for name, orders in _by_provider(claimed, is_again=False).items():
        answers += await _asked(name, orders, lambda p, o: p.refund(o), outside)
    for name, orders in _by_provider(claimed, is_again=True).items():
        found = await _asked(name, orders, lambda p, o: p.query_refunds(o), outside)
        unheard = {one.refund for one in found if one.state is RefundState.UNHEARD}
        answers += [one for one in found if one.refund not in unheard]
        if again := [one for one in orders if one.refund in unheard]:
            answers += await _asked(name, again, lambda p, o: p.refund(o), outside)
    return answers


REFUNDS = intent(
    Intent(
        name="trade.payments.refunds",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT r.market_id FROM payments.refunds r JOIN platform.markets m ON m.id = r.market_id "
            "WHERE r.state = 'due' AND r.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_refunds,
        call=ask_refunds,
        apply=actions.apply_refund_answers,
        waiting_sql=WAITING_SQL,
    )
)


async def claim_transfers(work: Work) -> list[Claimed]:
    rows = await work.fetch(store.CLAIM_TRANSFERS_SQL, work.now, TRANSFERS_PER_CALL_MAX)
    follow("transfers.batch", [row["trace"] for row in rows])
    return [
        Claimed(r["provider"], r["tries"] > 1, TransferOrder(
            work.market.id, r["id"], r["payee"], r["name"], r["amount_minor"], work.market.currency, r["note"],
            r["notify_url"]))
        for r in rows
    ]  # fmt: skip


async def ask_transfers(outside: Outside, claimed: Sequence[Any]) -> list[TransferAnswer]:
    """What was asked for before is asked about first: a pay-out that is made twice does not come back."""
    answers: list[TransferAnswer] = []
    for name, orders in _by_provider(claimed, is_again=False).items():
        answers += await _asked(name, orders, lambda p, o: p.transfer(o), outside)
    for name, orders in _by_provider(claimed, is_again=True).items():
        found = await _asked(name, orders, lambda p, o: p.query_transfers(o), outside)
        unheard = {one.transfer for one in found if one.state is TransferState.UNHEARD}
        answers += [one for one in found if one.transfer not in unheard]
        if again := [one for one in orders if one.transfer in unheard]:
            answers += await _asked(name, again, lambda p, o: p.transfer(o), outside)
    return answers


TRANSFERS = intent(
    Intent(
        name="trade.payments.transfers",
        seconds=1,
        due_sql=(
            "SELECT DISTINCT t.market_id FROM payments.transfers t JOIN platform.markets m ON m.id = t.market_id "
            "WHERE t.state = 'due' AND t.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_transfers,
        call=ask_transfers,
        apply=actions.apply_transfer_answers,
        waiting_sql=TRANSFERS_WAITING_SQL,
    )
)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget_nonces(work: Work) -> int:
    """A letter older than its time-out is refused by its age alone."""
    await work.execute(store.FORGET_NONCES_SQL, work.now)
    return 0
