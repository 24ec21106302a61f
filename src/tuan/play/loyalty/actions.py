"""Earning: what orders earn as they go their way, and checking in once a day."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal, granted
from tuan.kit.time import day_of, start_of
from tuan.people import parties
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.loyalty import model, queries, store
from tuan.play.loyalty.errors import NoCheckIn
from tuan.play.loyalty.model import CheckIn
from tuan.trade import orders
from tuan.value import membership, points, promotions
from tuan.value.membership.model import Grade, grade_for, month_of, next_month
from tuan.value.points.model import Source
from tuan.value.promotions.model import NewTemplate, TemplateId, Way

BENEFIT = "the benefit of an organisation's members"


async def follow_orders(work: Work, some: Collection[UUID]) -> None:
    """Bring what these orders earn to where they stand: promised once paid, less what went back, active once kept.

    It reads how they stand now, so that facts may come late, twice and in any order.
    """
    rows = await orders.sums_of(work, set(some))
    paid = [row for row in rows if row["paid_at"] is not None and row["total_minor"]]
    await points.follow(
        work,
        [
            points.Bought(r["id"], r["person_id"], r["total_minor"], r["refunded_minor"], r["state"] == "completed")
            for r in paid
        ],
    )


async def check_in(work: Work, person: UUID) -> CheckIn | Refusal:
    """Once on each day of the market; asking again is told what the first tap gave."""
    rewards = await store.load_ladder(work)
    if not rewards:
        return NoCheckIn()
    await points.lock_wallet(work, person)
    zone = work.market.time_zone
    today, last = day_of(await work.read_clock(), zone), await store.last_of(work, person)
    if last is not None and last.day == today:
        return last
    made, streak = new_uuid(), model.streak_on(today, last)
    reward = model.reward_for(rewards, streak)
    given = await points.reward(work, person, Source.CHECK_IN, made, reward, since=start_of(today, zone))
    done = CheckIn(made, person, today, streak, given)
    await store.add_check_in(work, done)
    return done


async def set_ladder(work: Work, rewards: Sequence[int], *, reason: str) -> Refusal | None:
    """What each day in a row gives from now on; no days close it. Audited."""
    if refusal := model.why_not_ladder(rewards):
        return refusal
    before = await store.load_ladder(work)
    await store.add_ladder(work, rewards)
    await audit.record(work, "loyalty.set_ladder", "check-in", reason=reason, before={"rewards": before},
                       after={"rewards": list(rewards)})  # fmt: skip
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """On which days he came is nobody's business any more."""
    return {"check_ins": await store.forget(work, person)}


async def grant_benefits(work: Work, *, limit: int) -> int:
    """Give this month's benefit to members who have not had it, and count the month of an organisation that has none yet.

    The grade is what those of its members reach who were active when the month is counted; how many members were looked at.
    """
    month = month_of(day_of(work.now, work.market.time_zone))
    waiting: dict[UUID, list[UUID]] = {}
    for row in await membership.to_grant(work, month, limit=limit):
        waiting.setdefault(row["organisation_id"], []).append(row["person_id"])
    for organisation, persons in waiting.items():
        template = await _month_of(work, organisation, month)
        if template is not None:
            await promotions.grant_coupons(work, TemplateId(template), persons, reason=BENEFIT)
        await membership.mark_granted(work, organisation, month, persons)
    return sum(map(len, waiting.values()))


async def _month_of(work: Work, organisation: UUID, month: date) -> UUID | None:
    """The coupon that this month gives the organisation's members; None where too few are there."""
    for row in await membership.months_of(work, organisation):
        if row["month"] == month:
            known: UUID | None = row["template_id"]
            return known
    members = await queries.active_members(work, organisation)
    grade = grade_for(await membership.grades_of(work, organisation), members)
    template = await _launched(work, organisation, month, grade) if grade else None
    await membership.record_month(work, organisation, month, members, grade, template)
    return template


async def _launched(work: Work, organisation: UUID, month: date, grade: Grade) -> TemplateId:
    name = (await parties.access_organisation(work, organisation))["name"]
    end = start_of(next_month(month), work.market.time_zone)
    new = NewTemplate(
        f"{name} · {month:%Y-%m}", work.now, end, grade.off_minor, grade.off_permyriad, grade.cap_minor,
        grade.threshold_minor, way=Way.GRANTED, valid_until=end, bearer="organisation",
    )  # fmt: skip
    return granted(await promotions.launch_template(work, new, reason=BENEFIT))
