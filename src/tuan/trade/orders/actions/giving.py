"""Coupons that are taken, given on and granted: here, since only orders know who has bought before."""

from collections.abc import Sequence
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.trade.orders import queries
from tuan.value import promotions
from tuan.value.promotions.model import CouponId, TakeCoupon, TakeGift, TemplateId


async def take_coupons(work: Work, commands: Sequence[TakeCoupon]) -> list[CouponId | Refusal]:
    """Take coupons, since whoever has ordered before gets none that is for newcomers; see `promotions.take_coupons`."""
    old_customers = await queries.have_bought(work, {command.actor for command in commands})
    return await promotions.take_coupons(work, commands, old_customers)


async def take_gifts(work: Work, commands: Sequence[TakeGift]) -> list[CouponId | Refusal]:
    """Take coupons that others give, here for the same reason; see `promotions.take_gifts`."""
    old_customers = await queries.have_bought(work, {command.actor for command in commands})
    return await promotions.take_gifts(work, commands, old_customers)


async def grant_coupons(
    work: Work, template: TemplateId, persons: Sequence[UUID], *, reason: str
) -> list[CouponId | Refusal]:
    """Give coupons away, since whoever has ordered before gets none that is for newcomers; see `promotions.grant_coupons`."""
    return await promotions.grant_coupons(
        work, template, persons, await queries.have_bought(work, set(persons)), reason=reason
    )


async def preview_grants(work: Work, template: TemplateId, persons: Sequence[UUID]) -> list[Refusal | None]:
    """What `grant_coupons` would answer each of them now; nothing is given."""
    return await promotions.preview_grants(work, template, persons, await queries.have_bought(work, set(persons)))
