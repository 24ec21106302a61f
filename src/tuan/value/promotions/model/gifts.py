"""Gifts: a coupon that its owner gives on, once, to whoever has the link first. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.value.promotions.errors import CouponOver, GiftGone, NotGiftable
from tuan.value.promotions.model.coupons import Coupons, CouponState, Template, TemplateId
from tuan.value.promotions.model.words import CouponId

GiftId = NewType("GiftId", UUID)

GIFT: ids.IdKind[GiftId] = ids.IdKind("gift")


class GiftState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


GIFT_STATES = states.table(
    {GiftState.OPEN: {GiftState.TAKEN, GiftState.WITHDRAWN}, GiftState.TAKEN: (), GiftState.WITHDRAWN: ()},
    start=GiftState.OPEN,
)


@dataclass(slots=True)
class Gift:
    """`code` is what its link says; whoever has it may take the coupon."""

    id: GiftId
    coupon_id: CouponId
    template_id: TemplateId
    giver_id: UUID
    code: str
    state: str
    made_at: Instant
    taker_id: UUID | None = None
    ended_at: Instant | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class TakeGift:
    """A command: the coupon behind this code."""

    actor: UUID
    key: str
    code: str


def why_not_give(coupons: Coupons, coupon: UUID, person: UUID, past: Collection[Gift], now: Instant) -> Refusal | None:
    """Its owner gives it on as long as it is valid and free, if its kind may be given, and once."""
    if refusal := coupons.why_not_use(coupon, person, now):
        return refusal
    template = coupons.templates[coupons.rows[CouponId(coupon)].template_id]
    was_given = any(gift.state == GiftState.TAKEN for gift in past)
    return None if template.giftable and not was_given else NotGiftable()


class Gifts:
    """What a batch of takers decides against: gifts with their coupons and templates locked, and what each taker has had.

    counts: (in all, within a day) by template and person, with what he gave on.
    """

    def __init__(
        self,
        gifts: Iterable[Gift],
        coupons: Coupons,
        templates: Mapping[TemplateId, Template],
        counts: Mapping[tuple[UUID, UUID], tuple[int, int]],
        old_customers: Iterable[UUID],
        now: Instant,
    ) -> None:
        self.by_code = {gift.code: gift for gift in gifts}
        self.coupons, self.templates, self.now = coupons, templates, now
        self.counts, self.old_customers = dict(counts), frozenset(old_customers)
        self.changed: list[Gift] = []

    def take(self, command: TakeGift) -> CouponId | Refusal:
        """The coupon is the taker's from now on, or why not."""
        gift = self.by_code.get(command.code)
        if gift is None or gift.giver_id == command.actor:
            return NotFound()
        template = self.templates[gift.template_id]
        if refusal := self._why_not_take(gift, template, command.actor):
            return refusal
        # After this point it must succeed.
        in_all, in_a_day = self.counts.get((template.id, command.actor), (0, 0))
        self.counts[template.id, command.actor] = (in_all + 1, in_a_day + 1)
        self.coupons.hand_over(gift.coupon_id, command.actor, in_all + 1)
        gift.taker_id = command.actor
        self.end(gift, GiftState.TAKEN)
        return gift.coupon_id

    def end(self, gift: Gift, after: GiftState) -> None:
        GIFT_STATES.check(gift.state, after)
        gift.before, gift.state, gift.ended_at = gift.state, after, self.now
        self.changed.append(gift)

    def _why_not_take(self, gift: Gift, template: Template, person: UUID) -> Refusal | None:
        coupon = self.coupons.rows[gift.coupon_id]
        if gift.state != GiftState.OPEN or coupon.state != CouponState.OFFERED:
            return GiftGone()
        if not coupon.valid_from <= self.now < coupon.valid_until:
            return CouponOver()
        had = self.counts.get((template.id, person), (0, 0))
        return template.why_not_have(person, *had, self.old_customers)
