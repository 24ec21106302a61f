"""Plans: drafted in versions, switched on where the law lets them be, switched off."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant, day_of, start_of
from tuan.people import compliance
from tuan.people.compliance.model import Profile, Rule
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.distribution import model, queries, store
from tuan.play.distribution.errors import NoticeTooShort, PlanInvalid, PlanNotDraft, PlanUnlawful
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


async def switch_on(
    work: Work, plan: UUID, number: int, *, reason: str, since: Instant | None = None
) -> Refusal | None:
    """From `since` on lines are paid by this version, and no longer by the one before; None: as soon as it may be.

    Refused where the law of the place, or the owner of a channel, does not let it be: the refusal names the first rule that it
    breaks, and its article. Where somebody would be paid less, shops are told so many days before as the law says; refused for
    an earlier day. The first terms there are, and what only betters them, may count at once. Audited.
    """
    if refusal := audit.why_not_reason(reason):
        return refusal
    await store.lock_plans(work)
    wanted = (await store.lock_versions(work, plan)).get(number)
    if wanted is None:
        return NotFound()
    if wanted.state != VersionState.DRAFT:
        return PlanNotDraft(state=wanted.state)
    if found := await queries.breaches_of(work, wanted.terms):
        return unlawful(found)
    told = await _when(work, wanted.plan_id, wanted, since)
    if isinstance(told, Refusal):
        return told
    profile = (await compliance.profile_of(work)).code
    await work.execute(store.END_VERSIONS_SQL, plan, told.at, work.now, told.days)
    await work.execute(store.SWITCH_ON_SQL, plan, number, told.at, profile, work.now, told.days)
    await _record(work, "distribution.switch_on", plan, number, reason, {"state": wanted.state},
                  {"state": VersionState.ON, "profile": profile, "since": told.at.isoformat()})  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """From when it counts, and how many days before shops have to be told."""

    at: Instant
    days: int


async def _when(work: Work, plan: PlanId, wanted: Version | None, asked: Instant | None) -> Told | Refusal:
    """When the plan may stand as `wanted`, or end: at the time that is asked for, else as soon as may be."""
    at = work.now if asked is None else asked
    if not work.now <= at <= work.now + timedelta(days=model.SINCE_DAYS_MAX):
        return PlanInvalid(field="since")
    standing = await queries.told_versions(work, at)
    if not model.lowers(standing, model.succeeded(standing, plan, wanted, at), at):
        return Told(at, 0)
    law = await compliance.profile_of(work)
    earliest = work.now + timedelta(days=law.notice_days)
    if asked is not None and asked < earliest:
        return _too_soon(work, law, earliest)
    return Told(max(at, earliest), law.notice_days)


def _too_soon(work: Work, law: Profile, earliest: Instant) -> Refusal:
    """Names the first day that is late enough as a whole."""
    zone = work.market.time_zone
    day = day_of(earliest, zone)
    first = day if start_of(day, zone) >= earliest else day + timedelta(days=1)
    return NoticeTooShort(earliest=first.isoformat(), days=law.notice_days, article=law.article(Rule.NOTICE_TOO_SHORT))


def unlawful(found: list[PlanBreach]) -> PlanUnlawful:
    """The first of these breaches, and how many there are."""
    first = found[0]
    return PlanUnlawful(
        rule=first.rule, article=first.article, scope=first.scope, channel=first.channel, breaches=len(found)
    )


async def switch_off(work: Work, plan: UUID, number: int, *, reason: str) -> Refusal | None:
    """A draft is dropped. Otherwise the plan ends when shops have been told for so many days as the law says, and at once where
    the law refuses by now what it pays by today; what was placed before keeps what it was promised. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    await store.lock_plans(work)
    versions = await store.lock_versions(work, plan)
    wanted = versions.get(number)
    if wanted is None:
        return NotFound()
    if not VERSION.allows(wanted.state, VersionState.OFF):
        return PlanNotDraft(state=wanted.state)
    after: dict[str, object] = {"state": VersionState.OFF}
    if wanted.state == VersionState.DRAFT:
        await work.execute(store.DROP_DRAFT_SQL, plan, number)
    else:
        stands = next((one for one in versions.values() if one.stood(work.now)), wanted)
        is_refused = bool(await queries.breaches_of(work, stands.terms))
        told = Told(work.now, 0) if is_refused else await _when(work, wanted.plan_id, None, None)
        assert not isinstance(told, Refusal)  # nobody asked for a day
        await work.execute(store.END_VERSIONS_SQL, plan, told.at, work.now, told.days)
        after["until"] = told.at.isoformat()
    await _record(work, "distribution.switch_off", plan, number, reason, {"state": wanted.state}, after)
    return None


def _told(terms: Terms) -> dict[str, object]:
    """What the audit keeps of a draft."""
    said = asdict(terms)
    said["rates"] = [
        f"{r.scope} {r.object_id or ''} {r.depth}: {r.rate_bp} bp, {r.fixed_minor} ({', '.join(sorted(r.channels))})"
        for r in terms.rates
    ]
    return said


async def _record(
    work: Work, action: str, plan: UUID, number: int, reason: str, before: dict[str, object], after: dict[str, object]
) -> None:
    subject = f"{PLAN_ID.show(plan)} v{number}"
    await audit.record(work, action, subject, reason=reason, before=before, after=after)
