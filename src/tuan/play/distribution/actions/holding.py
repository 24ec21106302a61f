"""Commissions that somebody looks at: held, appealed, released or void. No money leaves while one is held."""

from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.distribution import facts, model, store
from tuan.play.distribution.actions.following import purses_of, save
from tuan.play.distribution.errors import AppealedAlready, AppealInvalid
from tuan.play.distribution.model import APPEAL_LENGTHS, COMMISSION_ID, CommissionState, Why
from tuan.value.ledger.model import Postings


async def hold(work: Work, commission: UUID, *, reason: str) -> Refusal | None:
    """The market wants to look at it before it is paid. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    one = await store.lock_commission(work, commission)
    if one is None:
        return NotFound()
    if refusal := model.why_not_hold(one):
        return refusal
    model.hold(one, Why.LOOKED_AT)
    await store.save_commissions(work, [one])
    work.tell(facts.CommissionHeld(commission=one.id, order=one.order_id, why=Why.LOOKED_AT))
    await _record(work, "distribution.hold", commission, reason, CommissionState.PENDING, one.state)
    return None


async def appeal(work: Work, commission: UUID, shop: UUID, person: UUID, words: str) -> Refusal | None:
    """The shop says once, in its own words, why it was a real sale."""
    if len(words.strip()) not in APPEAL_LENGTHS:
        return AppealInvalid(shortest=APPEAL_LENGTHS.start, longest=APPEAL_LENGTHS.stop - 1)
    one = await store.lock_commission(work, commission)
    if one is None or one.shop_id != shop:
        return NotFound()
    if refusal := model.why_not_decide(one):
        return refusal
    if await work.fetch_value(store.APPEALED_SQL, commission) is not None:
        return AppealedAlready()
    await work.execute(store.APPEAL_SQL, commission, words.strip(), work.now, person)
    return None


async def release(work: Work, commission: UUID, *, reason: str) -> Refusal | None:
    """It was a real sale: it goes on, and matures when its time has come. The shop reads the reason. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    one = await store.lock_commission(work, commission)
    if one is None:
        return NotFound()
    if refusal := model.why_not_decide(one):
        return refusal
    one.state = CommissionState.PENDING
    await store.save_commissions(work, [one])
    await work.execute(store.ANSWER_SQL, commission, reason)
    await _record(work, "distribution.release", commission, reason, CommissionState.HELD, one.state)
    return None


async def void(work: Work, commission: UUID, *, reason: str) -> Refusal | None:
    """It was no sale to a customer: nothing is paid, and what was settled of it is the supplier's. The shop reads the reason.
    Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    one = await store.lock_commission(work, commission)
    if one is None:
        return NotFound()
    if refusal := model.why_not_decide(one):
        return refusal
    suppliers, before = await store.suppliers_of(work, [one.order_id]), {one.id: one.kept_minor}
    purses, postings = await purses_of(work, [one], suppliers.values()), Postings()
    lowered = model.void(one, suppliers[one.order_id], work.market.currency, purses, postings, work.now)
    await save(work, [one], [lowered] if lowered else [], before, postings, suppliers.values())
    await work.execute(store.ANSWER_SQL, commission, reason)
    await _record(work, "distribution.void", commission, reason, CommissionState.HELD, one.state)
    return None


async def _record(work: Work, action: str, commission: UUID, reason: str, before: str, after: str) -> None:
    await audit.record(work, action, COMMISSION_ID.show(commission), reason=reason, before={"state": before},
                       after={"state": after})  # fmt: skip
