"""A shop's own coupons, within the budget that the market grants: what they cost at the worst is held when they are made."""

import secrets
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.people.parties.model import SHOP
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.shops import model, queries, store
from tuan.play.shops.errors import BudgetBelow, BudgetSpent, NotPicked
from tuan.play.shops.model import NewCoupon
from tuan.value import promotions
from tuan.value.promotions.model import TemplateId

CODE_BYTES = 6
"""What is read aloud and typed: 48 bits."""


async def grant_budget(work: Work, shop: UUID, budget_minor: int, *, reason: str) -> Refusal | None:
    """What the market lets this shop's coupons cost in all, never less than is promised already. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    await work.lock("shops", store.LOCK_SHOP_SQL, shop)
    before = await queries.page_of(work, shop)
    if not 0 <= before["held_minor"] <= budget_minor:
        return BudgetBelow(held_minor=before["held_minor"])
    await work.execute(store.SET_BUDGET_SQL, shop, budget_minor, work.now)
    await audit.record(work, "shops.grant_budget", SHOP.show(shop), reason=reason,
                       before={"budget_minor": before["budget_minor"]}, after={"budget_minor": budget_minor})  # fmt: skip
    return None


async def launch_coupon(work: Work, shop: UUID, new: NewCoupon) -> TemplateId | Refusal:
    """Give away a coupon for the shop's goods as they are chosen now. The market bears it, out of the shop's budget.

    One conditional write holds what all of them would cost; two at once never hold more than there is.
    """
    if refusal := model.why_not_coupon(new):
        return refusal
    goods = [row["product_id"] for row in await queries.picks_of(work, shop) if row["is_shown"]]
    if not goods:
        return NotPicked()
    template = model.template_of(new, goods, secrets.token_hex(CODE_BYTES), work.now)
    if refusal := promotions.why_not_launch_template(template, work.now):
        return refusal
    if not await work.execute(store.HOLD_SQL, shop, new.worst_minor):
        page = await queries.page_of(work, shop)
        return BudgetSpent(left_minor=page["budget_minor"] - page["held_minor"], needed_minor=new.worst_minor)
    made = granted(await promotions.launch_template(work, template, reason=f"coupon of {SHOP.show(shop)}"))
    assert template.code is not None
    row = store.CouponRow(made, shop, template.code, new.off_minor, new.total, new.worst_minor, work.now)
    await work.write(store.INSERT_COUPONS, [row])
    return made


async def end_coupon(work: Work, template: UUID, shop: UUID) -> Refusal | None:
    """Nobody takes one from now on; what was taken counts as spent, and the rest is the shop's budget again."""
    await work.lock("shops", store.LOCK_SHOP_SQL, shop)
    row = await work.fetch_one(store.RUNNING_COUPON_SQL, template, shop)
    if row is None:
        return NotFound()
    await promotions.end_template(work, template, reason=f"ended by {SHOP.show(shop)}")  # it may have ended already
    taken = (await promotions.access_template(work, template)).taken
    spent = row["off_minor"] * taken
    await work.execute(store.END_COUPON_SQL, template, spent, work.now)
    await work.execute(store.RELEASE_SQL, shop, row["held_minor"] - spent)
    return None


async def end_over(work: Work, *, limit: int) -> int:
    """End the coupons whose time is over or that the market has ended, so that what nobody took is budget again."""
    rows = await work.fetch(store.OVER_SQL, work.now, limit)
    for row in rows:
        await end_coupon(work, row["template_id"], row["shop_id"])
    return len(rows)
