"""Starting to pay, and giving money back. Applying what a provider says is `orders.apply_notices`, which stands above."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit, idempotency
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.platform.work import Work, trace
from tuan.trade.payments import facts, model, queries, store
from tuan.trade.payments.errors import AlreadyResolved, NoticeRepeated, RefundDone, ResolutionUnknown
from tuan.trade.payments.model import ATTEMPT_ID, Attempt, AttemptId, AttemptState


@dataclass(frozen=True, slots=True)
class StartAttempt:
    """Pay this payable with this provider; merchant and app are what the notice will be checked against."""

    actor: UUID
    key: str
    payable: UUID
    provider: str
    merchant: str
    app: str


async def start_attempts(work: Work, commands: Sequence[StartAttempt]) -> list[AttemptId | Refusal]:
    """One pending attempt per payable; the provider is called by the face, after the commit."""
    claims = await idempotency.claim(work, "payments.start_attempt", commands, restore=lambda text: UUID(text))
    fresh: list[StartAttempt] = [command for _, command in claims.fresh]
    till = await store.load_till(work, [c.payable for c in fresh])
    pending = await _pending(work, till)
    await work.read_clock()
    outcomes: list[AttemptId | Refusal] = []
    rows = []
    for c in fresh:
        payable = till.payables.get(model.PayableId(c.payable))
        if refusal := model.why_not_attempt(payable, c.actor, pending.get(c.payable), work.now):
            outcomes.append(refusal)
            continue
        assert payable is not None
        attempt = Attempt(
            ATTEMPT_ID.new(), payable.id, c.provider, c.merchant, c.app,
            payable.amount_minor - payable.applied_minor, payable.currency, AttemptState.PENDING, work.now,
        )  # fmt: skip
        pending[payable.id] = attempt
        ask_at = min(work.now + timedelta(seconds=model.QUERY_AFTER_SECONDS), payable.pay_by)
        rows.append(store.NewAttempt(attempt.id, payable.id, c.provider, c.merchant, c.app, attempt.amount_minor,
                                     attempt.currency, attempt.state, work.now, ask_at, trace.get()))  # fmt: skip
        outcomes.append(attempt.id)
    await work.write(store.INSERT_ATTEMPTS, rows)
    return await idempotency.remember(work, claims, outcomes, store=str)


async def _pending(work: Work, till: model.Till) -> dict[UUID, Attempt]:
    rows = await work.lock("attempts", store.LOCK_PENDING_SQL, list(till.payables))
    return {row["payable_id"]: Attempt(*row.values()) for row in rows}


REFUND_STATES: Mapping[RefundState, str] = {RefundState.DONE: "done", RefundState.FAILED: "stuck"}


async def apply_refund_answers(work: Work, answers: Sequence[RefundAnswer]) -> None:
    """What providers answered or posted; an unknown outcome stays due and is asked again with the same key.

    What is not as agreed is put aside: told by another provider it ends nothing, of another amount the refund is stuck.
    """
    known = [a for a in answers if a.state in REFUND_STATES]
    if not known:
        return
    agreed = await queries.agreed_refunds(work, [a.refund for a in known])
    await store.put_aside(work, [(a, why) for a in known if (why := _why_aside(agreed.get(a.refund), a))])
    told = [(a.refund, REFUND_STATES[a.state], a.provider_ref, a.amount_minor, a.provider, a.currency) for a in known]
    for row in await store.finish_refunds(work, told):
        if row["state"] == "done":
            work.tell(facts.Refunded(refund=row["id"], order=row["order_id"]))


def _why_aside(agreed: model.Agreed | None, told: RefundAnswer) -> model.QuarantineReason | None:
    return model.why_aside(agreed, told.provider, told.amount_minor, told.currency)


async def hear_once(work: Work, provider: str, nonce: str) -> Refusal | None:
    """Refused where exactly this sending was heard before: whoever sends it again is not the provider."""
    return None if await store.hear_once(work, provider, nonce) else NoticeRepeated()


async def hasten_refunds(work: Work, refunds: Collection[UUID]) -> None:
    """Ask now what became of these, those that the provider had refused too: its statement says that they were done."""
    await work.execute(store.HASTEN_REFUNDS_SQL, list(refunds), work.now)


async def retry_refund(work: Work, refund: UUID, *, reason: str) -> Refusal | None:
    """Ask the provider again, now, with the same key: it gives back once, however often it is asked. Audited."""
    rows = await work.lock("refunds", store.LOCK_REFUND_SQL, refund)
    if not rows:
        return NotFound()
    if not await work.execute(store.RETRY_REFUND_SQL, refund, work.now):
        return RefundDone()
    before = {"state": rows[0]["state"], "tries": rows[0]["tries"]}
    await audit.record(work, "payments.retry_refund", model.REFUND_ID.show(refund), reason=reason, before=before,
                       after={"state": "due", "tries": 0})  # fmt: skip
    return None


async def resolve_quarantine(work: Work, notice: UUID, resolution: str, *, reason: str) -> Refusal | None:
    """Say how a person has settled a notice that was put aside; it books nothing, since it never was money. Audited."""
    if resolution not in model.RESOLUTIONS:
        return ResolutionUnknown(resolution=resolution[:40])
    if not await queries.is_in_quarantine(work, notice):
        return NotFound()
    if not await work.execute(store.RESOLVE_SQL, notice, resolution, work.now):
        return AlreadyResolved()
    await audit.record(work, "payments.resolve_quarantine", model.ASIDE_ID.show(notice), reason=reason,
                       before={"resolution": None}, after={"resolution": resolution})  # fmt: skip
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """The marks of the accounts that he paid with; sums and the provider's numbers stay."""
    return {"payers": await work.execute(store.FORGET_PAYERS_SQL, person)}
