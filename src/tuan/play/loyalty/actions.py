"""Earning: what orders earn as they go their way, and checking in once a day."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.kit.time import day_of, start_of
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.loyalty import model, store
from tuan.play.loyalty.errors import NoCheckIn
from tuan.play.loyalty.model import CheckIn
from tuan.trade import orders
from tuan.value import points
from tuan.value.points.model import Source


async def follow_orders(work: Work, some: Collection[UUID]) -> None:
    """Bring what these orders earn to where they stand: promised once paid, less what went back, active once kept.

    It reads how they stand now, so that facts may come late, twice and in any order.
    """
    rows = await orders.sums_of(work, set(some))
    paid = [row for row in rows if row["paid_at"] is not None and row["total_minor"]]
    bought = [points.Bought(r["id"], r["person_id"], r["total_minor"], r["refunded_minor"]) for r in paid]
    await points.promise(work, bought)
    if back := [b for b in bought if b.refunded_minor]:
        await points.keep(work, back)
    if over := [row["id"] for row in paid if row["state"] == "completed"]:
        await points.activate(work, over)


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
