"""Plans: drafted in versions, switched on where the law lets them be, switched off."""

from dataclasses import asdict
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import compliance
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.distribution import model, queries, store
from tuan.play.distribution.errors import PlanNotDraft, PlanUnlawful
from tuan.play.distribution.model import PLAN_ID, VERSION, PlanBreach, PlanId, Terms, Version, VersionState


async def draft_plan(work: Work, name: str, terms: Terms, *, reason: str) -> PlanId | Refusal:
    """A plan with its first version, which pays nobody before it is switched on. Audited."""
    if refusal := audit.why_not_reason(reason) or model.why_not_draft(name, terms):
        return refusal
    plan = PLAN_ID.new()
    await work.write(store.INSERT_PLANS, [store.PlanRow(plan, name.strip(), work.now)])
    await store.add_version(work, plan, terms)
    await _record(work, "distribution.draft", plan, 1, reason, {}, _told(terms))
    return plan


async def draft_version(work: Work, plan: UUID, terms: Terms, *, reason: str) -> int | Refusal:
    """Another version of a plan; its number. What stands goes on standing. Audited."""
    name = await store.lock_plan(work, plan)
    if name is None:
        return NotFound()
    if refusal := audit.why_not_reason(reason) or model.why_not_draft(name, terms):
        return refusal
    number = await store.add_version(work, plan, terms)
    await _record(work, "distribution.draft", plan, number, reason, {}, _told(terms))
    return number


async def switch_on(work: Work, plan: UUID, number: int, *, reason: str) -> Refusal | None:
    """From now on lines are paid by this version, and no longer by the one before. Refused where the law of the place does
    not let it be: the refusal names the first rule that it breaks, and its article. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    versions = await store.lock_versions(work, plan)
    wanted = versions.get(number)
    if wanted is None:
        return NotFound()
    if wanted.state != VersionState.DRAFT:
        return PlanNotDraft(state=wanted.state)
    if found := await queries.breaches_of(work, wanted.terms):
        return unlawful(found)
    for one in versions.values():
        if one.state == VersionState.ON:
            await _move(work, one, VersionState.OFF)
    profile = (await compliance.profile_of(work)).code
    await work.execute(store.SWITCH_ON_SQL, plan, number, work.now, profile)
    await _record(work, "distribution.switch_on", plan, number, reason, {"state": wanted.state},
                  {"state": VersionState.ON, "profile": profile})  # fmt: skip
    return None


def unlawful(found: list[PlanBreach]) -> PlanUnlawful:
    """The first of these breaches, and how many there are."""
    first = found[0]
    return PlanUnlawful(
        rule=first.rule, article=first.article, scope=first.scope, channel=first.channel, breaches=len(found)
    )


async def switch_off(work: Work, plan: UUID, number: int, *, reason: str) -> Refusal | None:
    """What is placed from now on pays nothing by it; what was placed before keeps what it was promised. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    wanted = (await store.lock_versions(work, plan)).get(number)
    if wanted is None:
        return NotFound()
    if not VERSION.allows(wanted.state, VersionState.OFF):
        return PlanNotDraft(state=wanted.state)
    before = wanted.state
    await _move(work, wanted, VersionState.OFF)
    await _record(work, "distribution.switch_off", plan, number, reason, {"state": before}, {"state": VersionState.OFF})
    return None


async def _move(work: Work, version: Version, after: VersionState) -> None:
    VERSION.check(version.state, after)
    await work.execute(store.SWITCH_OFF_SQL, version.plan_id, version.number, work.now)


def _told(terms: Terms) -> dict[str, object]:
    """What the audit keeps of a draft."""
    said = asdict(terms)
    said["rates"] = [f"{r.scope} {r.object_id or ''} {r.depth}: {r.rate_bp} bp, {r.fixed_minor}" for r in terms.rates]
    return said


async def _record(
    work: Work, action: str, plan: UUID, number: int, reason: str, before: dict[str, object], after: dict[str, object]
) -> None:
    subject = f"{PLAN_ID.show(plan)} v{number}"
    await audit.record(work, action, subject, reason=reason, before=before, after=after)
